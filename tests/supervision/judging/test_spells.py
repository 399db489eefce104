# SPDX-License-Identifier: EUPL-1.2
"""How far back a rule looks: over the whole stay of somebody who is away from home."""

from datetime import timedelta

from supervision.trails import MINUTE, NIGHTS, at, circle, condition, judged, order, stay, told

from tarazy.supervision.judging.spells import CHANGES_MAX, STAY_MAX, recent
from tarazy.supervision.presence.interface import Change, Presence


def changes(*presences: Presence) -> list[Change]:
    return [
        Change(one, at("00:00") + n * MINUTE, at("00:00") + timedelta(days=1))
        for n, one in enumerate(presences)
    ]


def test_only_of_a_stay_outside_is_more_seen_than_the_last_changes() -> None:
    away, home = (Presence.OUTSIDE, Presence.UNKNOWN), (Presence.INSIDE, Presence.UNKNOWN)
    assert recent([]) == []
    assert len(recent(changes(*home * 20))) == CHANGES_MAX
    assert len(recent(changes(*away * 20, *home))) == CHANGES_MAX
    assert len(recent(changes(*home * 20, *away * 20))) == 41  # and the time before it was known
    assert len(recent(changes(*away * 300))) == STAY_MAX


def test_who_is_away_all_night_is_one_alert_however_often_he_is_lost() -> None:
    """Four reports each half hour: he is lost and found again all night, and is never at home."""
    night = [one for n in range(22) for one in stay(at("15:00") + 30 * n * MINUTE, 4, 4_000)]
    done = judged(
        order(condition("home_curfew", timetable=NIGHTS)),
        [*stay(at("14:00"), 10, 0), *night],
        at("02:00", day=1),
    )
    (home,) = done.subject.watched
    assert len(home.changes) > 30
    assert told(done.turns) == [
        ("raised", 1, "17:00:00", None, "17:02:00"),
        ("cleared", 1, "17:00:00", "01:00:00", "01:00:00"),
    ]


def test_who_does_not_come_home_from_what_outranked_it_is_one_alert_for_weeks() -> None:
    """He was at work as ordered until that condition ended (13:00), and went elsewhere."""
    period = {"since": at("06:00").isoformat(), "until": at("13:00").isoformat()}
    hours = [{"days": [*range(7)], "from": "09:00", "until": "18:00"}]
    work = condition("inclusion", circle(4_000), priority=1, timetable=hours, period=period)
    away = [one for n in range(200) for one in stay(at("06:30") + 180 * n * MINUTE, 4, 4_000)]
    told_of = order(condition("home_curfew"), work, report_interval_s=3_600)
    done = judged(told_of, away, at("12:00", day=25))
    assert [turn[:3] for turn in told(done.turns)] == [("raised", 1, "13:00:00")]


def test_who_left_an_arrest_at_home_is_one_alert_for_weeks() -> None:
    """All hours of all days, but for one date; a stretch between two dates is a month long."""
    home = condition("home_curfew", exceptions=[{"date": "2026-03-29"}])
    away = [one for n in range(200) for one in stay(at("12:00") + 180 * n * MINUTE, 4, 4_000)]
    trail = [*stay(at("11:00"), 50, 0), *away]
    done = judged(order(home, report_interval_s=3_600), trail, at("12:00", day=25))
    assert [turn[:3] for turn in told(done.turns)] == [("raised", 1, "12:02:00")]
