# SPDX-License-Identifier: EUPL-1.2
"""Rules asked without a ledger raise, and wake, as those that are asked with one."""

import random
from typing import Any

import pytest
from supervision.trails import MINUTE, NIGHTS, arrival, at, condition, judged, order

from tarazy.supervision.judging import asking
from tarazy.supervision.judging.subjects import Arrival

MARKS = ("clock_fault", "mock", "stale")
ALARMS = ("strap_tamper", "check_in", "battery_optimisation", "phone_in_order", "jamming", "sos")


def life(seed: int) -> list[Arrival]:
    """Some days of a device to which everything happens."""
    chance, found, percent, when = random.Random(seed), [], 60.0, at("06:30")
    while when < at("06:30", day=3):
        when += chance.choice([1, 1, 1, 1, 5, 30, 200]) * MINUTE
        percent = 90.0 if percent < 4 else percent - chance.choice([0, 1, 3])
        odd = chance.random() < 0.1
        facts: dict[str, Any] = {
            "battery_percent": chance.choice([None, percent]),
            "moving": chance.choice([None, False, True]),
            "speed_kmh": chance.choice([None, 0.0, 40.0]),
            "marks": frozenset([chance.choice(MARKS)] if odd else []),
            "alarms": (chance.choice(ALARMS),) if chance.random() < 0.1 else (),
        }
        away = chance.choice([None, 0, 0, 0, 10, 900_000])
        found.append(arrival(when, away, **facts))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_by_asking_quietly(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = order(
        condition("home_curfew", timetable=NIGHTS),
        rule_settings=[
            {"name": "silence_min", "value": 20, "since": at("12:00", day=1).isoformat()},
            {"name": "battery_low_percent", "value": 40, "since": at("09:00", day=1).isoformat()},
        ],
        check_ins=[
            {
                "asked_at": at("10:00", day=day).isoformat(),
                "until": at("10:30", day=day).isoformat(),
            }
            for day in range(3)
        ],
    )
    trail = life(seed)
    quick = judged(told, trail, at("12:00", day=3))
    monkeypatch.setattr(asking, "quiet_until", lambda *_: None)
    slow = judged(told, trail, at("12:00", day=3))
    assert quick.turns == slow.turns
    assert len({turn.cause[0] for turn in quick.turns}) > 8
