# SPDX-License-Identifier: EUPL-1.2
"""Our own clock is set back and forth, and devices' clocks are wrong: each fix is there once."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from free_ports import free_port
from supervision.broker import wait_for
from supervision.running import Process, Wearer, World, ago
from supervision.storm import Phone, Storm, Tracker, story
from supervision.trackers import tracker

from tarazy.core import clock
from tarazy.supervision.gateway.times import ROLL_OVER
from tarazy.supervision.intake.own_clock import (
    BEHIND_MAX,
    DOUBTED_S,
    HELD_S,
    NOT_BEHIND,
    STEP_S,
    OwnClock,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR_S, DAY_S = 3600.0, 86_400.0
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE_S = 60.0


@pytest.mark.parametrize(
    ("steps", "behind"),
    [
        ([(0, 0)], NOT_BEHIND),
        ([(10, -STEP_S + 1)], NOT_BEHIND),
        ([(10 * n, -30 * n) for n in range(50)], NOT_BEHIND),
        ([(10, -HOUR_S)], HOUR),
        ([(10, -HOUR_S), (20, 0)], NOT_BEHIND),
        ([(10, HOUR_S)], NOT_BEHIND),
        ([(10, HOUR_S), (20, 0)], NOT_BEHIND),
        ([(10, HOUR_S), (20, -HOUR_S)], HOUR),
        ([(10, -HOUR_S), (DOUBTED_S, -HOUR_S)], HOUR),
        ([(10, -HOUR_S), (DOUBTED_S + 20, -HOUR_S)], NOT_BEHIND),
        ([(10, HOUR_S), (DOUBTED_S + 20, HOUR_S), (DOUBTED_S + 30, 0)], HOUR),
        ([(10, -3 * DAY_S)], 3 * DAY),
        ([(10, -3 * DAY_S), (20, 0)], NOT_BEHIND),
        ([(10, -3 * DAY_S), (HELD_S + 20, -3 * DAY_S)], NOT_BEHIND),
    ],
)
def test_how_far_it_may_be_behind(steps: list[tuple[float, float]], behind: timedelta) -> None:
    """Steps: how long after the start, and by how much our clock is wrong then."""
    own, found = OwnClock(NOW, 500.0), NOT_BEHIND
    for later_s, wrong_s in steps:
        found = own.behind(NOW + timedelta(seconds=later_s + wrong_s), 500.0 + later_s)
    assert found == behind


@pytest.mark.parametrize(
    ("seen", "behind"), [(NOW - HOUR, NOT_BEHIND), (NOW + HOUR, HOUR), (NOW + 9 * DAY, 9 * DAY)]
)
def test_a_machine_that_starts_in_the_past(seen: datetime, behind: timedelta) -> None:
    own = OwnClock(NOW, 5.0)
    own.recall(seen, 5.0)
    assert own.behind(NOW + timedelta(seconds=1), 6.0) == behind
    assert own.behind(NOW + 2 * HOUR, 5.0 + 2 * HOUR_S) == (
        behind if behind <= BEHIND_MAX else NOT_BEHIND
    )


CODE = """
import datetime, pathlib
from tarazy.core import clock
real, wrong = clock.now, pathlib.Path(%r)
clock.now = lambda: real() + datetime.timedelta(seconds=float(wrong.read_text()))
from tarazy.site import service
service.gateway()
"""


@dataclass
class Shifted:
    """A gateway whose clock the test sets."""

    process: Process
    port: int
    wrong: Path

    def set(self, seconds: float) -> None:
        new = self.wrong.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.wrong)


@pytest.fixture
def shifted(world: World, tmp_path: Path) -> Iterator[Shifted]:
    wrong, port = tmp_path / "seconds", free_port()
    wrong.write_text("0")
    settings = {"TARAZY_TRACKERS": f"gt06={port}"}
    process = Process(world.server, settings=settings, code=CODE % str(wrong))
    yield Shifted(process.start(), port, wrong)
    process.kill()
    world.rows("DELETE FROM supervision_heartbeat WHERE process = 'gateway'")


@pytest.mark.system
def test_our_clock_is_set_back_and_forth_under_load(shifted: Shifted, world: World) -> None:
    storm, began = Storm(), clock.now()
    steps_s = (-HOUR_S, 0, HOUR_S, -5 * HOUR_S, 2 * HOUR_S, -3 * DAY_S, 0)

    async def trouble() -> None:
        for seconds in steps_s:
            shifted.set(seconds)
            await asyncio.sleep(1)

    async def everybody() -> None:
        async with httpx.AsyncClient(base_url=shifted.process.url, timeout=45) as client:
            lines = [Tracker(*tracker(world), shifted.port, storm.ledger) for _ in range(6)]
            phones = [Phone(world.wearer(), client, storm.ledger) for _ in range(12)]
            for line in (*lines, *phones):  # what they tell is of the last half hour
                line.story = story(line.wearer.device_id, ago(minutes=30))
            talking = [storm.talk(line, 5, 0.1) for line in (*lines, *phones[:6])]
            talking += [storm.talk(line, 1, 0.05) for line in phones[6:]]
            await storm.blow(talking, trouble)
            refused = sum(line.refusals for line in (*lines, *phones))
            assert refused > 0, "three days back nothing is taken"

    asyncio.run(everybody())
    storm.ledger.check(world)
    devices = sorted({device_id for device_id, _, _ in storm.ledger.sent})
    ((faulty, first, last),) = world.rows(
        "SELECT count(*) FILTER (WHERE 'clock_fault' = ANY(marks)), min(known_at), max(known_at)"
        " FROM supervision_fix WHERE device_id = ANY(%s)",
        devices,
    )
    assert faulty == 0, "no device pays for our clock"
    assert first > began - timedelta(seconds=5 * HOUR_S)
    assert last < clock.now() + timedelta(seconds=2 * HOUR_S)
    assert first < began < last, "the second clock says what ours said"


@pytest.mark.system
def test_a_gateway_that_starts_years_back_takes_nothing(shifted: Shifted, world: World) -> None:
    """An empty battery: the last sign of life in the database is later than our clock."""
    wearer = world.wearer()
    place = {"at": ago(minutes=1).isoformat(), "lat": 43.2, "lon": 76.9}
    shifted.process.kill()
    shifted.set(-6 * 365 * DAY_S)
    shifted.process.launch()
    wait_for(lambda: alive(shifted.process))
    assert sent(shifted.process, wearer, [place]).status_code == 503
    assert not shifted.process.ready()
    assert world.fixes(wearer) == []
    shifted.set(0)
    shifted.process.until_ready()
    assert outcomes(shifted.process, wearer, [place]) == ["kept"]


def alive(process: Process) -> bool:
    try:
        return httpx.get(f"{process.url}/health/live").status_code == 200
    except httpx.TransportError:
        return False


def sent(process: Process, wearer: Wearer, fixes: list[dict[str, Any]]) -> httpx.Response:
    login = {"Authorization": f"Bearer {wearer.token}"}
    return httpx.post(f"{process.url}/v1/fixes", json={"fixes": fixes}, headers=login)


def outcomes(process: Process, wearer: Wearer, fixes: list[dict[str, Any]]) -> list[str]:
    reply = sent(process, wearer, fixes).raise_for_status()
    return [one["outcome"] for one in reply.json()["results"]]


@pytest.mark.system
def test_a_devices_clock_goes_back_and_forth(gateway: Process, world: World) -> None:
    wearer, chance = world.wearer(), random.Random(3)
    jumps = [-2 * DAY, NOT_BEHIND, timedelta(minutes=5), -HOUR, NOT_BEHIND, -20 * DAY, -ROLL_OVER]
    now = ago(minutes=20)
    told = []
    for number in range(200):
        at = now + jumps[number * len(jumps) // 200] + timedelta(seconds=number // 2)
        told.append({"at": at.isoformat(), "lat": 43 + number / 1e4, "lon": 76.9})
    faulty = {"at": (now + 5 * HOUR).isoformat(), "lat": 44.9, "lon": 76.9}
    assert outcomes(gateway, wearer, [*told[:70], faulty]) == ["kept"] * 70 + ["clock_fault"]
    again = [*told, *chance.sample(told, 100)]
    chance.shuffle(again)
    found = outcomes(gateway, wearer, again)
    assert found.count("kept") == 130
    assert set(found) == {"kept", "duplicate"}
    fixes = [fix for fix in world.fixes(wearer) if fix["lat"] is not None]
    assert sorted(round((fix["lat"] - 43) * 1e4) for fix in fixes) == list(range(200))
    for fix in fixes:
        number = round((fix["lat"] - 43) * 1e4)
        at = datetime.fromisoformat(str(told[number]["at"]))
        rolled = "rolled_over" in fix["marks"]
        assert datetime.fromisoformat(fix["at"]) == at + (ROLL_OVER if rolled else NOT_BEHIND)
        assert ago(minutes=5) < datetime.fromisoformat(fix["known_at"]) <= clock.now()
