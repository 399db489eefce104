# SPDX-License-Identifier: EUPL-1.2
"""Durable intake over TCP, from GT06 trackers, and the memory of 20,000 that are connected.

A tracker sends a burst of places and a heartbeat; its answer says that all of them are committed.
The peer is a bare asyncio server (uvloop) which cuts the same stream into frames and answers
each: what is lost against it is the price of decoding, the law and the commit. The load
generator runs on the same machine, so that all of them share its cores.
"""

import argparse
import asyncio
import resource
import time
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import cast

import uvloop
from harness import (
    GATEWAY,
    TRACKER_PORT,
    Bench,
    Result,
    Run,
    database,
    measured,
    report,
    serving,
    tcp_ready,
)
from peers import versions
from typing_extensions import override

from tarazy.core import clock
from tarazy.supervision.gateway.credentials import address_of
from tarazy.supervision.simulate import trackers as gt06

CONNECTED = 20_000
TALKING = 500
FIXES_A_BURST = 20
FILES_SPARE = 300
AT_ONCE = 250
SETTLE_S = 2.0

PEER = """
import asyncio, uvloop
from tarazy.supervision.simulate.trackers import acknowledgement

class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        buffer, start, answer = self.buffer + data, 0, b""
        while len(buffer) >= start + 5 and len(buffer) >= start + buffer[start + 2] + 5:
            frame = buffer[start : start + buffer[start + 2] + 5]
            start += len(frame)
            answer += acknowledgement(frame[3], int.from_bytes(frame[-6:-4], "big"))
        self.buffer = buffer[start:]
        self.transport.write(answer)

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", PORT, backlog=4096)
    await server.serve_forever()

with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main())
""".replace("PORT", str(TRACKER_PORT))

bursts = count(1)
LAST_ANSWER = gt06.acknowledgement(gt06.STATUS, FIXES_A_BURST)


class Tracker(asyncio.Protocol):
    """One connection; a burst is acknowledged when its last frame is."""

    def __init__(self) -> None:
        self.heard = b""
        self.expected = b""
        self.answered: asyncio.Future[float] | None = None
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self.heard += data
        if self.answered is not None and self.heard.endswith(self.expected):
            self.answered.set_result(time.perf_counter())
            self.answered, self.heard = None, b""

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.answered is not None:
            self.answered.set_exception(exc or RuntimeError("closed instead of an answer"))

    async def ask(self, message: bytes, expected: bytes) -> float:
        """Seconds to the answer."""
        if self.transport is None or self.transport.is_closing():
            raise RuntimeError("the connection was closed")
        self.expected = expected
        self.answered = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self.transport.write(message)
        return await self.answered - began

    @classmethod
    async def call(cls, imei: str) -> "Tracker":
        loop = asyncio.get_running_loop()
        _, tracker = await loop.create_connection(cls, "127.0.0.1", TRACKER_PORT)
        await tracker.ask(gt06.login(imei), gt06.acknowledgement(gt06.LOGIN, 1))
        return tracker


def burst(now: datetime) -> bytes:
    """Places of the last minutes, then a heartbeat; no two bursts are the same."""
    number = next(bursts)
    places = [
        gt06.location(
            now - timedelta(seconds=10 * n),
            *(43.2 + number % 997 / 1e4, 76.9 + number // 997 / 1e4),
            serial=n,
            speed_kmh=4,
        )
        for n in range(FIXES_A_BURST)
    ]
    return b"".join(places) + gt06.heartbeat(serial=FIXES_A_BURST)


async def load(imeis: list[str], rounds: int, rate: float | None = None) -> Run:
    """Bursts from every tracker in turn; with a rate, paced to that many fixes a second."""
    now = clock.now()
    messages = [[burst(now) for _ in range(rounds)] for _ in imeis]
    trackers = [await Tracker.call(imei) for imei in imeis]
    pause_s = len(imeis) * FIXES_A_BURST / rate if rate else 0.0
    latencies: list[float] = []

    async def talk(number: int) -> None:
        due = time.perf_counter() + pause_s * number / len(imeis)
        for message in messages[number]:
            if pause_s:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due += pause_s
            latencies.append(await trackers[number].ask(message, LAST_ANSWER))

    began = time.perf_counter()
    await asyncio.gather(*(talk(number) for number in range(len(imeis))))
    taken_s = time.perf_counter() - began
    hang_up(trackers)
    return Run(len(latencies) * FIXES_A_BURST / taken_s, latencies)


def run(imeis: list[str], rounds: int, rate: float | None = None) -> Run:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(load(imeis, rounds, rate))


async def connected(imeis: list[str], process: int) -> tuple[float, float]:
    """All of them logged in and one burst heard of each: the process's memory, and how long."""
    before = time.perf_counter()
    trackers: list[Tracker] = []
    for start in range(0, len(imeis), AT_ONCE):
        some = imeis[start : start + AT_ONCE]
        trackers += await asyncio.gather(*(Tracker.call(imei) for imei in some))
    now = clock.now()
    for start in range(0, len(trackers), AT_ONCE):
        some_trackers = trackers[start : start + AT_ONCE]
        await asyncio.gather(*(one.ask(burst(now), LAST_ANSWER) for one in some_trackers))
    taken_s = time.perf_counter() - before
    await asyncio.sleep(SETTLE_S)
    memory_mb = resident_mb(process)
    hang_up(trackers)
    await asyncio.sleep(SETTLE_S)
    return memory_mb, taken_s


def hang_up(trackers: list[Tracker]) -> None:
    for tracker in trackers:
        if tracker.transport is not None:
            tracker.transport.abort()


def resident_mb(process: int) -> float:
    """Memory that a process holds now."""
    status = Path(f"/proc/{process}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def connections() -> int:
    """How many the system's limit of open files allows, which is used up to the last."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(CONNECTED, hard - FILES_SPARE)


def measure(bench: Bench, imeis: list[str], rounds: int) -> list[Result]:
    talking = imeis[:TALKING]
    with serving(PEER, bench.env, tcp_ready):
        bare = measured(lambda: run(talking, rounds))
    with serving(GATEWAY, bench.env):
        before = bench.places()
        ours = measured(lambda: run(talking, rounds))
        half = run(talking, rounds, rate=ours.rate / 2)
        sent = 5 * TALKING * rounds * FIXES_A_BURST
        if (kept := bench.places() - before) != sent:
            raise RuntimeError(f"{sent} places were acknowledged and {kept} are kept")
    results = [
        Result("bursts", ours.rate, "fixes/s", bare.rate),
        Result("acknowledged_at_half_load_p50", half.percentile_ms(0.5), "ms"),
        Result("acknowledged_at_half_load_p99", half.percentile_ms(0.99), "ms"),
    ]
    with serving(PEER, bench.env, tcp_ready) as process, asyncio.Runner() as runner:
        bare_mb, bare_s = runner.run(connected(imeis, process))
    with serving(GATEWAY, bench.env) as process, asyncio.Runner() as runner:
        memory_mb, taken_s = runner.run(connected(imeis, process))
    return [
        *results,
        Result("memory_all_connected", memory_mb, "MB", bare_mb),
        Result("all_connect_and_send_a_burst", taken_s, "s", bare_s),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10)
    rounds = options.parse_args().rounds
    versions.tell()
    with database() as bench:
        imeis = [f"{860_000_000_000_000 + n}" for n in range(connections())]
        bench.fill([address_of("gt06", imei, bench.device_key) for imei in imeis])
        print(f"{len(imeis)} trackers, {TALKING} of them talk in bursts of {FIXES_A_BURST} fixes")
        print(f"{'':32} {'Tarazy':>12} {'':12}{'bare asyncio':>12} {'ratio':>8}")
        report("intake_trackers", measure(bench, imeis, rounds))


if __name__ == "__main__":
    main()
