# SPDX-License-Identifier: EUPL-1.2
from datetime import datetime

import pytest
from supervision.rules.given import NOON, ago, facts

from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules import frozen_place as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.signs import Frozen, Signs


def held(minutes: float, reports: int, moving: int, *, heard_at: datetime = NOON) -> Facts:
    place = Sighting(ago(minutes), 43.2, 76.9, 5.0)
    return facts(signs=Signs(frozen=Frozen(place, reports, moving)), heard_at=heard_at)


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        pytest.param(held(10, 10, 5), True, id="half of ten tell a speed"),
        pytest.param(facts(), False, id="(1) nothing is known"),
        pytest.param(held(30, 9, 9), False, id="(1) nine reports"),
        pytest.param(held(9.9, 20, 20), False, id="(1) not long enough"),
        pytest.param(held(60, 100, 49), False, id="(2) it mostly stands"),
        pytest.param(held(60, 100, 0), False, id="(2) it rests"),
        pytest.param(held(10, 10, 10, heard_at=ago(8)), False, id="(3) silent for most of it"),
    ],
)
def test_assess(given: Facts, raised: bool) -> None:
    breach = rule.assess(given)
    assert (breach is not None) == raised
    assert breach is None or breach.sentence.format(**breach.facts)


def test_next_check() -> None:
    assert rule.next_check(held(4, 1, 0)) == ago(-6)
    assert rule.next_check(held(40, 1, 0)) == ago(-5)
    assert rule.next_check(facts()) is None
