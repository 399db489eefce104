# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import battery_not_charged as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.parameters import Setting
from tarazy.supervision.rules.signs import Fell, Signs


def fell(*falls: tuple[int, float]) -> Signs:
    return Signs(falls=tuple(Fell(percent, ago(minutes)) for percent, minutes in falls))


def given(signs: Signs, heard: float | None = 1, **more: object) -> Facts:
    return facts(signs=signs, heard_at=None if heard is None else ago(heard), **more)


@pytest.mark.parametrize(
    ("known", "since"),
    [
        pytest.param(given(fell((20, 180))), 180, id="low for three hours"),
        pytest.param(given(fell((25, 400), (20, 200), (10, 100))), 200, id="since it was low"),
        pytest.param(given(fell((10, 181))), 181, id="lower at once"),
        pytest.param(
            given(
                fell((30, 70)),
                settings=(
                    Setting("battery_low_percent", 30, ago(900)),
                    Setting("battery_not_charged_h", 1, ago(900)),
                ),
            ),
            70,
            id="as the order has it",
        ),
        pytest.param(facts(), None, id="(1) nothing is known"),
        pytest.param(given(fell((25, 400))), None, id="(1) not low"),
        pytest.param(given(fell()), None, id="(1) charged"),
        pytest.param(given(fell((20, 179))), None, id="(2) not yet"),
        pytest.param(given(fell((20, 300)), 220), None, id="(3) silent since"),
        pytest.param(given(fell((20, 300)), None), None, id="(3) never heard"),
    ],
)
def test_assess(known: Facts, since: float | None) -> None:
    breach = rule.assess(known)
    assert (breach.since if breach else None) == (None if since is None else ago(since))
    assert breach is None or breach.sentence.format(**breach.facts)


def test_next_check() -> None:
    assert rule.next_check(given(fell((20, 60)))) == ago(-120)
    assert rule.next_check(given(fell((20, 300)))) is None
    assert rule.next_check(facts()) is None
