# SPDX-License-Identifier: EUPL-1.2
"""The engine after it lost its state: a day of everybody's fixes judged again, late ones, memory.

1. A day of 1,440 fixes of each wearer waits in the fix store (somebody leaves and returns a few
   times a day, each with four conditions); an engine without any state judges all of it. The peer,
   in the same run, reads the same rows into the same columns and judges nothing.
2. The same number of devices come back at once after an hour without a network, each with 60 stored
   fixes, while others report live: until all late places have been judged, and how long a step kept
   the live ones waiting.
3. Memory of a process with so many wearers whose polygons have 24 corners.
"""

import argparse
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from harness import Bench, Result, database, report
from supervised import Feed, homes, people

from tarazy.core import clock

DAY_FIXES = 1_440
LATE_FIXES = 60
TRIPS = 3
TRIP_MIN = 25


def rss_mb() -> float:
    status = Path("/proc/self/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def fill(bench: Bench, count: int, begin: datetime, minutes: int) -> None:
    """So many minutes of everybody: at home with noise, on some trips of 1.5 km."""
    feed = Feed(bench.server.url("tarazy_owner"), homes(bench))
    for day in range(2):
        feed.day(begin + timedelta(days=day))
    chance = np.random.default_rng(7)
    away = np.zeros((count, minutes), dtype=bool)
    for _ in range(TRIPS):
        start = chance.integers(0, max(minutes - TRIP_MIN, 1), count)
        for n in range(TRIP_MIN):
            away[np.arange(count), np.minimum(start + n, minutes - 1)] = True
    who = np.arange(1, count + 1)
    for minute in range(minutes):
        at = begin.timestamp() + 60.0 * minute + 59.0 * who / count
        feed.send(who, at, at + 1.0, np.where(away[:, minute], 1_500.0, 0.0))


def lived(since: datetime, until: datetime) -> None:
    """As if the gateway had lived all the time."""
    from tarazy.supervision.models import EngineCheckpoint, Heartbeat

    EngineCheckpoint.objects.update_or_create(name="intake", defaults={"judged_at": since})
    Heartbeat.objects.filter(process="gateway").delete()
    Heartbeat.objects.create(process="gateway", at=until)


def read_only() -> tuple[int, float]:
    """The peer: the same rows into the same columns."""
    from django.db import transaction

    from tarazy.supervision.engine import batch as batches
    from tarazy.supervision.models import EngineCheckpoint

    checkpoint, count, began_s = EngineCheckpoint(name="peer"), 0, time.perf_counter()
    with transaction.atomic():
        while True:
            found = batches.read(checkpoint, batches.CATCH_UP_MAX)
            count += found.count
            checkpoint.transaction, checkpoint.fix_id = found.transaction, found.fix_id
            if not found.full:
                return count, time.perf_counter() - began_s


def caught_up(now: datetime) -> tuple[int, float, float, list[float]]:
    """An engine without any state: fixes, seconds, seconds of its processor, and each step's."""
    from tarazy.supervision.engine import Engine

    engine, fixes, steps = Engine(), 0, list[float]()
    began_s, busy_s = time.perf_counter(), time.process_time()
    while True:
        step_s = time.perf_counter()
        result = engine.step(now)
        steps.append(time.perf_counter() - step_s)
        fixes += result.fixes
        if not result.more:
            return fixes, time.perf_counter() - began_s, time.process_time() - busy_s, steps


def restart(bench: Bench, count: int, minutes: int) -> Iterator[Result]:
    begin = (clock.now() - timedelta(minutes=minutes + 30)).replace(second=0, microsecond=0)
    fill(bench, count, begin, minutes)
    now = begin + timedelta(minutes=minutes)
    lived(begin - timedelta(days=1), now + timedelta(days=1))
    rows, read_s = read_only()
    before = rss_mb()
    fixes, taken_s, busy_s, _ = caught_up(now)
    if fixes != rows:
        raise RuntimeError(f"{rows} fixes are there and {fixes} were judged")
    from tarazy.supervision.models import Alert

    print(f"{count} wearers, {fixes} fixes, {Alert.objects.count()} alerts")
    yield Result(f"judged_again_{count}", fixes / taken_s, "fixes/s", rows / read_s)
    yield Result(f"seconds_{count}", taken_s, "s", read_s)
    yield Result(f"seconds_of_processor_{count}", busy_s, "s")
    yield Result(f"for_14_million_{count}", taken_s * 14e6 / fixes, "s", read_s * 14e6 / rows)
    yield Result(f"memory_grown_{count}", rss_mb() - before, "MB")


def come_back(bench: Bench, count: int) -> Iterator[Result]:
    """Everybody's last hour at once."""
    now = clock.now()
    feed, who = Feed(bench.server.url("tarazy_owner"), homes(bench), 9), np.arange(1, count + 1)
    lived(now - timedelta(days=3), now + timedelta(days=1))
    for day in (now - timedelta(hours=2), now):
        feed.day(day)
    feed.send(
        who, np.full(count, (now - timedelta(minutes=61)).timestamp()), now.timestamp() - 3660
    )
    from tarazy.supervision.engine import Engine
    from tarazy.supervision.models import Alert, WearerState

    engine = Engine()
    while engine.step(clock.now()).more:
        pass
    began = clock.now()
    for minute in range(LATE_FIXES):
        at = began.timestamp() - 60.0 * (LATE_FIXES - minute)
        away = 3_000.0 if 20 <= minute < 20 + TRIP_MIN else 0.0
        feed.send(who, np.full(count, at), began.timestamp(), np.where(who % 10 == 0, away, 0.0))
    steps, busy, began_s = list[float](), list[float](), time.perf_counter()
    while True:
        live = who[who % 10 == len(steps) % 10][: max(count // 100, 1)]
        moment = clock.now()
        feed.send(live, np.full(len(live), moment.timestamp()), moment.timestamp())
        step_s, busy_s = time.perf_counter(), time.process_time()
        engine.step(clock.now())
        steps.append(time.perf_counter() - step_s)
        busy.append(time.process_time() - busy_s)
        waiting = WearerState.objects.exclude(late=None).count()
        if not waiting and clock.now() - began > timedelta(seconds=8):
            break
        time.sleep(0.05)
    taken_s = time.perf_counter() - began_s
    usual_s = min(busy)
    print(f"{count} came back; {Alert.objects.count()} alerts, {len(steps)} steps")
    yield Result("back_at_once_judged", taken_s, "s")
    yield Result(
        "back_at_once_processor_each", 1000 * (sum(busy) - usual_s * len(busy)) / count, "ms"
    )
    yield Result("back_at_once_step_p99", sorted(steps)[int(0.99 * (len(steps) - 1))], "s")
    yield Result("back_at_once_step_longest", max(steps), "s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--wearers", type=int, nargs="+", default=[1_000, 2_000])
    options.add_argument("--minutes", type=int, default=DAY_FIXES)
    options.add_argument("--back", type=int, default=0)
    options.add_argument("--memory", type=int, default=0)
    chosen = options.parse_args()
    print(f"{'':32} {'Tarazy':>12} {'':12}{'only read':>12} {'ratio':>8}")
    for what, counts in (
        ("restart", chosen.wearers),
        ("back", [chosen.back]),
        ("memory", [chosen.memory]),
    ):
        for count in counts:
            if count:
                one(what, count, chosen.minutes)


def one(what: str, count: int, minutes: int) -> None:
    """Each in a process and a database of its own."""
    if os.fork():
        os.wait()
        return
    with database() as bench:
        people(bench, count)
        os.environ.update(bench.env)
        import django

        django.setup()
        from tarazy.supervision.presence import kernel

        kernel.prepare()
        if what == "restart":
            report("engine_restart", list(restart(bench, count, minutes)))
        elif what == "back":
            report("engine_restart", list(come_back(bench, count)))
        else:
            report("engine_restart", list(memory(bench, count)))
    os._exit(0)


def memory(bench: Bench, count: int) -> Iterator[Result]:
    """Everybody known, and heard once."""
    now = clock.now()
    lived(now - timedelta(seconds=30), now + timedelta(days=1))
    feed, who = Feed(bench.server.url("tarazy_owner"), homes(bench)), np.arange(1, count + 1)
    feed.day(now)
    feed.send(who, np.full(count, now.timestamp()), now.timestamp())
    before, began_s = rss_mb(), time.perf_counter()
    from tarazy.supervision.engine import Engine

    engine = Engine()
    while engine.step(clock.now()).more:
        pass
    taken_s = time.perf_counter() - began_s
    yield Result(f"known_after_{count}", taken_s, "s")
    yield Result(f"process_{count}", rss_mb(), "MB", before)
    yield Result(f"columns_{count}", engine.memory_bytes / 1e6, "MB")
    sweep_s = time.perf_counter()
    engine.step(clock.now() + timedelta(seconds=20))
    yield Result(f"step_with_a_sweep_{count}", time.perf_counter() - sweep_s, "s")


if __name__ == "__main__":
    main()
