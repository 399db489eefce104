# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import NOON, ago, alarms, facts

from tarazy.supervision.rules import device_changed as rule
from tarazy.supervision.rules.interface import Alarmed, Facts


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (facts(alarms=alarms(sim_changed=0)), NOON),
        (facts(alarms=alarms(sim_changed=1)), None),
        (facts(alarms=alarms(vibration=0)), None),
        (facts(alarms=(Alarmed("sim_changed", ago(60), NOON, 3),)), ago(60)),
    ],
    ids=["nothing", "now", "said before", "another alarm", "stored, the third"],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    assert rule.next_check(given) is None


def test_it_ends_by_a_person_only() -> None:
    assert rule.LATCHED
    assert rule.SEVERITY == "high"
