# SPDX-License-Identifier: EUPL-1.2
"""Catch up in parts: an engine that starts with much waiting has helpers until that is judged.

People are judged independently of each other, so each processor takes a part of them (part.py).
Each part has a checkpoint of its own, which moves in its own steps, up to one end for all: the last
transaction that is committed when this begins, and one moment. Once all parts are there the
engine's checkpoint is put there and the parts' are dropped, in one transaction; pairs are judged
after that, from what their rows say. Nothing else tells afterwards that there were parts.

Whoever is killed meanwhile: each part stands where it was committed, and the next engine goes on
with the parts that it finds. A part whose helper fails is judged here. Others wait for their turn.

A helper tells of each of its steps in a line on its standard output: the engine counts them with
its own, and is at work as long as one of its helpers is.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event

import msgspec
import psycopg
import structlog
from django.db import DatabaseError, connection

from tarazy.core.door import together
from tarazy.supervision.actions import judgement
from tarazy.supervision.actions.judgement import ENGINE
from tarazy.supervision.engine import batch as batches
from tarazy.supervision.engine import intake_watch
from tarazy.supervision.engine.part import Part
from tarazy.supervision.engine.step import ACTOR, Engine, StepResult, span_of
from tarazy.supervision.models import EngineCheckpoint

WAITING_MIN = 500_000
"""Fixes; fewer are judged sooner than helpers have started."""
PARTS_MAX = 4
"""However many processors there are: each part reads with a connection more of the database."""
LOOK_S = 0.2

WAITING = """
SELECT count(*) FROM (
    SELECT FROM supervision_fix
    WHERE (transaction, id) > (%s, %s)
        AND transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    LIMIT %s) AS one
"""
LAST = """
SELECT transaction, id FROM supervision_fix
WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction DESC, id DESC
LIMIT 1
"""

log = structlog.get_logger()
Step = Callable[[Engine, datetime], StepResult]
Note = Callable[[StepResult, float], None]
"""Takes in what a helper's step did, and how many seconds it took; called in another thread."""
_TOLD = msgspec.json.Decoder(tuple[StepResult, float])


@dataclass(frozen=True, slots=True)
class Plan:
    """So many parts, and where all of them end."""

    of: int
    transaction: int
    fix_id: int

    def part(self, number: int) -> Part:
        """One of them."""
        return Part(number, self.of, self.transaction)


def caught_up(
    helper: Sequence[str],
    now: datetime,
    stop: Event,
    step: Step,
    note: Note = lambda _result, _seconds: None,
) -> Engine:
    """An engine; where much waited, that is judged. Raises Temporary.

    `helper` is the command of a process that calls `help_out` with the four words after it; without
    one, nothing is judged in parts. `step` lets an engine take one.
    """
    with _alone():
        plan = _plan(now, min(os.cpu_count() or 1, PARTS_MAX) if helper else 1)
        if plan is None:
            return Engine()
        log.info("judging_in_parts", parts=plan.of)
        engine = Engine(part=plan.part(0))
        with _helpers(helper, plan, now, note) as helpers:
            _judge(engine, now, stop, step)
            for number in range(1, plan.of):
                if not _helped(helpers.get(number), stop):
                    _judge(Engine(part=plan.part(number)), now, stop, step)
        if stop.is_set():
            return Engine()
        with together():
            engine.widen(_united(plan))
        return engine


def help_out(number: str, of: str, until: str, now: str) -> None:
    """Judge a part to its end, as long as the engine lives that asked for it. Raises Temporary."""
    engine, asked = Engine(part=Part(int(number), int(of), int(until))), os.getppid()
    more = True
    while more and os.getppid() == asked:
        began_s = time.monotonic()
        result = engine.step(datetime.fromisoformat(now))
        told = msgspec.json.encode((result, time.monotonic() - began_s))
        sys.stdout.write(f"{told.decode()}\n")
        sys.stdout.flush()
        more = result.more


def _helped(process: subprocess.Popen[bytes] | None, stop: Event) -> bool:
    """Whether a helper has come to its end, once it is over."""
    while process is not None and process.poll() is None and not stop.is_set():
        stop.wait(LOOK_S)
    return process is not None and process.poll() == 0


def _judge(engine: Engine, now: datetime, stop: Event, step: Step) -> None:
    while not stop.is_set() and step(engine, now).more:
        pass


def _plan(now: datetime, most: int) -> Plan | None:
    """The parts that an earlier engine has left, or new ones where much waits."""
    with together():
        found = {one.name: one for one in EngineCheckpoint.objects.filter(name__startswith=ENGINE)}
        checkpoint = found.pop(ENGINE, EngineCheckpoint(name=ENGINE))
        of = len(found) or most
        if not found and (of == 1 or not _much_waits(checkpoint)):
            return None
        intake_watch.watch(ACTOR, now)
        if not found:
            # Where nothing was judged yet, all parts begin where one engine would.
            checkpoint.judged_at = span_of(checkpoint, batches.read(checkpoint), now).since
            judgement.divide(checkpoint, of)
        with connection.cursor() as cursor:
            cursor.execute(LAST)
            stands = (checkpoint.transaction, checkpoint.fix_id)
            return Plan(of, *max(stands, cursor.fetchone() or stands))


def _much_waits(checkpoint: EngineCheckpoint) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [checkpoint.transaction, checkpoint.fix_id, WAITING_MIN])
        (count,) = cursor.fetchone() or (0,)
    return bool(count >= WAITING_MIN)


def _united(plan: Plan) -> EngineCheckpoint:
    """The checkpoint of everybody, where all parts have come to their end."""
    parts = EngineCheckpoint.objects.filter(name__startswith=f"{ENGINE} ")
    judged_at = min(one.judged_at for one in parts if one.judged_at is not None)
    end = EngineCheckpoint(ENGINE, plan.transaction, plan.fix_id, judged_at)
    judgement.unite(end)
    return end


@contextmanager
def _helpers(
    command: Sequence[str], plan: Plan, now: datetime, note: Note
) -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    """A process for each part but the first, by its number, if any; none is left afterwards, and
    all that they told is noted."""
    words = (str(plan.of), str(plan.transaction), now.isoformat())
    found, listeners = dict[int, subprocess.Popen[bytes]](), list[threading.Thread]()
    try:
        for number in range(1, plan.of) if command else ():
            process = subprocess.Popen(  # noqa: S603 - ours
                [*command, str(number), *words], stdout=subprocess.PIPE
            )
            found[number] = process
            listeners.append(threading.Thread(target=_listen, args=(process, note), daemon=True))
            listeners[-1].start()
        yield found
    finally:
        for process in found.values():
            process.terminate()
            process.wait()
        for listener in listeners:
            listener.join()


def _listen(process: subprocess.Popen[bytes], note: Note) -> None:
    """In a thread: note each step of a helper as it tells of it."""
    if process.stdout is not None:
        with process.stdout as lines:
            for line in lines:
                note(*_TOLD.decode(line))


@contextmanager
def _alone() -> Iterator[None]:
    """No other engine takes a step meanwhile, but those that judge a part."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [batches.LOCK])
    try:
        yield
    finally:
        with suppress(DatabaseError, psycopg.Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [batches.LOCK])
