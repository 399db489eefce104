# SPDX-License-Identifier: EUPL-1.2
"""Pairs out of files, by the command: who is judged with whom, and what is told where nobody is."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from supervision.test_cli_replay import ORDER, records, run
from supervision.trails import MINUTE, at, place

from tarazy.core.errors import Misconfigured, Refused


def paired(folder: Path, name: str, told: dict[str, Any], away_m: float, shift_s: int) -> list[str]:
    """The file of one of a pair, and a trail: 4 km away for half an hour, then so near."""
    lines = []
    for n in range(60):
        lat, lon = place(away_m if n >= 30 else away_m + 4_000 * (shift_s == 0))
        when = at("10:00") + n * MINUTE + timedelta(seconds=shift_s)
        lines.append({"at": when.isoformat(), "lat": lat, "lon": lon, "accuracy_m": 10})
    order_path, fixes_path = folder / f"{name}.json", folder / f"{name}.jsonl"
    order_path.write_text(json.dumps(told))
    fixes_path.write_text("\n".join(json.dumps(one) for one in lines))
    return [str(order_path), str(fixes_path)]


def test_a_protected_person_is_judged_on_consent_and_never_printed(tmp_path: Path) -> None:
    ban = ORDER | {"person": "P-1", "conditions": [], "no_contact": [{"with": "PP-1"}]}
    one = paired(tmp_path, "P-1", ban, 40, 0)
    consent = {"since": at("10:10").isoformat(), "until": at("10:45").isoformat()}
    other = paired(tmp_path, "PP-1", {"protected": "PP-1", "consents": [consent]}, 0, 20)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--with", *other]
    result = run(*words)
    assert result.exit_code == 0, result.output
    found = records(result.output)
    alerts = [line for line in found if line.get("rule") == "S-VICTIM-PROXIMITY"]
    assert [(line["turn"], line["condition"], line["until"]) for line in alerts] == [
        ("raised", "PP-1", None),
        ("cleared", "PP-1", "2026-03-02T10:45:00Z"),
    ]
    pairs = [line for line in found if line["record"] == "pair" and line["radius_m"] == 100]
    assert [line["state"] for line in pairs] == ["unknown", "apart", "near"]
    assert (pairs[0]["since"], pairs[-1]["until"]) == (
        "2026-03-02T10:10:00Z",
        "2026-03-02T10:45:00Z",
    )
    refused = [line for line in found if line["record"] == "refused"]
    assert {line["reason"] for line in refused} == {"no_consent"}
    assert len(refused) == 25
    assert f'"lon":{place(0)[1]},' not in result.output
    assert run(*words).output == result.output


def test_a_ban_that_cannot_be_judged_says_why(tmp_path: Path) -> None:
    names = ("P-1", "P-2", "P-3", "PP-1")
    ban = ORDER | {"conditions": [], "no_contact": [{"with": one} for one in names]}
    one = paired(tmp_path, "P-1", ban | {"person": "P-1"}, 40, 0)
    other = paired(tmp_path, "P-2", ORDER | {"person": "P-2", "conditions": []}, 0, 20)
    guarded = paired(tmp_path, "PP-1", {"protected": "PP-1", "consents": []}, 0, 20)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--with", *other, "--with", *guarded]
    result = run(*words)
    assert result.exit_code == 0, result.output
    found = [line for line in records(result.output) if line["record"] == "not_judged"]
    assert [(line["person"], line["with"], line["reason"]) for line in found] == [
        ("P-1", "P-1", "oneself"),
        ("P-1", "P-2", "not_mutual"),
        ("P-1", "P-3", "not_given"),
        ("P-1", "PP-1", "never_at_once"),
    ]


def test_nobody_is_judged_twice(tmp_path: Path) -> None:
    one = paired(tmp_path, "P-1", ORDER | {"person": "P-1"}, 30, 0)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--with"]
    twice = run(*words, *one)
    assert isinstance(twice.exception, Misconfigured)
    assert not twice.stdout
    copied = paired(tmp_path, "copy", ORDER | {"person": "P-1"}, 30, 0)
    assert isinstance(run(*words, *copied).exception, Refused)
    after = {"since": ORDER["in_force"]["until"], "until": "2027-06-01T00:00:00Z"}
    later = paired(tmp_path, "later", ORDER | {"person": "P-1", "in_force": after}, 30, 0)
    assert run(*words, *later).exit_code == 0


def test_a_consent_may_stand_before_the_name(tmp_path: Path) -> None:
    """As a program writes it that sorts the names: many consents come first."""
    ban = ORDER | {"person": "P-1", "conditions": [], "no_contact": [{"with": "PP-1"}]}
    one = paired(tmp_path, "P-1", ban, 40, 0)
    days = [at("06:00", day=n) for n in range(100)]
    consents = [
        {"since": since.isoformat(), "until": (since + timedelta(hours=20)).isoformat()}
        for since in days
    ]
    other = paired(tmp_path, "PP-1", {"consents": consents, "protected": "PP-1"}, 0, 20)
    result = run("replay", "--order", one[0], "--fixes", one[1], "--with", *other)
    assert result.exit_code == 0, result.exception
    assert "S-VICTIM-PROXIMITY" in result.output


def test_somebody_with_two_orders_is_judged_under_each(tmp_path: Path) -> None:
    """The other one's first order ends at 10:40, and the next one begins there."""
    ban = {"conditions": [], "no_contact": [{"with": "P-2"}]}
    back = {"conditions": [], "no_contact": [{"with": "P-1"}], "person": "P-2"}
    one = paired(tmp_path, "P-1", ORDER | ban | {"person": "P-1"}, 30, 0)
    turn, whole = at("10:40").isoformat(), ORDER["in_force"]
    first = paired(tmp_path, "first", ORDER | back | {"in_force": whole | {"until": turn}}, 0, 20)
    later = paired(tmp_path, "later", ORDER | back | {"in_force": whole | {"since": turn}}, 0, 20)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--with", *first, "--with", *later]
    result = run(*words)
    assert result.exit_code == 0, result.exception
    alerts = [
        (line["person"], line["number"], line["turn"], line["since"][11:16])
        for line in records(result.output)
        if line.get("rule") == "S-CONTACT" and line["turn"] == "raised"
    ]
    assert [one for one in alerts if one[0] == "P-1"] == [
        ("P-1", 1, "raised", "10:31"),
        ("P-1", 2, "raised", "10:42"),
    ]
    assert [line for line in records(result.output) if line["record"] == "not_judged"] == []


def test_who_is_chosen_of_one_file_is_not_asked_of_the_others(tmp_path: Path) -> None:
    one = paired(tmp_path, "P-1", ORDER | {"person": "P-1", "conditions": []}, 30, 0)
    other = paired(tmp_path, "P-2", ORDER | {"person": "P-2", "conditions": []}, 0, 20)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--person", "P-1", "--with", *other]
    assert {line["person"] for line in records(run(*words).output)} == {"P-1", "P-2"}


def test_our_outage_is_both_sides_whichever_order_tells_it(tmp_path: Path) -> None:
    outage = {"since": at("06:05").isoformat(), "until": at("09:55").isoformat()}
    bans = [
        ORDER | {"person": one, "conditions": [], "no_contact": [{"with": other}]}
        for one, other in (("P-1", "P-2"), ("P-2", "P-1"))
    ]
    one = paired(tmp_path, "P-1", bans[0], 40, 0)
    other = paired(tmp_path, "P-2", bans[1] | {"outages": [outage]}, 0, 20)
    result = run("replay", "--order", one[0], "--fixes", one[1], "--with", *other)
    assert result.exit_code == 0, result.output
    found = [line for line in records(result.output) if line["record"] == "alert"]
    assert "S-CONTACT" in {line["rule"] for line in found}
    assert "S-PAIR-UNJUDGED" not in {line["rule"] for line in found}


def test_two_orders_must_both_forbid_it(tmp_path: Path) -> None:
    ban = {"conditions": [], "no_contact": [{"with": "P-2"}]}
    one = paired(tmp_path, "P-1", ORDER | ban | {"person": "P-1"}, 30, 0)
    alone = paired(tmp_path, "P-2", ORDER | {"person": "P-2", "conditions": []}, 0, 20)
    words = ["replay", "--order", one[0], "--fixes", one[1], "--with"]
    assert not [line for line in records(run(*words, *alone).output) if line["record"] == "pair"]
    back = {"conditions": [], "no_contact": [{"with": "P-1", "radius_m": 60}]}
    both = paired(tmp_path, "P-2", ORDER | back | {"person": "P-2"}, 0, 20)
    alerts = [
        line for line in records(run(*words, *both).output) if line.get("rule") == "S-CONTACT"
    ]
    assert {(line["person"], line["condition"]) for line in alerts} == {
        ("P-1", "P-2"),
        ("P-2", "P-1"),
    }


@pytest.mark.parametrize(
    "told",
    [
        {"with": "PP-1", "radius_m": 99},
        {"with": "PP-1", "inner_m": 300},
        {"with": "PP-1", "radius": 300},
        {"with": ""},
        {"radius_m": 300},
    ],
)
def test_an_unlawful_demand_is_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    ban = ORDER | {"person": "P-1", "conditions": [], "no_contact": [told]}
    one = paired(tmp_path, "P-1", ban, 40, 0)
    other = paired(tmp_path, "PP-1", {"protected": "PP-1", "consents": []}, 0, 20)
    result = run("replay", "--order", one[0], "--fixes", one[1], "--with", *other)
    assert isinstance(result.exception, Refused)
