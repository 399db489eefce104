# SPDX-License-Identifier: EUPL-1.2
"""What is suspected and no alert yet, and the pace of reports that follows from it."""

from collections.abc import Sequence
from typing import Any

import pytest
from supervision.trails import MINUTE, NIGHTS, arrival, at, circle, condition, judged, order, stay

from tarazy.supervision.judging import pace as module
from tarazy.supervision.judging.subjects import Arrival, Suspicion, Wearer
from tarazy.supervision.replay import course
from tarazy.supervision.rules import RULES

INCLUSION = order(condition("inclusion", circle(radius_m=1_000)))
NIGHT = order(condition("home_curfew", timetable=NIGHTS))


@pytest.fixture(autouse=True)
def _report_by_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the engine hears them: a pace is of the moment, not of what is judged again."""
    monkeypatch.setattr(course, "ARRIVALS_AT_ONCE", 1)


def wearer(told: dict[str, Any], trail: Sequence[Arrival], until: Any) -> Wearer:
    return judged(told, trail, until).subject.wearer


def still(since: str, minutes: int) -> list[Arrival]:
    return [arrival(at(since) + n * MINUTE, 0, moving=False) for n in range(minutes)]


@pytest.mark.parametrize(("minute", "suspected"), [("10:04", 0), ("10:08", 0), ("10:09", 1)])
def test_half_a_silence_is_a_suspicion(minute: str, suspected: int) -> None:
    found = wearer(INCLUSION, stay(at("10:00"), 5, 0), at(minute))
    assert [one.sentence for one in found.pending] == [module.HALF] * suspected
    assert found.pace == "usual"  # a silent device is not asked to hurry


def test_a_silence_that_is_an_alert_is_no_suspicion() -> None:
    assert wearer(INCLUSION, stay(at("10:00"), 5, 0), at("10:20")).pending == ()


def test_who_is_leaving_is_looked_at_closely_and_for_a_while_after() -> None:
    trail = [*stay(at("10:00"), 10, 0), arrival(at("10:10"), 4_000)]
    found = wearer(INCLUSION, trail, at("10:10:30"))
    (one,) = found.pending
    assert (one.rule, one.facts) == ("S-INCLUSION-EXIT", {"zone": "inclusion"})
    assert found.pace == "close"
    back = [*trail, *stay(at("10:11"), 30, 0)]
    assert wearer(INCLUSION, back, at("10:15")).pace == "close"
    assert wearer(INCLUSION, back, at("10:15")).pending == ()
    assert wearer(INCLUSION, back, at("10:40")).pace == "usual"


def test_an_alert_is_looked_at_closely_but_not_for_days() -> None:
    trail = [*stay(at("10:00"), 10, 0), *stay(at("10:10"), 300, 4_000)]
    assert wearer(INCLUSION, trail, at("11:00")).pace == "close"
    assert wearer(INCLUSION, trail, at("15:00")).pace == "usual"


def test_nothing_follows_from_a_zone_to_keep_out_of() -> None:
    """Who wears the device must not learn from it where such a zone begins."""
    told = order(condition("exclusion", circle(4_000, radius_m=500)))
    trail = [*stay(at("10:00"), 10, 0), *stay(at("10:10"), 20, 4_000)]
    found = judged(told, trail, at("10:29:30"))
    assert any(turn.cause[0] == "S-EXCLUSION-ENTRY" for turn in found.turns)
    assert (found.subject.wearer.pace, found.subject.wearer.pending) == ("usual", ())
    secret = {rule.CARD.code for rule in RULES if rule.SECRET}
    assert not secret & module.FELT


def test_at_rest_reports_may_be_rare_where_nothing_is_asked() -> None:
    trail = still("10:00", 40)
    assert wearer(NIGHT, trail, at("10:05")).pace == "usual"
    assert wearer(NIGHT, trail, at("10:15")).pace == "rest"
    moved = [*trail, arrival(at("10:41"), 0, moving=True)]
    assert wearer(NIGHT, moved, at("10:42")).pace == "usual"


def test_no_rest_before_or_in_the_hours_of_a_curfew_or_without_a_sensor() -> None:
    for since in ("16:10", "17:30"):  # the curfew begins at 17:00
        trail = still(since, 40)
        assert wearer(NIGHT, trail, trail[-1].at + MINUTE / 2).pace == "usual"
    assert wearer(NIGHT, stay(at("10:00"), 40, 0), at("10:39:30")).pace == "usual"


def test_what_stands_in_the_tables_is_read_again() -> None:
    trail = [*stay(at("10:00"), 10, 0), arrival(at("10:10"), 4_000)]
    found = wearer(INCLUSION, trail, at("10:10:30"))
    stored = module.kept(found.pending)
    again = module.read(found.pace, found.suspected_at, stored)
    assert again == (found.pace, found.suspected_at, found.pending)
    assert module.kept(()) is None
    assert module.read("usual", None, None) == ("usual", None, ())


def test_of_long_ago_nothing_is_noted_and_whoever_was_suspected_is_looked_at_later() -> None:
    suspected = Wearer(pending=(Suspicion("S-SIGNAL-LOST", at("10:00"), module.HALF),))
    later = at("11:00")
    assert module.unpaced(suspected, [], later) == (Wearer(), [later])
    assert module.unpaced(Wearer(), [at("10:10"), at("10:20")], later) == (Wearer(), [later])
    assert module.unpaced(Wearer(), [], later) == (Wearer(), [])
