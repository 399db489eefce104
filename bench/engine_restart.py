# SPDX-License-Identifier: EUPL-1.2
"""The engine after it lost its state: a day of everybody's fixes judged again, late ones, memory.

1. A day of fixes of each wearer waits in the fix store, one each minute or each `--interval`
   seconds (14 million: 20,000 wearers and 123 s); an engine without any state judges all of it,
   with helpers as the service has them (half a million fixes or more), or `--alone`.
   Each has four conditions and leaves three times at any hour, so that a trip by night is a breach:
   on foot or by car at the speeds of both, and is 1.5 km away at most for 25 minutes in all. With
   `--leaping` they are there and back from one report to the next, as they were before throws were
   looked at: nobody moves so, and each leap is walked by the rules. The peer, in the same run,
   reads the same rows into the same columns and judges nothing.
2. The same number of devices come back at once after an hour without a network, each with 60 stored
   fixes, while others report live: until all late places have been judged, and how long a step kept
   the live ones waiting.
3. Memory of a process with so many wearers whose polygons have 24 corners.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import numpy as np
import psycopg
from harness import FOLDER, Bench, Result, apart, report
from peers import versions
from supervised import Feed, homes, people

from tarazy.core import clock

LATE_FIXES = 60
DAY_S = 86_400
TRIPS = 3
TRIP_S = 1_500.0
AWAY_M = 1_500.0
SPEEDS_M_S = (1.4, 8.0)
"""On foot, and by car in a city."""


def rss_mb() -> float:
    status = Path("/proc/self/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


@dataclass(frozen=True, slots=True)
class Day:
    """What is asked of a day: how many people, and how they report and move."""

    count: int
    interval_s: float
    reports: int
    leaping: bool
    alone: bool
    """Without helpers."""

    @property
    def lasts_s(self) -> float:
        return self.interval_s * self.reports


def fill(bench: Bench, day: Day, begin: datetime) -> None:
    """A day of everybody: at home with noise, and on some trips."""
    feed = Feed(bench.server.url("tarazy_owner"), homes(bench))
    for n in range(2):
        feed.day(begin + timedelta(days=n))
    chance = np.random.default_rng(7)
    starts = chance.uniform(0, max(day.lasts_s - TRIP_S, 1.0), (TRIPS, day.count))
    speeds = chance.choice(SPEEDS_M_S, (TRIPS, day.count))
    who = np.arange(1, day.count + 1)
    for n in range(day.reports):
        at_s = day.interval_s * (n + who / (day.count + 1))
        away_m = np.zeros(day.count)
        for start, speed in zip(starts, speeds, strict=True):
            gone_s, left_s = at_s - start, start + TRIP_S - at_s
            way_m = np.minimum(np.minimum(gone_s, left_s) * speed, AWAY_M)
            if day.leaping:
                way_m = np.where((gone_s > 0) & (left_s > 0), AWAY_M, 0.0)
            away_m = np.maximum(away_m, way_m)
        at = begin.timestamp() + at_s
        feed.send(who, at, at + 1.0, away_m)


def vacuum(bench: Bench) -> None:
    """As the server does by itself in the course of a day: else it would begin with it just when
    the clock runs."""
    with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) supervision_fix")


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


def caught_up(now: datetime, *, alone: bool) -> tuple[float, float, float]:
    """An engine without any state starts as the service's does: seconds until all is judged, until
    everybody is known to it besides, and seconds of the processors of its own and its helpers."""
    from tarazy.site.service import ENGINE_HELPER
    from tarazy.supervision.engine import Engine, parts

    helper = [] if alone else [sys.executable, "-c", ENGINE_HELPER]
    began_s, busy_s = time.perf_counter(), _busy_s()
    engine = parts.caught_up(helper, now, Event(), Engine.step)
    judged_s = time.perf_counter() - began_s
    while True:
        result = engine.step(now)
        if result.fixes:
            judged_s = time.perf_counter() - began_s
        if not result.more:
            return judged_s, time.perf_counter() - began_s, _busy_s() - busy_s


def _busy_s() -> float:
    """Of this process, and of those that it has started and that are over."""
    return sum(os.times()[:4])


def restart(bench: Bench, day: Day) -> Iterator[Result]:
    lasts, count = timedelta(seconds=day.lasts_s), day.count
    begin = (clock.now() - lasts - timedelta(minutes=30)).replace(second=0, microsecond=0)
    fill(bench, day, begin)
    vacuum(bench)
    now = begin + lasts
    lived(begin, now + timedelta(days=1))
    rows, read_s = read_only()
    before = rss_mb()
    taken_s, known_s, busy_s = caught_up(now, alone=day.alone)
    from tarazy.supervision.models import Alert, EngineCheckpoint, Fix, WearerState

    last = Fix.objects.order_by("-transaction", "-id").values_list("transaction", "id").first()
    reached = EngineCheckpoint.objects.get(name="engine")
    if (reached.transaction, reached.fix_id) != last or WearerState.objects.count() != count:
        raise RuntimeError("not all fixes were judged")
    print(f"{count} wearers, {rows} fixes, {Alert.objects.count()} alerts")
    yield Result(f"judged_again_{count}", rows / taken_s, "fixes/s", rows / read_s)
    yield Result(f"seconds_{count}", taken_s, "s", read_s)
    yield Result(f"everybody_known_again_{count}", known_s, "s")
    yield Result(f"seconds_of_processor_{count}", busy_s, "s")
    yield Result(f"for_14_million_{count}", taken_s * 14e6 / rows, "s", read_s * 14e6 / rows)
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
        away = 3_000.0 if 20 <= minute < 20 + TRIP_S / 60 else 0.0
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
    options.add_argument("--interval", type=float, default=60.0, help="seconds from fix to fix")
    options.add_argument("--reports", type=int, help="of each; a day of them if not told")
    options.add_argument("--leaping", action="store_true", help="from place to place at once")
    options.add_argument("--alone", action="store_true", help="without helpers")
    options.add_argument("--back", type=int, default=0)
    options.add_argument("--memory", type=int, default=0)
    chosen = options.parse_args()
    versions.tell()
    print(f"load before: {os.getloadavg()}, {os.cpu_count()} processors")
    print(f"{'':32} {'Tarazy':>12} {'':12}{'only read':>12} {'ratio':>8}")
    for what, counts in (
        ("restart", chosen.wearers),
        ("back", [chosen.back]),
        ("memory", [chosen.memory]),
    ):
        for count in counts:
            if count:
                reports = chosen.reports or round(DAY_S / chosen.interval)
                one(what, Day(count, chosen.interval, reports, chosen.leaping, chosen.alone))
    print(f"load after: {os.getloadavg()}")


def one(what: str, day: Day) -> None:
    """Each in a process and a database of its own."""

    def work(bench: Bench) -> None:
        people(bench, day.count)
        os.environ.update(bench.env, NUMBA_CACHE_DIR=str(FOLDER / "compiled"))
        import django

        django.setup()
        from tarazy.supervision.presence import kernel

        kernel.prepare()
        if what == "restart":
            report("engine_restart", list(restart(bench, day)))
        elif what == "back":
            report("engine_restart", list(come_back(bench, day.count)))
        else:
            report("engine_restart", list(memory(bench, day.count)))

    apart(work)


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
