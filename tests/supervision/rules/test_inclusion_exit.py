# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import msgspec
import pytest
from supervision.rules.zoned import (
    HOUR,
    INSIDE,
    LATELY,
    NOON,
    NOTHING,
    OUTSIDE,
    SCHOOL,
    UNKNOWN,
    facts,
)

from tarazy.supervision.presence.interface import Change
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import inclusion_exit as rule
from tarazy.supervision.rules.interface import Facts

MINUTE = timedelta(minutes=1)
BEFORE = facts("inclusion", OUTSIDE, hours=SCHOOL, now=NOON - HOUR)


@pytest.mark.parametrize(
    ("given", "hours_ago", "probability"),
    [
        pytest.param(facts("inclusion", INSIDE, OUTSIDE), 1, 0.9, id="left"),
        pytest.param(facts("inclusion", OUTSIDE, UNKNOWN), 2, None, id="silent outside since"),
        pytest.param(facts("inclusion", OUTSIDE, UNKNOWN, OUTSIDE), 3, 0.9, id="never came back"),
        pytest.param(facts("inclusion", OUTSIDE, hours=SCHOOL), 0, 0.9, id="since it applies"),
        pytest.param(
            facts("inclusion", OUTSIDE, UNKNOWN, OUTSIDE, hours=LATELY), 1, 0.9, id="again"
        ),
        pytest.param(BEFORE, None, None, id="(1) before"),
        pytest.param(facts("inclusion", OUTSIDE, hours=()), None, None, id="(1) no hours"),
        pytest.param(NOTHING, None, None, id="(1) no condition"),
        pytest.param(facts("inclusion"), None, None, id="(2) never seen"),
        pytest.param(facts("inclusion", UNKNOWN), None, None, id="(2) never established"),
        pytest.param(facts("inclusion", OUTSIDE, INSIDE), None, None, id="(3) back again"),
        pytest.param(facts("inclusion", INSIDE, UNKNOWN), None, None, id="(3) unknown since"),
        pytest.param(
            facts("inclusion", OUTSIDE, UNKNOWN, hours=SCHOOL), None, None, id="(4) lost before"
        ),
    ],
)
def test_assess(given: Facts, hours_ago: int | None, probability: float | None) -> None:
    breach = rule.assess(given)
    if hours_ago is None:
        assert breach is None
        return
    assert breach is not None
    assert (breach.since, breach.probability) == (NOON - hours_ago * HOUR, probability)
    assert "school" in breach.sentence.format(**breach.facts)


def test_next_check_is_the_next_edge_of_the_hours() -> None:
    assert rule.next_check(BEFORE) == NOON
    assert rule.next_check(facts("inclusion", hours=SCHOOL)) == NOON + 3 * HOUR
    assert rule.next_check(facts("inclusion", hours=SCHOOL, now=NOON + 3 * HOUR)) is None
    assert rule.next_check(NOTHING) is None


def test_who_was_not_heard_because_we_were_away_is_not_called_by_the_clock() -> None:
    """(6) Two minutes after our return it is known who has come back."""
    away = (Interval(NOON - 5 * MINUTE, NOON + 5 * MINUTE),)
    begin = msgspec.structs.replace(facts("inclusion", OUTSIDE, hours=SCHOOL), outages=away)
    assert rule.assess(begin) is None
    assert rule.next_check(begin) == NOON + 7 * MINUTE
    back = msgspec.structs.replace(begin, now=NOON + 7 * MINUTE)
    assert rule.assess(back) is not None
    seen = msgspec.structs.replace(
        begin, changes=(Change(OUTSIDE, NOON + MINUTE, NOON + 6 * MINUTE, 0.9),)
    )
    assert rule.assess(msgspec.structs.replace(seen, now=NOON + MINUTE)) is not None
