# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules import impossible_jump as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.parameters import Setting
from tarazy.supervision.rules.signs import Jump, Signs


def jumped(*minutes_ago: float, **more: object) -> Facts:
    jumps = tuple(
        Jump(Sighting(ago(one + 1), 43.2, 76.9, 10), Sighting(ago(one), 51.1, 71.4, 10), ago(one))
        for one in minutes_ago
    )
    return facts(signs=Signs(jumps=jumps), **more)


@pytest.mark.parametrize(
    ("given", "since"),
    [
        pytest.param(jumped(90, 30), 90, id="there and back"),
        pytest.param(jumped(3000, 90, 30), 90, id="an old one does not count"),
        pytest.param(jumped(30, settings=(Setting("jumps", 1, ago(999)),)), 30, id="one is enough"),
        pytest.param(facts(), None, id="(1) nothing is known"),
        pytest.param(jumped(), None, id="(1) none"),
        pytest.param(jumped(30), None, id="(1) one"),
        pytest.param(jumped(1440, 30), None, id="(1) not within a day"),
    ],
)
def test_assess(given: Facts, since: float | None) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == (None if since is None else ago(since))
    assert breach is None or breach.sentence.format(**breach.facts)
    assert breach is None or len(breach.evidence) == 2 * breach.facts["count"]


def test_next_check() -> None:
    assert rule.next_check(jumped(90, 30)) == ago(-1350)
    assert rule.next_check(facts()) is None
