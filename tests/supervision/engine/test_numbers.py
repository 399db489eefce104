# SPDX-License-Identifier: EUPL-1.2
"""Numbers that an order sets hold in the engine as in a replay, through columns and restarts."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from supervision.engine.test_rules_live import (
    BEHIND,
    MINUTE,
    alerts,
    anything,
    believed,
    replayed,
    turns,
    versions,
)
from supervision.trails import circle, condition

from tarazy.supervision.engine.step import TIMER_GRACE
from tarazy.supervision.models import Order
from tarazy.supervision.rules import PARAMETERS

STATES = {
    "power_cut_min": 20,
    "location_off_min": 15,
    "app_restricted_min": 30,
    "mock_min": 5,
    "clock_fault_min": 5,
    "jamming_quiet_min": 40,
    "location_lost_reports": 5,
}
DWELLS = {
    "inclusion_exit_min": 10,
    "exclusion_entry_min": 3,
    "buffer_entry_min": 4,
    "crossing_gap_min": 2,
    "crossing_depth_m": 50,
}


def wandering(since: Any, seed: int) -> list[Any]:
    """At home, beyond the fence, in a zone to keep out of and through it, for minutes each.

    It never rests: of a leap that is doubted what is known comes later than its time.
    """
    chance, away = Random(seed), 0.0
    found: list[Any] = []
    for n in range(150):
        if chance.random() < 0.12:
            away = chance.choice([0.0, 0.0, 850.0, 2_000.0, 3_000.0, 4_000.0])
        found.append((since + n * MINUTE, away + n % 2 * 120, {}))
    return found


@pytest.mark.parametrize("kind", ["states", "wandering 1", "wandering 2"])
def test_the_engine_and_a_replay_go_by_the_same_numbers(world: Any, at: Any, kind: str) -> None:
    numbers = STATES if kind == "states" else DWELLS
    told = [*anything(at("10:00"))] if kind == "states" else wandering(at("10:00"), int(kind[-1]))
    ward = world.ward()
    begin = at("06:05").isoformat()
    later = [{"name": name, "value": value, "since": begin} for name, value in numbers.items()]
    usual = at("11:40").isoformat()
    back = list(numbers)[:2]
    later += [{"name": name, "value": PARAMETERS[name].usual, "since": usual} for name in back]
    Order.objects.filter(pk=ward.order.pk).update(rule_settings=later)
    terms: dict[str, Any] = {"rule_settings": later}
    if kind != "states":
        kept = ward.condition("inclusion", radius_m=1_000, buffer_m=300)
        out = ward.condition("exclusion", radius_m=300, away_m=3_000)
        terms["conditions"] = [
            condition("inclusion", circle(radius_m=1_000), name=kept.zone.name, buffer_m=300),
            condition("exclusion", circle(3_000, 300), name=out.zone.name),
        ]
    waiting, now = list(told), told[0][0]
    while now <= told[-1][0] + 3 * MINUTE:
        while waiting and waiting[0][0] <= now:
            when, away_m, shown = waiting.pop(0)
            facts = {name: one for name, one in shown.items() if name != "late"}
            late = shown.get("late", timedelta())
            world.report(ward, when - late, away_m, known_at=when, **facts)
        world.step(now + BEHIND)
        if now.minute % 3 == 0:
            world.restart()
        now += 7 * MINUTE
    done = replayed(ward, told, now - 7 * MINUTE + BEHIND - TIMER_GRACE, **terms)
    assert alerts(ward) == believed(done)
    assert versions(ward) == turns(done)
    assert done.turns
