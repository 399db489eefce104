# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import order_ending as rule
from tarazy.supervision.rules.interface import Facts

DAY = 24 * 60


@pytest.mark.parametrize(
    ("given", "raised", "due"),
    [
        (facts(), None, None),
        (facts(in_force=Interval(ago(30 * DAY), ago(-8 * DAY))), None, ago(-DAY)),
        (facts(in_force=Interval(ago(30 * DAY), ago(-7 * DAY))), ago(0), None),
        (facts(in_force=Interval(ago(30 * DAY), ago(-DAY))), ago(6 * DAY), None),
        (facts(in_force=Interval(ago(13 * DAY), ago(-DAY))), ago(6 * DAY), None),
        (facts(in_force=Interval(ago(5 * DAY), ago(-5 * DAY))), ago(0), None),
        (facts(in_force=Interval(ago(4 * DAY), ago(-5 * DAY))), None, ago(-DAY / 2)),
        (facts(in_force=Interval(ago(2.9 * DAY), ago(0))), None, None),
    ],
)
def test_assess(given: Facts, raised: object, due: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    assert rule.next_check(given) == due


@pytest.mark.parametrize(("days", "told"), [(3, 2), (10, 5), (13, 7), (14, 7), (90, 7)])
def test_the_sentence_says_no_less_than_what_is_left(days: float, told: int) -> None:
    breach = rule.assess(facts(in_force=Interval(ago(days * DAY - 1), ago(-1))))
    assert breach is not None
    assert breach.facts == {"days": told}
