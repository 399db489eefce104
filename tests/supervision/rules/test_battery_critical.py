# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import battery_critical as rule
from tarazy.supervision.rules.interface import Facts


@pytest.mark.parametrize(
    ("percent", "raised"), [(None, False), (10.1, False), (10.0, True), (0.0, True)]
)
def test_assess(percent: float | None, raised: bool) -> None:
    given: Facts = facts(battery_percent=percent, heard_at=ago(3))
    breach = rule.assess(given)
    assert (breach is not None) == raised
    assert breach is None or breach.since == ago(3)
    assert rule.next_check(given) is None
