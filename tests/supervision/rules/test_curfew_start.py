# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest

from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import curfew_start as rule
from tarazy.supervision.rules.interface import Condition, Facts
from tarazy.supervision.rules.parameters import Setting

INSIDE, OUTSIDE, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN


def at(clock: str, day: int = 1) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=UTC)


HOURS = (Interval(at("17:00"), at("01:00", 2)), Interval(at("17:00", 2), at("01:00", 3)))


def facts(
    now: datetime,
    *changes: tuple[Presence, str],
    hours: tuple[Interval, ...] = HOURS,
    settings: tuple[Setting, ...] = (),
    outages: tuple[Interval, ...] = (),
) -> Facts:
    return Facts(
        now=now,
        order_id="ord_1",
        report_interval_s=60,
        settings=settings,
        outages=outages,
        condition=Condition("cnd_1", "home_curfew", "home", hours),
        changes=tuple(
            Change(state, at(clock), at(clock), None if state is UNKNOWN else 0.98)
            for state, clock in changes
        ),
    )


@pytest.mark.parametrize(
    ("given", "since", "sentence", "probability"),
    [
        pytest.param(
            facts(at("17:02"), (OUTSIDE, "12:00")),
            *(at("17:00"), rule.NOT_THERE, 0.98),
            id="not there when they begin",
        ),
        pytest.param(
            facts(at("17:02"), (OUTSIDE, "12:00"), (UNKNOWN, "13:00")),
            *(at("17:00"), rule.NOT_THERE, None),
            id="not there when they begin, and silent since",
        ),
        pytest.param(
            facts(at("20:00"), (INSIDE, "16:00"), (OUTSIDE, "19:00")),
            *(None, None, None),
            id="(5) left during the hours",
        ),
        pytest.param(
            facts(
                at("17:10"),
                (OUTSIDE, "12:00"),
                settings=(Setting("curfew_grace_min", 10, at("16:00")),),
            ),
            *(at("17:00"), rule.NOT_THERE, 0.98),
            id="with a grace of the order's own",
        ),
        pytest.param(
            facts(
                at("17:09"),
                (OUTSIDE, "12:00"),
                settings=(Setting("curfew_grace_min", 10, at("16:00")),),
            ),
            *(None, None, None),
            id="(2) in a grace of the order's own",
        ),
        pytest.param(
            facts(at("16:59"), (OUTSIDE, "12:00")), None, None, None, id="(1) before the hours"
        ),
        pytest.param(
            facts(at("01:00", 2), (OUTSIDE, "12:00")), None, None, None, id="(1) their end is over"
        ),
        pytest.param(
            facts(at("20:00"), (OUTSIDE, "12:00"), hours=()), None, None, None, id="(1) no hours"
        ),
        pytest.param(
            Facts(now=at("20:00"), order_id="ord_1", report_interval_s=60),
            *(None, None, None),
            id="(1) no condition",
        ),
        pytest.param(facts(at("17:01"), (OUTSIDE, "12:00")), None, None, None, id="(2) just begun"),
        pytest.param(facts(at("20:00")), None, None, None, id="(3) never seen"),
        pytest.param(
            facts(at("20:00"), (UNKNOWN, "12:00")), None, None, None, id="(3) never established"
        ),
        pytest.param(
            facts(at("20:00"), (OUTSIDE, "12:00"), (INSIDE, "16:00")),
            *(None, None, None),
            id="(4) at home",
        ),
        pytest.param(
            facts(at("20:00"), (INSIDE, "16:00"), (UNKNOWN, "18:00")),
            *(None, None, None),
            id="(4) seen at home, and unknown since",
        ),
    ],
)
def test_assess(
    given: Facts, since: datetime | None, sentence: str | None, probability: float | None
) -> None:
    breach = rule.assess(given)
    if since is None:
        assert breach is None
        return
    assert breach is not None
    assert (breach.since, breach.sentence, breach.probability) == (since, sentence, probability)
    assert breach.sentence.format(**breach.facts)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at("12:00"), at("17:02")),
        (at("17:00"), at("17:02")),
        (at("17:02"), at("01:00", 2)),
        (at("01:00", 2), at("17:02", 2)),
        (at("02:00", 3), None),
    ],
)
def test_next_check_needs_no_message(now: datetime, due: datetime | None) -> None:
    assert rule.next_check(facts(now)) == due


AWAY = (Interval(at("16:55"), at("17:05")),)


def test_who_was_not_heard_because_we_were_away_is_not_called_by_the_clock() -> None:
    """(6) Two minutes after our return it is known who has come home."""
    outside = (OUTSIDE, "12:00")
    assert rule.assess(facts(at("17:06"), outside, outages=AWAY)) is None
    assert rule.next_check(facts(at("17:02"), outside, outages=AWAY)) == at("17:07")
    assert rule.assess(facts(at("17:07"), outside, outages=AWAY)) is not None
    over = (Interval(at("16:30"), at("16:59")),)
    assert rule.assess(facts(at("17:02"), outside, outages=over)) is not None
    just_begun = (Interval(at("17:01"), at("17:09")),)  # nobody could know of it by then
    assert rule.assess(facts(at("17:02"), outside, outages=just_begun)) is not None
