# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import zone_breach as rule
from tarazy.supervision.rules.interface import Condition, Facts, Kind

INSIDE, OUTSIDE, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = (Interval(NOON - 100 * HOUR, NOON + 100 * HOUR),)
SCHOOL = (Interval(NOON, NOON + 3 * HOUR),)


def facts(
    kind: Kind, *presence: Presence, hours: tuple[Interval, ...] = ALWAYS, now: datetime = NOON
) -> Facts:
    """Changes one hour apart; the last one an hour ago."""
    return Facts(
        now=now,
        order_id="ord_1",
        report_interval_s=60,
        condition=Condition("cnd_1", kind, "school", hours),
        changes=tuple(
            Change(one, NOON - (len(presence) - n) * HOUR, NOON, None if one is UNKNOWN else 0.9)
            for n, one in enumerate(presence)
        ),
    )


@pytest.mark.parametrize(
    ("given", "hours_ago", "sentence", "probability"),
    [
        pytest.param(facts("exclusion", OUTSIDE, INSIDE), 1, rule.ENTERED, 0.9, id="entered"),
        pytest.param(facts("inclusion", INSIDE, OUTSIDE), 1, rule.LEFT, 0.9, id="left"),
        pytest.param(
            facts("exclusion", INSIDE, UNKNOWN), 2, rule.ENTERED, None, id="silent in it since"
        ),
        pytest.param(
            facts("inclusion", OUTSIDE, UNKNOWN, OUTSIDE), 3, rule.LEFT, 0.9, id="never came back"
        ),
        pytest.param(
            facts("exclusion", INSIDE, hours=SCHOOL), 0, rule.ENTERED, 0.9, id="since it applies"
        ),
        pytest.param(
            facts("exclusion", INSIDE, hours=SCHOOL, now=NOON - HOUR),
            None,
            "",
            None,
            id="(1) before",
        ),
        pytest.param(facts("exclusion", INSIDE, hours=()), None, "", None, id="(1) no hours"),
        pytest.param(
            Facts(now=NOON, order_id="ord_1", report_interval_s=60),
            *(None, "", None),
            id="(1) no condition",
        ),
        pytest.param(facts("exclusion"), None, "", None, id="(2) never seen"),
        pytest.param(facts("inclusion", UNKNOWN), None, "", None, id="(2) never established"),
        pytest.param(facts("exclusion", INSIDE, OUTSIDE), None, "", None, id="(3) gone again"),
        pytest.param(facts("inclusion", OUTSIDE, INSIDE), None, "", None, id="(3) back again"),
        pytest.param(
            facts("inclusion", INSIDE, UNKNOWN), None, "", None, id="(3) unknown, last seen inside"
        ),
        pytest.param(
            facts("exclusion", OUTSIDE, UNKNOWN),
            None,
            "",
            None,
            id="(3) unknown, last seen outside",
        ),
    ],
)
def test_assess(
    given: Facts, hours_ago: int | None, sentence: str, probability: float | None
) -> None:
    breach = rule.assess(given)
    if hours_ago is None:
        assert breach is None
        return
    assert breach is not None
    assert breach.since == NOON - hours_ago * HOUR
    assert (breach.sentence, breach.probability) == (sentence, probability)
    assert "school" in breach.sentence.format(**breach.facts)


def test_next_check_is_the_next_edge_of_the_hours() -> None:
    assert rule.next_check(facts("exclusion", hours=SCHOOL, now=NOON - HOUR)) == NOON
    assert rule.next_check(facts("exclusion", hours=SCHOOL)) == NOON + 3 * HOUR
    assert rule.next_check(facts("exclusion", hours=SCHOOL, now=NOON + 3 * HOUR)) is None
