# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import location_lost as rule
from tarazy.supervision.rules.interface import Facts


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (facts(unplaced_at=ago(29), heard_at=ago(0)), None),
        (facts(unplaced_at=ago(30), heard_at=ago(0)), ago(30)),
        (facts(unplaced_at=ago(30), heard_at=ago(20)), None),
        (facts(unplaced_at=ago(30), heard_at=None), None),
        (facts(unplaced_at=ago(30), heard_at=ago(0), clock_fault_at=ago(30)), None),
        (facts(unplaced_at=ago(30), heard_at=ago(0), mock_at=ago(30)), None),
        (facts(unplaced_at=ago(89), heard_at=ago(0), report_interval_s=1800), None),
        (facts(unplaced_at=ago(90), heard_at=ago(0), report_interval_s=1800), ago(90)),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (facts(), None),
        (facts(unplaced_at=ago(10)), ago(-20)),
        (facts(unplaced_at=ago(30)), ago(-15)),
    ],
)
def test_next_check(given: Facts, due: object) -> None:
    assert rule.next_check(given) == due
