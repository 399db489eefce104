# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import battery_critical as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.signs import Signs


@pytest.mark.parametrize(
    ("percent", "raised"), [(None, False), (10.1, False), (10.0, True), (0.0, True)]
)
def test_assess(percent: float | None, raised: bool) -> None:
    given: Facts = facts(battery_percent=percent, heard_at=ago(3))
    breach = rule.assess(given)
    assert (breach is not None) == raised
    assert breach is None or breach.since == ago(3)
    assert rule.next_check(given) is None


@pytest.mark.parametrize(("percent", "left", "raised"), [(14.0, 10, True), (9.0, 15, False)])
def test_it_goes_by_what_does_not_waver(percent: float, left: int, raised: bool) -> None:
    given = facts(battery_percent=percent, signs=Signs(left=left), battery_at=ago(7))
    breach = rule.assess(given)
    assert (breach.since if breach else None) == (ago(7) if raised else None)
