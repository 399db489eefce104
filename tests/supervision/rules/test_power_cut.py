# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, alarms, facts

from tarazy.supervision.rules import power_cut as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.signs import Plugged, Signs


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (facts(alarms=alarms(power_cut=5)), ago(5)),
        (facts(alarms=alarms(power_cut=5, power_restored=9)), ago(5)),
        (facts(alarms=alarms(power_cut=5, power_restored=1)), None),
        (facts(alarms=alarms(power_cut=5, charging_started=1)), None),
        (facts(alarms=alarms(power_restored=1)), None),
        (facts(alarms=alarms(power_cut=5), signs=Signs(plugged=Plugged(on=True, at=ago(1)))), None),
        (
            facts(alarms=alarms(power_cut=5), signs=Signs(plugged=Plugged(on=True, at=ago(9)))),
            ago(5),
        ),
        (
            facts(alarms=alarms(power_cut=5), signs=Signs(plugged=Plugged(on=False, at=ago(1)))),
            ago(5),
        ),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    assert rule.next_check(given) is None
