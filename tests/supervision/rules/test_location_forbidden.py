# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, alarms, facts

from tarazy.supervision.rules import location_forbidden as rule
from tarazy.supervision.rules.interface import Facts


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (facts(alarms=alarms(location_off=5)), None),
        (facts(alarms=alarms(location_off=5), unplaced_at=ago(5)), ago(5)),
        (facts(alarms=alarms(permission_withdrawn=2), unplaced_at=ago(5)), ago(2)),
        (facts(alarms=alarms(location_off=9), unplaced_at=ago(5)), None),
        (facts(alarms=alarms(location_off=5), unplaced_at=ago(5), placed_at=ago(6)), ago(5)),
        (facts(alarms=alarms(location_off=5), unplaced_at=ago(5), placed_at=ago(4)), None),
        (facts(alarms=alarms(vibration=2), unplaced_at=ago(5)), None),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    assert rule.next_check(given) is None
