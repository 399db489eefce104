# SPDX-License-Identifier: EUPL-1.2
"""`tarazy supervision replay` and `schema`: files in, JSON Lines out, the same each time."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from supervision.trails import MINUTE, NIGHTS, at, circle, condition, order, place
from typer.testing import CliRunner

from tarazy.core.errors import Misconfigured, Refused
from tarazy.supervision.cli import app
from tarazy.supervision.cli_simulate import app as simulate

ORDER = order(
    condition("inclusion", circle(radius_m=1_000)), condition("home_curfew", timetable=NIGHTS)
)


def write(folder: Path, person: str = "P-1") -> tuple[str, str]:
    """An order and a trail: out for half an hour; one line is broken."""
    lines = []
    for n in range(120):
        lat, lon = place(4_000 if 30 <= n < 60 else 0)
        when = at("10:00") + n * MINUTE
        known = when + timedelta(seconds=3)
        lines.append(
            {"at": when.isoformat(), "known_at": known.isoformat(), "lat": lat, "lon": lon}
        )
    text = "\n".join(json.dumps(one | {"accuracy_m": 10.5}) for one in reversed(lines))
    order_path, fixes_path = folder / f"{person}.json", folder / f"{person}.jsonl"
    order_path.write_text(json.dumps(ORDER | {"person": person}))
    fixes_path.write_text(text + "\n{broken\n")
    return str(order_path), str(fixes_path)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def records(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_alerts_presence_and_refused_lines(tmp_path: Path) -> None:
    order_path, fixes_path = write(tmp_path)
    result = run("replay", "--order", order_path, "--fixes", fixes_path)
    assert result.exit_code == 0, result.output
    found = records(result.output)
    by_kind = Counter(one["record"] for one in found)
    assert by_kind == {
        "refused": 1,
        "alert": 6,
        "presence": 8,
        "times": 2,
        "unmonitored": 1,
        "summary": 1,
    }
    assert [one for one in found if one["record"] == "refused"] == [
        {"record": "refused", "person": "P-1", "line": 121, "reason": "not_json", "field": None}
    ]
    zone = [one for one in found if one.get("rule") == "S-INCLUSION-EXIT"]
    assert [(one["turn"], one["version"], one["since"], one["until"]) for one in zone] == [
        ("raised", 1, "2026-03-02T10:32:00Z", None),
        ("cleared", 2, "2026-03-02T10:32:00Z", "2026-03-02T11:00:00Z"),
    ]
    assert zone[0]["known_at"] == "2026-03-02T10:32:03Z"
    assert zone[0]["probability"] == round(zone[0]["probability"], 4)
    assert "{" not in zone[0]["sentence"]
    assert run("replay", "--order", order_path, "--fixes", fixes_path).output == result.output


def test_several_people_and_an_end(tmp_path: Path) -> None:
    one, two = write(tmp_path), write(tmp_path, "P-2")
    words = [
        "--order",
        one[0],
        "--fixes",
        one[1],
        "--with",
        *two,
        "--until",
        "2026-03-02T10:40:00Z",
    ]
    found = records(run("replay", *words).output)
    summaries = [line for line in found if line["record"] == "summary"]
    assert [(line["person"], line["until"]) for line in summaries] == [
        ("P-1", "2026-03-02T10:40:00Z"),
        ("P-2", "2026-03-02T10:40:00Z"),
    ]
    assert not [line for line in found if line.get("turn") == "cleared" and line["condition"]]
    assert [line["fixes"] for line in summaries] == [40, 40]  # those that were known by then


@pytest.mark.parametrize("form", ["order", "protected", "fix", "alert", "records"])
def test_schemas(form: str) -> None:
    assert "$defs" in json.loads(run("schema", form).output)


def test_the_schema_of_an_order_says_how_near_a_court_may_set() -> None:
    told = json.loads(run("schema", "order").output)["$defs"]["NoContact"]["properties"]
    bounds = [(told[name]["minimum"], told[name]["maximum"]) for name in ("radius_m", "inner_m")]
    assert bounds == [(50, 5_000), (50, 1_000)]


def test_wrong_files_and_options_are_explained(tmp_path: Path) -> None:
    order_path, fixes_path = write(tmp_path)
    (tmp_path / "bad.json").write_text("{}")
    both = ("--order", order_path, "--fixes", fixes_path)
    for words, kind in [
        (("--order", "none.json", "--fixes", fixes_path), Misconfigured),
        (("--order", str(tmp_path / "bad.json"), "--fixes", fixes_path), Refused),
        ((*both, "--until", "tomorrow"), Misconfigured),
        ((*both, "--until", "2026-03-02T10:40:00"), Misconfigured),
        ((*both, "--until", "9999-12-31T23:59:59Z"), Misconfigured),
        ((*both, "--until", "0001-01-01T00:00:00+05:00"), Misconfigured),
        (("--order", "-", "--fixes", "-"), Misconfigured),
        (("--order", order_path, "--fixes", "-", "--with", "P-2.json", "-"), Misconfigured),
        ((*both, "--with", order_path), Misconfigured),
        ((*both, "--person", "P-9"), Refused),
    ]:
        assert isinstance(run("replay", *words).exception, kind), words


def test_the_simulated_people_are_taken_as_they_are(tmp_path: Path) -> None:
    names = {"out": "f.jsonl", "truth": "t.jsonl", "orders": "o.json"}
    paths = [word for key, name in names.items() for word in (f"--{key}", str(tmp_path / name))]
    CliRunner().invoke(
        simulate, ["people", "--people", "2", "--days", "1", "--start", "2025-03-03", *paths]
    )
    words = ("--order", str(tmp_path / "o.json"), "--fixes", str(tmp_path / "f.jsonl"))
    assert Counter(one["person"] for one in records(run("replay", *words).output)).keys() == {
        "p00000",
        "p00001",
    }
    alone = records(run("replay", *words, "--person", "p00001").output)
    assert {one["person"] for one in alone} == {"p00001"}


def test_nobody_stands_twice_in_one_file_of_many(tmp_path: Path) -> None:
    names = {"out": "f.jsonl", "truth": "t.jsonl", "orders": "o.json"}
    paths = [word for key, name in names.items() for word in (f"--{key}", str(tmp_path / name))]
    CliRunner().invoke(
        simulate, ["people", "--people", "1", "--days", "1", "--start", "2025-03-03", *paths]
    )
    many = json.loads((tmp_path / "o.json").read_text())
    many["people"] *= 2
    (tmp_path / "o.json").write_text(json.dumps(many))
    words = ("--order", str(tmp_path / "o.json"), "--fixes", str(tmp_path / "f.jsonl"))
    result = run("replay", *words)
    assert isinstance(result.exception, Refused)
    assert "is given twice" in str(result.exception.facts["reason"])


def test_lines_that_name_somebody_else_are_counted(tmp_path: Path) -> None:
    """A name that is misspelt in one of two files would else read as a device's silence."""
    lines = [json.dumps(fix(n, person="P1" if n else "P-1")) for n in range(5)]
    order_path, fixes_path = given(tmp_path, *lines, "{broken")
    found = records(run("replay", "--order", order_path, "--fixes", fixes_path).output)
    told = {name: found[-1][name] for name in ("fixes", "refused", "of_others")}
    assert told == {"fixes": 1, "refused": 1, "of_others": 4}


def fix(minute: int, **told: Any) -> dict[str, Any]:
    """A report that says all that one can say."""
    when = at("10:00") + minute * MINUTE
    return {
        "at": when.isoformat(),
        "known_at": (when + timedelta(seconds=2)).isoformat(),
        "lat": 43.238,
        "lon": 76.945,
        "accuracy_m": 10.0,
        "speed_kmh": 0,
        "course_deg": 0,
        "altitude_m": 1,
        "battery_percent": 50,
        "satellites": 5,
        "hdop": 1,
        "charging": False,
        "moving": False,
        "stored": False,
        "marks": [],
        "alarms": [],
        "person": "P-1",
        "device": "d",
    } | told


OPTIONAL = (
    *("known_at", "accuracy_m", "speed_kmh", "course_deg", "altitude_m", "battery_percent"),
    *("satellites", "hdop", "charging", "moving", "person", "device"),
)
"""What a line may give as null: it is not known."""
WRONG = ("x", 1e300, -5, True, [1], {"a": 1})
BROKEN = {
    "truncated": ('{"at":"2026-03-02T10:05:00Z","lat":43.2', "not_json"),
    "not a number": ('{"at":"2026-03-02T10:05:00Z","lat":NaN,"lon":76.9}', "not_json"),
    "too large a number": ('{"at":"2026-03-02T10:05:00Z","lat":1e999,"lon":76.9}', "bad_field"),
    "400 digits": ('{"at":"2026-03-02T10:05:00Z","lat":' + "9" * 400 + "}", "bad_field"),
    "no zone": ('{"at":"2026-03-02T10:05:00","lat":43.2,"lon":76.9}', "bad_field"),
    "a date alone": ('{"at":"2026-03-02"}', "bad_field"),
    "no such day": ('{"at":"2026-02-30T10:05:00Z"}', "bad_field"),
    "seconds since 1970": ('{"at":1772445900}', "bad_field"),
    "year 1": ('{"at":"0001-01-01T00:00:00+14:00"}', "bad_time"),
    "year 9999": ('{"at":"9999-12-31T23:59:59-14:00"}', "bad_time"),
    "north of the pole": ('{"at":"2026-03-02T10:05:00Z","lat":91,"lon":76.9}', "bad_place"),
    "half a place": ('{"at":"2026-03-02T10:05:00Z","lat":43.2}', "no_place"),
    "a list": ("[1, 2]", "bad_field"),
    "null": ("null", "bad_field"),
    "two on a line": ('{"at":"2026-03-02T10:05:00Z"}' * 2, "not_json"),
    "half a letter": ('{"at":"2026-03-02T10:05:00Z","device":"\\ud800"}', "not_json"),
    "deep": ("[" * 60_000, "bad_field"),
    "long": ('{"at":"2026-03-02T10:05:00Z","device":"' + "x" * 70_000 + '"}', "body_too_large"),
}


def given(folder: Path, *lines: str) -> tuple[str, str]:
    order_path, fixes_path = folder / "order.json", folder / "fixes.jsonl"
    order_path.write_text(json.dumps(ORDER))
    fixes_path.write_text("\n".join(lines) + "\n")
    return str(order_path), str(fixes_path)


def refused(folder: Path, line: str) -> list[tuple[int, str]]:
    """What is said of a line between two good ones, which are judged all the same."""
    order_path, fixes_path = given(folder, json.dumps(fix(0)), line, json.dumps(fix(9)))
    result = run("replay", "--order", order_path, "--fixes", fixes_path)
    assert result.exit_code == 0, result.output
    found = records(result.output)
    assert found[-1]["record"] == "summary"
    assert found[-1]["fixes"] >= 2
    return [(one["line"], one["reason"]) for one in found if one["record"] == "refused"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_told_by_its_number_and_the_rest_is_judged(
    tmp_path: Path, name: str
) -> None:
    line, reason = BROKEN[name]
    assert refused(tmp_path, line) == [(2, reason)]


@pytest.mark.parametrize("name", sorted(fix(0)))
def test_whatever_stands_in_a_field_nothing_breaks(tmp_path: Path, name: str) -> None:
    for value in (None, *WRONG):
        found = refused(tmp_path, json.dumps(fix(5, **{name: value})))
        assert [line for line, _ in found] in ([], [2])
        if value is None:
            assert not found if name in OPTIONAL else [line for line, _ in found] == [2]
        if isinstance(value, dict):
            assert found == [(2, "bad_field")]


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.lists(st.sampled_from(["sos", "mock", "clock_fault", "stored", "jamming", "", None, 3])),
    st.sampled_from(["2026-03-02T10:05:00Z", "2026-03-02T10:05:00+14:00", "1999-01-01T00:00:00Z"]),
    st.sampled_from([90, -90, 180, -180, 0, 5e-324, 1e-9, 2000, 100, 43.238, 76.945]),
)
lines = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys([*fix(0), "tst", ""], odd)), max_size=6
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@hypothesis_given(lines, st.lists(st.integers(0, 40), max_size=6))
def test_whatever_stands_in_all_fields_is_judged_or_refused(
    tmp_path: Path, told: list[dict[str, Any]], minutes: list[int]
) -> None:
    """Odd values in every field at once, with and without a possible time."""
    timed = [fix(minute) | one for minute, one in zip(minutes, told, strict=False)]
    good = {"at": at("10:00").isoformat()}
    texts = [json.dumps(one) for one in [good, *told, *timed]]
    order_path, fixes_path = given(tmp_path, *texts)
    result = run("replay", "--order", order_path, "--fixes", fixes_path)
    assert result.exit_code == 0, result.output
    found = records(result.output)
    whole = [one for one in found if one["record"] == "refused" and not one.get("rest_used")]
    (summary,) = [one for one in found if one["record"] == "summary"]
    assert summary["refused"] == len(whole)
    assert all(1 <= one["line"] <= len(texts) and one["reason"] for one in whole)


def test_a_file_without_a_readable_line_is_refused_as_a_whole(tmp_path: Path) -> None:
    order_path, fixes_path = given(tmp_path, "", '{"lat": "north"}', "x")
    result = run("replay", "--order", order_path, "--fixes", fixes_path)
    assert isinstance(result.exception, Refused)
    assert result.exception.name == "bad_field"
    assert result.exception.facts == {"line": 2, "field": "$.lat"}
    assert not result.stdout


def test_an_empty_file_is_somebody_who_was_never_heard(tmp_path: Path) -> None:
    order_path, fixes_path = given(tmp_path)
    words = ["replay", "--order", order_path, "--fixes", fixes_path]
    until = (at("06:00") + timedelta(hours=3)).isoformat()
    found = records(run(*words, "--until", until).output)
    states = {one["state"] for one in found if one["record"] == "presence"}
    assert states == {"unknown"}
    assert [one for one in found if one["record"] == "unmonitored"]
    early = run(*words, "--until", "2020-01-01T00:00:00Z")
    assert early.exit_code == 0
    assert [one["record"] for one in records(early.output)] == ["summary"]


def test_an_order_without_zones_is_judged_for_the_device_alone(tmp_path: Path) -> None:
    _, fixes_path = given(tmp_path, json.dumps(fix(0)))
    bare = tmp_path / "bare.json"
    bare.write_bytes(b"\xef\xbb\xbf" + json.dumps(order()).encode())  # as some editors begin
    result = run("replay", "--order", str(bare), "--fixes", fixes_path)
    assert result.exit_code == 0
    assert "presence" not in {one["record"] for one in records(result.output)}


@pytest.mark.parametrize(
    "change", [{"kind": "teleport"}, {"zone": {"kind": "star"}}, {"zone": circle(radius_m=-1)}]
)
def test_an_unknown_condition_is_refused_by_its_field(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    order_path, fixes_path = given(tmp_path, json.dumps(fix(0)))
    Path(order_path).write_text(json.dumps(order(condition("inclusion") | change)))
    result = run("replay", "--order", order_path, "--fixes", fixes_path)
    assert isinstance(result.exception, Refused)
    assert result.exception.name == "order_unreadable"
    assert str(result.exception.facts["field"]).startswith("$.conditions[0].")


def wandering(seed: int) -> list[str]:
    """Lines of somebody who comes and goes; some wait for a network, and come all at once."""
    chance, lines = random.Random(seed), []
    for n in range(400):
        lat, lon = place(abs(chance.gauss(0, 40)) + 700 * (n % 150 > 110))
        waits = 20 * (n // 20 + 1) if n % 100 >= 80 else n
        known = (at("10:00") + waits * MINUTE + timedelta(seconds=2)).isoformat()
        lines.append(json.dumps(fix(n, lat=lat, lon=lon, known_at=known, battery_percent=50)))
    return lines


def test_two_processes_and_any_order_of_lines_give_the_same_bytes(tmp_path: Path) -> None:
    lines = wandering(1)
    order_path, fixes_path = given(tmp_path, *lines)
    words = ["supervision", "replay", "--order", order_path, "--fixes"]
    program = [sys.executable, "-c", "from tarazy.site.cli import app; app()", *words]
    seeds = ({"PYTHONHASHSEED": seed} for seed in ("1", "2"))
    once, again = (
        subprocess.run(
            [*program, fixes_path], capture_output=True, env=os.environ | one, check=True
        )
        for one in seeds
    )
    assert once.stdout == again.stdout
    assert b'"raised"' in once.stdout
    random.Random(2).shuffle(lines)
    shuffled = tmp_path / "shuffled.jsonl"
    shuffled.write_text("\n".join(lines))
    assert run(*words[1:], str(shuffled)).stdout_bytes == once.stdout
