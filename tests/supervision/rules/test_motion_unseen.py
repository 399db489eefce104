# SPDX-License-Identifier: EUPL-1.2
from datetime import datetime

import pytest
from supervision.rules.given import NOON, ago, alarms, facts

from tarazy.supervision.rules import motion_unseen as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.signs import Blind, Signs


def blind(minutes: float, moves: int, *, heard_at: datetime = NOON, **more: object) -> Facts:
    return facts(signs=Signs(blind=Blind(ago(minutes), moves)), heard_at=heard_at, **more)


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        pytest.param(blind(10, 2), True, id="ten minutes, two reports"),
        pytest.param(facts(), False, id="(1) nothing is known"),
        pytest.param(facts(signs=Signs()), False, id="(1) it has a place"),
        pytest.param(blind(9.9, 5), False, id="(2) not yet"),
        pytest.param(blind(60, 1), False, id="(3) one report"),
        pytest.param(blind(60, 0), False, id="(3) it sits still"),
        pytest.param(blind(20, 3, clock_fault_at=ago(20)), False, id="(4) the clock"),
        pytest.param(blind(20, 3, mock_at=ago(20)), False, id="(4) invented"),
        pytest.param(blind(20, 3, alarms=alarms(location_off=5)), False, id="(4) switched off"),
        pytest.param(blind(20, 3, alarms=alarms(location_off=50)), True, id="and on again since"),
        pytest.param(blind(10, 3, heard_at=ago(5)), True, id="heard for half of it"),
        pytest.param(blind(10, 3, heard_at=ago(8)), False, id="(5) silent for most of it"),
    ],
)
def test_assess(given: Facts, raised: bool) -> None:
    breach = rule.assess(given)
    assert (breach is not None) == raised
    assert breach is None or "step outside" in breach.sentence.format(**breach.facts)


def test_next_check() -> None:
    assert rule.next_check(blind(4, 0)) == ago(-6)
    assert rule.next_check(blind(40, 0)) is None
    assert rule.next_check(facts()) is None
