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
        (facts(in_force=Interval(ago(13 * DAY), ago(-DAY))), None, None),
    ],
)
def test_assess(given: Facts, raised: object, due: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    assert rule.next_check(given) == due
