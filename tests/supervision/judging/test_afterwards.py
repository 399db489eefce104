# SPDX-License-Identifier: EUPL-1.2
"""Reports that come after an order's end: its time is judged again, and nothing after it."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from supervision.trails import (
    MINUTE,
    ZONE,
    arrival,
    at,
    circle,
    condition,
    judged,
    order,
    stay,
    told,
)

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.replay import lines
from tarazy.supervision.rules import inclusion_exit

SECOND = timedelta(seconds=1)
IN_FORCE = {"since": at("06:00").isoformat(), "until": at("12:00").isoformat()}
ENDED = order(condition("inclusion", circle(radius_m=1_000)), in_force=IN_FORCE)
TAMPER = "S-STRAP-TAMPER"
MORNING = stay(at("09:00"), 60, 0)


def stored(since: str, minutes: int, away_m: float, back: str, **more: Any) -> list[Arrival]:
    return [
        arrival(at(since) + n * MINUTE, away_m, at(back) + 0.3 * n * SECOND, **more)
        for n in range(minutes)
    ]


def test_who_left_is_found_with_both_times() -> None:
    late = stored("10:00", 120, 4_000, "13:00")
    done = judged(ENDED, [*MORNING, *late], at("14:00"))
    assert told(done.turns) == [
        ("raised", 1, "10:02:00", "12:00:00", "13:00:40"),
    ]
    turn = next(one for one in done.turns if one.cause[0] == ZONE)
    assert turn.breach.sentence == inclusion_exit.LEFT
    assert done.judgements_again == 1


def test_who_came_back_is_cleared_at_the_time_of_coming_back() -> None:
    late = [*stored("10:00", 30, 4_000, "13:00"), *stored("10:30", 30, 0, "13:00:10")]
    done = judged(ENDED, [*MORNING, *late], at("14:00"))
    ((kind, _, since, until, _),) = told(done.turns)
    assert (kind, since, until) == ("raised", "10:02:00", "10:30:00")


def test_what_was_said_is_withdrawn_or_kept_as_it_was() -> None:
    out = stay(at("10:00"), 20, 4_000)
    kept = judged(ENDED, [*MORNING, *out, *stored("11:00", 30, 4_000, "13:00")], at("14:00"))
    assert [kind for kind, *_ in told(kept.turns)] == ["raised", "cleared"]
    before = judged(ENDED, [*MORNING, *out], at("14:00"))
    assert told(before.turns) == told(kept.turns)
    home = [one for n in range(20) for one in stored(f"10:{n:02}:30", 1, 0, "13:00")]
    denied = judged(ENDED, [*MORNING, *out, *home], at("14:00"))
    assert [one[0] for one in told(denied.turns)][:2] == ["raised", "cleared"]


def test_a_cut_strap_is_told_and_waits_for_somebody() -> None:
    late = [
        arrival(at("11:00"), 0, at("13:00"), alarms=("strap_tamper",)),
        arrival(at("11:05"), 0, at("13:00:01"), alarms=("strap_tamper",)),
    ]
    early = arrival(at("08:00"), 0, alarms=("strap_tamper",))
    done = judged(ENDED, [*MORNING, *late], at("14:00"))
    found = [one for one in done.turns if one.cause[0] == TAMPER]
    assert [(one.kind, one.breach.since, one.until, one.known_at) for one in found] == [
        ("raised", at("11:00"), None, at("13:00")),
        ("changed", at("11:00"), None, at("13:00:01")),
    ]
    more = judged(ENDED, [early, *MORNING, *late], at("14:00"))
    counts = [one.breach.facts["count"] for one in more.turns if one.cause[0] == TAMPER]
    assert counts == [1, 2, 3]


@pytest.mark.parametrize("seconds", [-59, -3, 0, 3])
def test_what_had_not_settled_at_the_end_is_not_lost(seconds: int) -> None:
    known = at("12:00") + seconds * SECOND
    late = [arrival(at("10:00") + n * MINUTE, 4_000, known) for n in range(100)]
    done = judged(ENDED, [*MORNING, *late], at("14:00"))
    assert next((one[0], one[2]) for one in told(done.turns)) == ("raised", "10:02:00")
    assert done.judgements_again == 1


def test_an_answer_in_time_takes_the_miss_back() -> None:
    asked = {"asked_at": at("11:00").isoformat(), "until": at("11:30").isoformat()}
    late = arrival(at("11:10"), None, at("13:00"), alarms=("check_in",))
    done = judged(ENDED | {"check_ins": [asked]}, [*MORNING, late], at("14:00"))
    kinds = [one.kind for one in done.turns if one.cause[0] == "S-MISSED-CHECKIN"]
    assert kinds == ["raised", "cleared", "withdrawn"]


def test_however_an_upload_is_cut_the_end_is_the_same() -> None:
    late = stored("10:00", 100, 4_000, "13:00")
    slow = [msgspec.structs.replace(one, known_at=one.at + 3 * 60 * MINUTE) for one in late]
    ends = []
    for uploaded in (late, slow):
        done = judged(ENDED, [*MORNING, *uploaded], at("18:00"))
        (watched,) = done.subject.watched
        ends.append([(one.presence, one.at) for one in watched.changes])
    assert ends[0] == ends[1]


def test_the_line_says_that_it_was_known_after_the_end() -> None:
    done = judged(ENDED, [*MORNING, *stored("10:00", 100, 4_000, "13:00")], at("14:00"))
    found = [one for one in lines.alerts("P-1", done.subject, done.turns) if one.rule == ZONE]
    assert [one.after_end for one in found] == [True]
    early = judged(ENDED, [*MORNING, *stay(at("10:00"), 30, 4_000)], at("14:00"))
    found = [one for one in lines.alerts("P-1", early.subject, early.turns) if one.rule == ZONE]
    assert [one.after_end for one in found] == [False, False]
    assert b"after_end" not in msgspec.json.encode(found[0])
