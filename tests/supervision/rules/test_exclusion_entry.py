# SPDX-License-Identifier: EUPL-1.2
import pytest
from msgspec.structs import replace
from supervision.rules.zoned import (
    HOUR,
    INSIDE,
    LATELY,
    NOON,
    NOTHING,
    OUTSIDE,
    SCHOOL,
    UNKNOWN,
    facts,
)

from tarazy.supervision.presence.geometry import Circle, Places
from tarazy.supervision.presence.interface import Change, Sighting
from tarazy.supervision.rules import exclusion_entry as rule
from tarazy.supervision.rules.interface import Facts

BEFORE = facts("exclusion", INSIDE, hours=SCHOOL, now=NOON - HOUR)
SCHOOLS = Places(
    "school", "two of them", (Circle(43.2, 76.9, 100), Circle(43.3, 76.9, 100)), ("1", "2")
)


@pytest.mark.parametrize(
    ("given", "hours_ago", "probability"),
    [
        pytest.param(facts("exclusion", OUTSIDE, INSIDE), 1, 0.9, id="entered"),
        pytest.param(facts("exclusion", INSIDE, UNKNOWN), 2, None, id="silent in it since"),
        pytest.param(facts("exclusion", INSIDE, UNKNOWN, INSIDE), 3, 0.9, id="one stay"),
        pytest.param(facts("exclusion", INSIDE, hours=SCHOOL), 0, 0.9, id="since it applies"),
        pytest.param(facts("exclusion", INSIDE, UNKNOWN, INSIDE, hours=LATELY), 1, 0.9, id="again"),
        pytest.param(BEFORE, None, None, id="(1) before"),
        pytest.param(facts("exclusion", INSIDE, hours=()), None, None, id="(1) no hours"),
        pytest.param(NOTHING, None, None, id="(1) no condition"),
        pytest.param(facts("exclusion"), None, None, id="(2) never seen"),
        pytest.param(facts("exclusion", UNKNOWN), None, None, id="(2) never established"),
        pytest.param(facts("exclusion", INSIDE, OUTSIDE), None, None, id="(3) gone again"),
        pytest.param(facts("exclusion", OUTSIDE, UNKNOWN), None, None, id="(3) unknown since"),
        pytest.param(
            facts("exclusion", INSIDE, UNKNOWN, hours=SCHOOL), None, None, id="(4) lost before"
        ),
    ],
)
def test_assess(given: Facts, hours_ago: int | None, probability: float | None) -> None:
    breach = rule.assess(given)
    if hours_ago is None:
        assert breach is None
        return
    assert breach is not None
    assert (breach.since, breach.probability) == (NOON - hours_ago * HOUR, probability)
    assert "school" in breach.sentence.format(**breach.facts)


@pytest.mark.parametrize(
    ("evidence", "name"),
    [
        ((Sighting(NOON, 43.3, 76.9, 10.0),), "school: 2"),
        ((Sighting(NOON, 43.2, 76.91, 10.0),), "school: 1"),
        ((), "school"),
    ],
)
def test_of_a_class_the_place_is_named(evidence: tuple[Sighting, ...], name: str) -> None:
    given = facts("exclusion", zone=SCHOOLS)
    changes = (Change(INSIDE, NOON - HOUR, NOON, 0.9, evidence),)
    breach = rule.assess(replace(given, changes=changes))
    assert breach is not None
    assert breach.facts == {"zone": name}


def test_next_check_is_the_next_edge_of_the_hours() -> None:
    assert rule.next_check(BEFORE) == NOON
    assert rule.next_check(facts("exclusion", hours=SCHOOL)) == NOON + 3 * HOUR
    assert rule.next_check(facts("exclusion", hours=SCHOOL, now=NOON + 3 * HOUR)) is None
    assert rule.next_check(NOTHING) is None
