# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, alarms, facts

from tarazy.supervision.rules import app_restricted as rule
from tarazy.supervision.rules.interface import Alarmed, Facts


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param(facts(alarms=alarms(battery_optimisation=5)), rule.ASLEEP, id="asleep"),
        pytest.param(facts(alarms=alarms(permission_withdrawn=5)), rule.WITHDRAWN, id="withdrawn"),
        pytest.param(
            facts(alarms=alarms(battery_optimisation=5, permission_withdrawn=5)),
            rule.WITHDRAWN,
            id="both at once",
        ),
        pytest.param(
            facts(alarms=alarms(battery_optimisation=5, permission_withdrawn=60)),
            rule.ASLEEP,
            id="one was put right since",
        ),
        pytest.param(
            facts(alarms=alarms(battery_optimisation=5, phone_in_order=60)),
            rule.ASLEEP,
            id="all was well before",
        ),
        pytest.param(
            facts(
                alarms=(
                    Alarmed("battery_optimisation", ago(5), ago(5)),
                    Alarmed("phone_in_order", ago(60), ago(1)),
                )
            ),
            rule.ASLEEP,
            id="that all was well before came late",
        ),
        pytest.param(facts(), None, id="(1) nothing is known"),
        pytest.param(facts(alarms=alarms(vibration=1, sos=2)), None, id="(1) other alarms"),
        pytest.param(
            facts(alarms=alarms(battery_optimisation=60, phone_in_order=5)), None, id="(2) well"
        ),
        pytest.param(
            facts(alarms=alarms(permission_withdrawn=5), unplaced_at=ago(5)), None, id="(3) blind"
        ),
        pytest.param(facts(alarms=alarms(location_off=5)), None, id="(3) switched off"),
    ],
)
def test_assess(given: Facts, sentence: str | None) -> None:
    breach = rule.assess(given)
    assert (breach.sentence if breach else None) == sentence
    assert breach is None or breach.since == ago(5)
    assert rule.next_check(given) is None
