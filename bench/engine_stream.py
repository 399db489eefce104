# SPDX-License-Identifier: EUPL-1.2
"""From a fix's commit to its alert on the stream of events, and how many fixes a second are judged.

A feeder commits the reports of so many wearers (four conditions each, all rules) twenty times a
second, as the gateway does, and notes when. Some call out that the strap was cut. A listener on the
channel of the open pages notes when each alert's notice comes. The engine is a process of its own;
all of them, and PostgreSQL, share the machine. The peer of the highest rate is a bare loop that
reads the same fixes in the same batches, writes one row of each wearer, and judges nothing.

Before that: what a fix costs in processor's time, which others' processes do not change.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import psycopg
from harness import Bench, Result, apart, report, serving
from peers import versions
from supervised import Feed, homes, owner, people

from tarazy.core import clock

ENGINE = "from tarazy.site import service; service.engine()"
COMMITS_S = 20
ALERTS_S = 5
"""Alerts a second among the fixes: hundreds of times what ten thousand wearers raise."""
SECONDS = 30
RATE = 2_000
RATES = (200, 400, 600, 800, 1_200, 1_600, 2_000, 3_000)
BEHIND_S = 2.0
BARE_BATCH = 400
COST_STEPS = 60
STEPS_S = 5
"""Steps a second for which the cost of a fix is measured."""


@dataclass
class Heard:
    """When each person's alert came."""

    at: dict[str, float] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def listen(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("LISTEN tarazy_live")
            while not self.stop.is_set():
                for notice in connection.notifies(timeout=0.2):
                    told = json.loads(notice.payload)
                    if "alert" in told:
                        self.at.setdefault(told["person"], time.time())


def stood(bench: Bench) -> tuple[int, float]:
    """Rows behind the engine's checkpoint, and how long ago it was moved."""
    with owner(bench) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM supervision_fix AS fix WHERE (fix.transaction, fix.id) >"
            " (point.transaction, point.fix_id)), extract(epoch FROM now() - judged_at)"
            " FROM supervision_enginecheckpoint AS point WHERE name = 'engine'"
        ).fetchone()
    return (0, 1e9) if row is None else (int(row[0]), float(row[1]))


def settle(bench: Bench, seconds: float = 600.0) -> None:
    """Until the engine has read everything and has nothing old before it."""
    deadline = time.monotonic() + seconds
    while True:
        left, age_s = stood(bench)
        if not left and age_s < 5.0:
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"the engine is {left} fixes behind after {seconds} s")
        time.sleep(0.5)


class Stream:
    """Reports at a steady rate."""

    def __init__(self, bench: Bench, count: int) -> None:
        self.bench, self.count, self.next = bench, count, 0
        self.feed = Feed(bench.server.url("tarazy_owner"), homes(bench))
        self.feed.day(clock.now())
        self.feed.day(clock.now() + timedelta(days=1))
        with owner(bench) as connection:
            found = connection.execute("SELECT id, public_id FROM supervision_person").fetchall()
        self.names = dict(found)
        self.used: set[int] = set()

    def run(self, rate: int, seconds: float, alerts_s: float) -> tuple[dict[str, float], float]:
        """When each fix that is to raise an alert was committed; the rate that was sent."""
        sent, each, due = {}, rate // COMMITS_S, 0.0
        began, total = time.time(), 0
        while (now := time.time()) < began + seconds:
            who = np.arange(self.next, self.next + each) % self.count + 1
            self.next += each
            alarmed = set[int]()
            while due <= now - began and alerts_s:
                due += 1.0 / alerts_s
                n = next((n for n in range(each) if int(who[n]) not in self.used), None)
                if n is None:
                    break
                self.used.add(int(who[n]))
                alarmed.add(n)
                sent[self.names[int(who[n])]] = 0.0
            # Wearers that report more than once in a commit have times of their own.
            at = now - 0.5 + np.arange(each, dtype=np.float64) * 1e-5
            self.feed.send(who, at, now, alarmed=frozenset(alarmed))
            committed = time.time()
            sent = {name: when or committed for name, when in sent.items()}
            total += each
            time.sleep(max(0.0, began + total / rate - time.time()))
        return sent, total / (time.time() - began)


def quiet(stream: Stream) -> None:
    """Everybody known and at home, long ago enough that nobody has just arrived."""
    for seconds in (300, 240, 180, 120, 60):
        for start in range(0, stream.count, 5_000):
            who = np.arange(start, min(start + 5_000, stream.count)) + 1
            at = np.full(len(who), time.time() - seconds, dtype=np.float64)
            stream.feed.send(who, at, at + 1.0)


def lived(bench: Bench) -> None:
    """As if the gateway had begun now, and would live for hours."""
    now = clock.now()
    with owner(bench) as connection:
        connection.execute(
            "INSERT INTO supervision_enginecheckpoint (name, transaction, fix_id, judged_at)"
            " VALUES ('intake', 0, 0, %s)",
            [now],
        )
        connection.execute(
            "INSERT INTO supervision_heartbeat (process, at) VALUES ('gateway', %s)",
            [now + timedelta(hours=3)],
        )


def measure(bench: Bench, count: int, rate: int, *, most: bool) -> list[Result]:
    people(bench, count)
    os.environ.update(bench.env)
    stream = Stream(bench, count)
    lived(bench)
    heard = Heard()
    listener = threading.Thread(target=heard.listen, args=[bench.server.url("tarazy_owner")])
    listener.start()
    quiet(stream)
    found, best = [], 0.0
    try:
        with serving(ENGINE, bench.env, lambda: True):
            settle(bench)
            stream.run(rate, 10, 0)
            settle(bench)
            sent, told = stream.run(rate, SECONDS, ALERTS_S)
            settle(bench)
            delays = sorted(
                heard.at[name] - when for name, when in sent.items() if name in heard.at
            )
            missing = len(sent) - len(delays)
            for share in (0.5, 0.99):
                value = 1000 * delays[int(share * (len(delays) - 1))]
                found.append(Result(f"alert_p{int(100 * share)}_{count}", value, "ms"))
            found.append(Result(f"alerts_missing_{count}", missing, f"of {len(sent)}"))
            found.append(Result(f"sent_{count}", told, "fixes/s"))
            if most:
                best = highest(bench, stream)
        if most:
            found.append(Result(f"sustained_{count}", best, "fixes/s", bare()))
    finally:
        heard.stop.set()
        listener.join()
    return found


def highest(bench: Bench, stream: Stream) -> float:
    """The highest rate at which the engine is never far behind."""
    best = 0.0
    for rate in RATES:
        _, sent = stream.run(rate, 10, ALERTS_S)
        left, _ = stood(bench)
        if left > BEHIND_S * rate:
            break
        best = sent
        settle(bench)
    return best


def bare() -> float:
    """Fixes a second of a loop that reads them, and writes a row of each wearer."""
    import django

    django.setup()
    from django.db import transaction

    from tarazy.supervision.actions.columns import write
    from tarazy.supervision.engine import batch as batches
    from tarazy.supervision.models import EngineCheckpoint, WearerState

    wearers = {one.order_id: one for one in WearerState.objects.all()}
    point, count, began_s = EngineCheckpoint(name="bare"), 0, time.perf_counter()
    while True:
        with transaction.atomic():
            found = batches.read(point, BARE_BATCH)
            write([wearers[key] for key in found.orders.tolist()], ["person_id"])
        point.transaction, point.fix_id = found.transaction, found.fix_id
        count += found.count
        if not found.full:
            return count / (time.perf_counter() - began_s)


def backend_s(pid: int) -> float:
    """Processor's seconds of one process of PostgreSQL."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost(bench: Bench, count: int, rate: int) -> list[Result]:
    """What a fix costs in processor's time, of the engine and of its backend, at some steps a
    second; the peer is the bare loop. Waiting for others' processes does not count."""
    people(bench, count)
    os.environ.update(bench.env)
    import django

    django.setup()
    from django.db import connection

    from tarazy.supervision.engine import Engine

    stream, engine = Stream(bench, count), Engine()
    lived(bench)
    quiet(stream)
    now = clock.now()
    while engine.step(now).more:
        now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    fixes, steps, busy_s, theirs_s = 0, list[float](), 0.0, 0.0
    for n in range(COST_STEPS):
        who = np.arange(stream.next, stream.next + rate // STEPS_S) % count + 1
        stream.next += rate // STEPS_S
        at = time.time() - 0.5 + np.arange(len(who), dtype=np.float64) * 1e-5
        stream.feed.send(who, at, at + 0.4)
        before_s, backend_before_s = time.process_time(), backend_s(pid)
        found = engine.step(clock.now())
        if n >= COST_STEPS // 4:  # the first ones compile, and read everybody
            fixes += found.fixes
            steps.append(time.process_time() - before_s)
            theirs_s += backend_s(pid) - backend_before_s
    busy_s = sum(steps)
    return [
        Result(f"engine_each_{count}", 1e6 * busy_s / fixes, "us"),
        Result(f"backend_each_{count}", 1e6 * theirs_s / fixes, "us"),
        Result(f"step_longest_{count}", 1e3 * max(steps), "ms"),
        Result(f"a_core_at_{rate}_{count}", rate * (busy_s + theirs_s) / fixes, "of a core"),
    ]


def told(what: Callable[[Bench, int, int], list[Result]], count: int, rate: int, on: Bench) -> None:
    report("engine_stream", what(on, count, rate))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--wearers", type=int, nargs="+", default=[1_000, 20_000])
    options.add_argument("--rate", type=int, default=RATE)
    options.add_argument("--most", action="store_true", help="look for the highest rate too")
    options.add_argument("--cost", action="store_true", help="only what a fix costs")
    chosen = options.parse_args()
    versions.tell()
    print(f"load before: {os.getloadavg()}, {os.cpu_count()} processors")
    for count in chosen.wearers:
        apart(partial(told, cost, count, chosen.rate))
        if not chosen.cost:
            apart(partial(told, partial(measure, most=chosen.most), count, chosen.rate))
    print(f"load after: {os.getloadavg()}")


if __name__ == "__main__":
    main()
