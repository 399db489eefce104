# SPDX-License-Identifier: EUPL-1.2
"""A catch-up in parts finds what one engine finds, also where it is broken off and gone on with."""

import functools
import sys
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from supervision.engine.test_process import CHANGES, FOUND, MINUTES, WARDS, fill

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.engine import Engine, StepResult, parts
from tarazy.supervision.engine.part import Part
from tarazy.supervision.models import EngineCheckpoint

MINUTE = timedelta(minutes=1)
HELPLESS = (sys.executable, "-c", "raise SystemExit(1)")
"""A helper would not see what a test has not committed: the parts of those that fail are judged by
the engine itself. Real helpers are in test_process.py."""
TELLING = (
    sys.executable,
    "-c",
    'print(\'[{"fixes": 7, "more": true}, 0.5]\', flush=True); raise SystemExit(1)',
)
"""One that tells of a step, and fails after it."""
STATES = """
SELECT (to_jsonb(w) - 'change')::text FROM supervision_wearerstate w ORDER BY person_id
"""
STEPS = 3


@pytest.fixture(autouse=True)
def _small(monkeypatch: Any) -> None:
    monkeypatch.setattr(parts, "WAITING_MIN", 1)
    monkeypatch.setattr(parts, "Engine", functools.partial(Engine, fixes_max=40))
    monkeypatch.setattr("os.cpu_count", lambda: 3)


def names() -> list[str]:
    found = EngineCheckpoint.objects.filter(name__startswith="engine").order_by("name")
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("broken_off", "helper"),
    [
        pytest.param(False, HELPLESS, id="in one go"),
        pytest.param(True, HELPLESS, id="gone on with"),
        pytest.param(True, (), id="gone on with by one that has no helpers"),
    ],
)
def test_parts_find_what_one_engine_finds(
    db: None,
    world_class: type[Any],
    monkeypatch: Any,
    broken_off: bool,
    helper: tuple[str, ...],
) -> None:
    now = clock.now()
    world = world_class(since=now - (MINUTES + 90) * MINUTE)
    fill(world, now)
    world.listen(now - (MINUTES + 90) * MINUTE, now + 60 * MINUTE)
    expected = ran(lambda: Engine(fixes_max=40), now)
    assert len(expected[0]) > WARDS

    def in_parts() -> Engine:
        if broken_off:
            begin_and_stop(now)
            monkeypatch.setattr("os.cpu_count", lambda: 2)
        engine = parts.caught_up(helper, now, Event(), Engine.step)
        assert names() == ["engine"]
        assert engine.step(now).fixes == 0, "there is nothing left"
        return engine

    assert ran(in_parts, now) == expected


def begin_and_stop(now: Any) -> None:
    """An engine that is told to stop in its part, and one that does not know of the parts."""
    stop, steps = Event(), list[StepResult]()

    def step(engine: Engine, moment: Any) -> StepResult:
        steps.append(engine.step(moment))
        if len(steps) == STEPS:
            stop.set()
        return steps[-1]

    parts.caught_up(HELPLESS, now, stop, step)
    assert names() == ["engine 0 of 3", "engine 1 of 3", "engine 2 of 3"]
    with pytest.raises(Temporary):
        Engine().step(now)
    assert sum(one.fixes for one in steps) > 0


def ran(begin: Any, now: Any) -> list[Any]:
    """What is found in the end; the tables are as before then."""
    with transaction.atomic(), connection.cursor() as cursor:
        engine = begin()
        while engine.step(now).more:
            pass
        told = []
        for query in (FOUND, CHANGES, STATES):
            cursor.execute(query)
            told.append(cursor.fetchall())
        transaction.set_rollback(True)
    return told


def test_little_is_judged_in_the_usual_way(world: Any, at: Any, monkeypatch: Any) -> None:
    ward = world.ward()
    world.stay(ward, at("06:01"), 5, 0)
    monkeypatch.setattr(parts, "WAITING_MIN", 6)
    parts.caught_up(HELPLESS, at("06:10"), Event(), Engine.step)
    assert names() == ["engine"]
    assert world.step(at("06:10")).fixes == 5


def test_what_helpers_tell_is_noted_until_they_are_over(world: Any, at: Any) -> None:
    ward = world.ward()
    world.stay(ward, at("06:01"), 5, 0)
    told = list[tuple[StepResult, float]]()

    def note(result: StepResult, seconds: float) -> None:
        told.append((result, seconds))

    parts.caught_up(TELLING, at("06:10"), Event(), Engine.step, note)
    assert told == [(StepResult(fixes=7, more=True), 0.5)] * 2


def test_a_part_that_is_over_is_not_judged_again(world: Any, at: Any) -> None:
    ward = world.ward()
    world.stay(ward, at("06:01"), 5, 0)
    engine = parts.caught_up(HELPLESS, at("06:10"), Event(), Engine.step)
    with pytest.raises(Temporary):
        Engine(part=Part(1, 3)).step(at("06:11"))
    world.report(ward, at("06:11"), 0)
    world.beat(at("06:11"))
    assert engine.step(at("06:11:05")).fixes == 1
