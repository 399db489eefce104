# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, alarms, facts

from tarazy.supervision.rules import jamming as rule
from tarazy.supervision.rules.interface import Alarmed, Facts


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (facts(alarms=alarms(jamming=0)), ago(0)),
        (facts(alarms=alarms(jamming=14)), ago(14)),
        (facts(alarms=alarms(jamming=15)), None),
        (facts(alarms=alarms(vibration=1)), None),
        (facts(alarms=alarms(jamming=14), placed_at=ago(0)), ago(14)),
        (facts(alarms=(Alarmed("jamming", ago(90), ago(1)),)), ago(90)),
        (facts(alarms=(Alarmed("jamming", ago(90), ago(1)),), placed_at=ago(76)), ago(90)),
        (facts(alarms=(Alarmed("jamming", ago(90), ago(1)),), placed_at=ago(75)), None),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised


def test_it_is_over_after_a_quiet_quarter_of_an_hour() -> None:
    assert rule.next_check(facts(alarms=alarms(jamming=5))) == ago(-10)
    assert rule.next_check(facts(alarms=alarms(jamming=20))) is None
    assert rule.next_check(facts()) is None
