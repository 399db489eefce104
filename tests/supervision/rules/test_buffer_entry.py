# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest
from supervision.rules.zoned import HOUR, INSIDE, NOON, NOTHING, OUTSIDE, SCHOOL, UNKNOWN, facts

from tarazy.supervision.rules import buffer_entry as rule
from tarazy.supervision.rules.interface import Facts

RING: Any = {"buffer_m": 250.0}
BEFORE = facts("exclusion_buffer", INSIDE, hours=SCHOOL, now=NOON - HOUR, **RING)


@pytest.mark.parametrize(
    ("given", "hours_ago", "sentence"),
    [
        pytest.param(
            facts("exclusion_buffer", OUTSIDE, INSIDE, **RING), 1, rule.APPROACHED, id="came near"
        ),
        pytest.param(
            facts("inclusion_buffer", INSIDE, OUTSIDE, **RING), 1, rule.NEAR_EDGE, id="near edge"
        ),
        pytest.param(
            facts("exclusion_buffer", INSIDE, UNKNOWN, **RING), 2, rule.APPROACHED, id="silent"
        ),
        pytest.param(
            facts("exclusion_buffer", INSIDE, hours=SCHOOL, **RING),
            *(0, rule.APPROACHED),
            id="since it applies",
        ),
        pytest.param(facts("exclusion_buffer", INSIDE), None, "", id="(1) no buffer"),
        pytest.param(BEFORE, None, "", id="(1) before"),
        pytest.param(facts("inclusion_buffer", OUTSIDE, hours=(), **RING), None, "", id="(1) none"),
        pytest.param(NOTHING, None, "", id="(1) no condition"),
        pytest.param(facts("exclusion_buffer", **RING), None, "", id="(2) never seen"),
        pytest.param(facts("inclusion_buffer", UNKNOWN, **RING), None, "", id="(2) unknown"),
        pytest.param(facts("exclusion_buffer", INSIDE, OUTSIDE, **RING), None, "", id="(3) gone"),
        pytest.param(facts("inclusion_buffer", OUTSIDE, INSIDE, **RING), None, "", id="(3) back"),
        pytest.param(
            facts("exclusion_buffer", INSIDE, UNKNOWN, hours=SCHOOL, **RING),
            *(None, ""),
            id="(4) lost before",
        ),
    ],
)
def test_assess(given: Facts, hours_ago: int | None, sentence: str) -> None:
    breach = rule.assess(given)
    if hours_ago is None:
        assert breach is None
        return
    assert breach is not None
    assert (breach.since, breach.sentence) == (NOON - hours_ago * HOUR, sentence)
    told = breach.sentence.format(**breach.facts)
    assert "school" in told
    assert "250 m" in told


def test_it_is_of_a_lower_grade_than_the_zone() -> None:
    assert (rule.SEVERITY, rule.URGENCY, rule.LATCHED) == ("low", "calm", False)


def test_next_check_is_the_next_edge_of_the_hours() -> None:
    assert rule.next_check(BEFORE) == NOON
    assert rule.next_check(facts("inclusion_buffer", hours=SCHOOL)) == NOON + 3 * HOUR
    assert rule.next_check(NOTHING) is None
