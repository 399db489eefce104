# SPDX-License-Identifier: EUPL-1.2
"""20,000 trackers come back at once, each with an hour of stored fixes, and all of it is kept once.

A quarter each sends oldest first, newest first, live ones between stored ones, and everything
three times. A piece of 20 is sent once the one before is acknowledged; who is hung up on calls
again and sends again what was not. The peer is the bare asyncio server (uvloop) of the trackers'
benchmark: what is lost against it is the price of decoding, the law and the commit. The load
generator runs on the same machine, so that all of them share its cores.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import uvloop
from harness import GATEWAY, Bench, Result, Run, database, report, serving, tcp_ready
from intake_trackers import PEER, Tracker, connections
from peers import versions

from tarazy.core import clock
from tarazy.supervision.gateway.credentials import address_of
from tarazy.supervision.simulate import trackers as gt06

HOUR_FIXES = 60
PIECE_FIXES = 20
AGAIN_S = 0.5, 3.0
LAST_ANSWER = gt06.acknowledgement(gt06.STATUS, PIECE_FIXES)

ORDERS: tuple[Callable[[list[bytes]], list[bytes]], ...] = (
    lambda told: told,
    lambda told: told[::-1],
    lambda told: [told[n // 2] if n % 2 else told[-1 - n // 2] for n in range(len(told))],
    lambda told: [one for one in told for _ in range(2)] + told,
)


@dataclass
class Return:
    """How it went with everybody."""

    taken_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    calls: int = 0
    memory_mb: float = 0.0


def hour(number: int, now: datetime) -> list[bytes]:
    """What one tracker stored, in pieces that each end with a heartbeat."""
    told = [
        gt06.location(
            now - timedelta(minutes=HOUR_FIXES - n),
            *(43.2 + number % 997 / 1e4, 76.9 + n / 1e4),
            serial=n,
            speed_kmh=4,
        )
        for n in range(HOUR_FIXES)
    ]
    ordered = ORDERS[number % len(ORDERS)](told)
    return [
        b"".join(ordered[start : start + PIECE_FIXES]) + gt06.heartbeat(serial=PIECE_FIXES)
        for start in range(0, len(ordered), PIECE_FIXES)
    ]


async def come_back(imei: str, pieces: Sequence[bytes], went: Return) -> None:
    """One tracker, until all that it has is acknowledged."""
    left, chance = list(pieces), random.Random(imei)
    while left:
        went.calls += 1
        tracker = None
        try:
            tracker = await Tracker.call(imei)
            while left:
                went.latencies_s.append(await tracker.ask(left[0], LAST_ANSWER))
                left.pop(0)
        except (OSError, RuntimeError):
            await asyncio.sleep(chance.uniform(*AGAIN_S))
        finally:
            if tracker is not None and tracker.transport is not None:
                tracker.transport.abort()


async def everybody(imeis: list[str], hours: list[list[bytes]], process: int) -> Return:
    went, began = Return(), time.perf_counter()
    await asyncio.gather(
        *(come_back(imei, pieces, went) for imei, pieces in zip(imeis, hours, strict=True))
    )
    went.taken_s = time.perf_counter() - began
    went.memory_mb = peak_mb(process)
    return went


def peak_mb(process: int) -> float:
    """The most memory that a process has held."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def run(imeis: list[str], hours: list[list[bytes]], process: int) -> Return:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(everybody(imeis, hours, process))


def measure(bench: Bench, imeis: list[str]) -> list[Result]:
    now = clock.now()
    hours = [hour(number, now) for number in range(len(imeis))]
    with serving(PEER, bench.env, tcp_ready) as process:
        bare = run(imeis, hours, process)
    with serving(GATEWAY, bench.env) as process:
        ours = run(imeis, hours, process)
    sent = len(imeis) * HOUR_FIXES
    if (kept := bench.places()) != sent:
        raise RuntimeError(f"{sent} places were acknowledged and {kept} are kept")
    mine, theirs = (Run(sent / one.taken_s, one.latencies_s) for one in (ours, bare))
    return [
        Result("all_kept_once", kept, "fixes"),
        Result("all_acknowledged_after", ours.taken_s, "s", bare.taken_s),
        Result("fixes", mine.rate, "fixes/s", theirs.rate),
        Result("piece_acknowledged_p50", mine.percentile_ms(0.5), "ms", theirs.percentile_ms(0.5)),
        Result(
            "piece_acknowledged_p99", mine.percentile_ms(0.99), "ms", theirs.percentile_ms(0.99)
        ),
        Result("calls_of_a_tracker", ours.calls / len(imeis), "calls", bare.calls / len(imeis)),
        Result("memory_peak", ours.memory_mb, "MB", bare.memory_mb),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trackers", type=int, default=20_000)
    wanted = options.parse_args().trackers
    versions.tell()
    with database() as bench:
        count = min(wanted, connections())
        imeis = [f"{860_000_000_000_000 + n}" for n in range(count)]
        bench.fill([address_of("gt06", imei, bench.device_key) for imei in imeis])
        print(f"{count} trackers at once, {HOUR_FIXES} stored fixes each")
        print(f"{'':32} {'Tarazy':>12} {'':12}{'bare asyncio':>12} {'ratio':>8}")
        report("reconnect", measure(bench, imeis))


if __name__ == "__main__":
    main()
