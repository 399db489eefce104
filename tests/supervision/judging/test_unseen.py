# SPDX-License-Identifier: EUPL-1.2
"""When somebody could not be monitored, and why: a table."""

from typing import Any

import pytest
from supervision.trails import MINUTE, arrival, at, stay

from tarazy.supervision.judging.unseen import Asked, Why, unseen
from tarazy.supervision.presence.timetable import Interval

SPAN = Interval(at("10:00"), at("12:00"))
LONGEST = 15 * MINUTE
BEFORE, AFTER = stay(at("10:00"), 31, 0), stay(at("11:00"), 61, 0)
OUTAGE = Interval(at("10:35"), at("10:58"))


def last(**more: Any) -> list[Any]:
    return [*BEFORE[:-1], arrival(at("10:30"), 0, **more)]


@pytest.mark.parametrize(
    ("arrivals", "outages", "why"),
    [
        pytest.param([*BEFORE, *AFTER], [], Why.UNKNOWN, id="silence says nothing of its cause"),
        pytest.param([*BEFORE, *AFTER], [OUTAGE], Why.OUR_OUTAGE, id="we were away"),
        pytest.param(
            [*BEFORE, *AFTER], [Interval(at("10:31"), at("10:32"))], Why.UNKNOWN, id="for a moment"
        ),
        pytest.param([*last(battery_percent=7.0), *AFTER], [], Why.BATTERY, id="nearly empty"),
        pytest.param([*last(battery_percent=40.0), *AFTER], [], Why.UNKNOWN, id="not empty"),
        pytest.param([*last(alarms=("low_battery",)), *AFTER], [], Why.BATTERY, id="it said so"),
        pytest.param([*last(alarms=("power_off",)), *AFTER], [], Why.SWITCHED_OFF, id="off"),
        pytest.param(
            [*BEFORE, arrival(at("10:40"), None), *AFTER], [], Why.NO_SATELLITES, id="heard"
        ),
        pytest.param(
            [*BEFORE, arrival(at("10:40"), 0, marks=frozenset({"mock"})), *AFTER],
            [],
            Why.INVENTED_PLACES,
            id="invented",
        ),
        pytest.param(
            [*BEFORE, arrival(at("10:40"), None, marks=frozenset({"clock_fault"})), *AFTER],
            [],
            Why.CLOCK_FAULT,
            id="clock",
        ),
        pytest.param(
            [*BEFORE, arrival(at("10:40"), None, alarms=("location_off",)), *AFTER],
            [],
            Why.LOCATION_OFF,
            id="location is off",
        ),
        pytest.param(
            [*BEFORE, arrival(at("11:00"), 0, at("11:30")), *AFTER[1:]],
            [],
            Why.NO_NETWORK,
            id="what came after had waited",
        ),
    ],
)
def test_why(arrivals: Any, outages: Any, why: Why) -> None:
    (found,) = unseen(arrivals, SPAN, LONGEST, outages)
    assert (found.since, found.until, found.why) == (at("10:30"), at("11:00"), why)


DARK, FAKED = arrival(at("18:55"), None), arrival(at("18:55"), 0, marks=frozenset({"mock"}))


@pytest.mark.parametrize(
    ("arrivals", "why"),
    [
        pytest.param([*last(battery_percent=3.0), DARK], Why.BATTERY, id="died and was charged"),
        pytest.param([*BEFORE, DARK], Why.UNKNOWN, id="one report without a place"),
        pytest.param([*BEFORE, FAKED], Why.UNKNOWN, id="one invented place"),
        pytest.param(
            [*BEFORE, *(arrival(at("10:31") + n * 20 * MINUTE, None) for n in range(25))],
            Why.NO_SATELLITES,
            id="many",
        ),
        pytest.param(
            [*BEFORE, arrival(at("10:35"), None, battery_percent=2.0), DARK],
            Why.BATTERY,
            id="the last before the silence",
        ),
        pytest.param([*BEFORE, arrival(at("18:55"), None, at("19:05"))], Why.UNKNOWN, id="waited"),
    ],
)
def test_a_report_says_nothing_of_hours_of_silence(arrivals: Any, why: Why) -> None:
    span = Interval(at("10:00"), at("20:00"))
    found, *_ = unseen([*arrivals, *stay(at("19:00"), 61, 0)], span, LONGEST, [])
    assert (found.since, found.until, found.why) == (at("10:30"), at("19:00"), why)


def test_as_often_as_was_asked_is_often_enough() -> None:
    hourly = [arrival(at(f"{hour}:00"), 0) for hour in range(10, 15)]
    span = Interval(at("10:00"), at("14:00"))
    often, rarely = Asked(LONGEST, at("14:00")), Asked(180 * MINUTE, at("13:20"))
    assert unseen(hourly, span, [rarely, often], []) != []
    (found,) = unseen(hourly, span, [rarely, often], [])
    assert (found.since, found.until) == (at("13:00"), at("14:00"))
    assert unseen(hourly, span, [Asked(180 * MINUTE, at("14:00"))], []) == []
    assert len(unseen(hourly, span, [Asked(LONGEST, at("12:00")), *[rarely]], [])) == 2


def test_the_edges_and_nothing_at_all() -> None:
    assert unseen([*stay(at("10:00"), 121, 0)], SPAN, LONGEST, []) == []
    (whole,) = unseen([], SPAN, LONGEST, [])
    assert (whole.since, whole.until) == SPAN
    begin, end = unseen(stay(at("10:30"), 31, 0), SPAN, LONGEST, [])
    assert (begin.until, end.since) == (at("10:30"), at("11:00"))


def test_a_place_that_came_late_fills_the_gap() -> None:
    late = [arrival(at("10:45"), 0, at("11:30"))]
    assert unseen([*BEFORE, *late, *AFTER], SPAN, LONGEST, []) == []
