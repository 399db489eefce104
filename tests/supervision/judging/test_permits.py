# SPDX-License-Identifier: EUPL-1.2
"""Absences that are granted in time, late, and withdrawn."""

from typing import Any

from supervision.trails import (
    NIGHTS,
    START,
    ZONE,
    at,
    circle,
    condition,
    judged,
    order,
    stay,
    told,
)

from tarazy.supervision.judging.permits import Permit, differ_from, moments, permitted_at
from tarazy.supervision.presence.timetable import Interval

AWAY = [*stay(at("16:30"), 25, 0), *stay(at("16:55"), 125, 3_000)]
HOME = condition("home_curfew", timetable=NIGHTS)


def absence(since: Any, until: Any, **more: Any) -> dict[str, Any]:
    times = {"since": since, "until": until} | more
    return {name: when.isoformat() for name, when in times.items()}


def turns(*absences: dict[str, Any]) -> list[tuple[str, str, Any, str]]:
    told_of = order(HOME, permitted_absences=list(absences))
    found = told(judged(told_of, AWAY, at("19:00")).turns, START)
    return [(kind, since, end, known_at) for kind, _, since, end, known_at in found]


def test_an_absence_that_was_known_raises_nothing() -> None:
    assert turns(absence(at("12:00"), at("12:00", day=2))) == []
    granted = absence(at("12:00"), at("12:00", day=2), granted_at=at("13:00"))
    assert turns(granted) == []


def test_one_that_is_granted_late_withdraws_what_was_raised() -> None:
    granted = absence(at("12:00"), at("12:00", day=2), granted_at=at("17:30"))
    assert turns(granted) == [
        ("raised", "17:00:00", None, "17:02:00"),
        ("withdrawn", "17:00:00", "17:30:00", "17:30:00"),
    ]
    told_of = order(HOME, permitted_absences=[granted])
    (*_, last) = [one for one in judged(told_of, AWAY, at("19:00")).turns if one.cause[0] == START]
    assert last.breach.sentence == "Withdrawn: an absence was permitted for that time."


def test_one_that_began_in_the_middle_ends_the_alert_there() -> None:
    granted = absence(at("17:20"), at("12:00", day=2), granted_at=at("17:30"))
    assert turns(granted) == [
        ("raised", "17:00:00", None, "17:02:00"),
        ("cleared", "17:00:00", "17:20:00", "17:30:00"),
    ]


def test_one_that_is_withdrawn_ends_then_and_makes_no_breach_of_before() -> None:
    withdrawn = absence(at("12:00"), at("12:00", day=2), withdrawn_at=at("18:00"))
    assert turns(withdrawn) == [("raised", "18:00:00", None, "18:02:00")]
    before_it_began = absence(at("20:00"), at("12:00", day=2), withdrawn_at=at("18:00"))
    assert turns(before_it_began) == [("raised", "17:00:00", None, "17:02:00")]


def test_what_outranks_a_curfew_does_so_after_an_absence_was_withdrawn_too() -> None:
    """At work from 09:00 to 18:00 (04:00 to 13:00 UTC), which outranks being at home."""
    every_day = [{"days": [*range(7)], "from": "09:00", "until": "18:00"}]
    work = condition("inclusion", circle(5_000), timetable=every_day, priority=1)
    withdrawn = absence(at("07:00"), at("12:00"), withdrawn_at=at("08:00"))
    told_of = order(condition("home_curfew"), work, permitted_absences=[withdrawn])
    done = judged(told_of, stay(at("06:30"), 300, 5_000), at("11:30"))
    assert told(done.turns) == []


def test_a_day_that_was_over_is_judged_again_too() -> None:
    inclusion = condition("inclusion", circle(radius_m=1_000))
    granted = absence(at("09:00"), at("12:00"), granted_at=at("08:00", day=2))
    trail = [*stay(at("10:00"), 30, 3_000), *stay(at("10:30"), 30, 0)]
    trail += stay(at("11:00", day=1), 30, 3_000)
    done = judged(order(inclusion, permitted_absences=[granted]), trail, at("12:00", day=3))
    kinds = [(kind, since) for kind, _, since, _, _ in told(done.turns, ZONE)]
    assert kinds == [
        *(("raised", "10:01:00"), ("cleared", "10:01:00")),
        *(("raised", "11:01:00"), ("withdrawn", "10:01:00")),
    ]


def test_late_places_and_late_permissions_together() -> None:
    granted = absence(at("12:00"), at("12:00", day=2), granted_at=at("17:30"))
    late = [*stay(at("16:30"), 25, 0), *stay(at("16:55"), 30, 3_000, at("17:40"))]
    found = judged(order(HOME, permitted_absences=[granted]), late, at("19:00"))
    assert told(found.turns, START) == []


def test_what_is_permitted_by_what_is_known() -> None:
    hour = [at(f"{n:02}:00") for n in range(24)]
    permits = [
        Permit(Interval(hour[8], hour[10])),
        Permit(Interval(hour[10], hour[14]), hour[9], hour[12]),
        Permit(Interval(hour[16], hour[18]), hour[9], hour[11]),
    ]
    assert moments(permits) == [hour[9], hour[11], hour[12]]
    assert permitted_at(permits, None) == (Interval(hour[8], hour[10]),)
    assert permitted_at(permits, hour[9]) == (
        Interval(hour[8], hour[14]),
        Interval(hour[16], hour[18]),
    )
    assert permitted_at(permits, hour[11]) == (Interval(hour[8], hour[14]),)
    assert permitted_at(permits, hour[12]) == (Interval(hour[8], hour[12]),)
    both = [permitted_at(permits, when) for when in (hour[9], hour[12])]
    assert differ_from(*both) == hour[12]
    assert differ_from(both[0], both[0]) is None
