# SPDX-License-Identifier: EUPL-1.2
"""Durable intake over HTTP: reports decoded, gated, committed and acknowledged in a second.

The peer is a bare ASGI application on the same server which reads the body and answers `[]`: what
is lost against it is the price of decoding, the law and the commit. The load generator runs on the
same machine, so that all of them share its cores.
"""

import argparse
import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from tarazy.core import ids
from tarazy.site import secrets
from tarazy.site.postgres import Postgres
from tarazy.supervision.gateway.credentials import digest_of, new_token

OUT = Path(__file__).parent / "out" / "intake_http.jsonl"
PORT = 18001
DEVICES = 2_000
FIXES_A_BATCH = 100
RUNS = 3

GATEWAY = "from tarazy.site import service; service.gateway()"
PEER = """
import asyncio
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

async def reply(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    head = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"[]"})

server = Server(reply, "127.0.0.1", PORT, interface=Interfaces.ASGINL, http=HTTPModes.http1,
                websockets=False, backlog=4096, backpressure=25_000, log_enabled=False)
asyncio.run(server.serve())
""".replace("PORT", str(PORT))

FILL = """
INSERT INTO supervision_fitting (public_id, device_id, person_id, period)
    SELECT 'fit_' || md5(id::text), id, id, tstzrange(now() - interval '9 days', NULL)
    FROM supervision_device;
INSERT INTO supervision_order (public_id, person_id, measure, court, document_number, judge,
    decided_on, in_force, late_upload_h, time_zone, version)
    SELECT 'ord_' || md5(id::text), id, 'bail', '', '', '', now(),
        tstzrange(now() - interval '9 days', now() + interval '9 days'), 72, 'Asia/Almaty', 1
    FROM supervision_person;
ANALYZE;
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure, and the peer's in the same run."""

    name: str
    value: float
    unit: str
    peer: float | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """Requests in a second, and how long the answers took."""

    rate: float
    latencies_s: list[float]

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return ordered[int(share * (len(ordered) - 1))]


def environment(folder: Path, server: Postgres) -> dict[str, str]:
    return {
        **os.environ,
        **secrets.make("demo-"),
        "TARAZY_MODE": "demo",
        "TARAZY_FOLDER": str(folder),
        "TARAZY_GATEWAY_PORT": str(PORT),
        "DATABASE_URL": server.url("tarazy_app"),
        "TARAZY_OWNER_DATABASE_URL": server.url("tarazy_owner"),
        "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
    }


def fill(server: Postgres, key: str) -> list[str]:
    """People under order, each with a device; the tokens."""
    tokens = [new_token() for _ in range(DEVICES)]
    with psycopg.connect(server.url("tarazy_owner"), autocommit=True) as connection:
        cursor = connection.cursor()
        cursor.executemany(
            "INSERT INTO supervision_person (public_id, full_name, sort_key, phone)"
            " VALUES (%s, 'x', 'x', '')",
            [[ids.new_id("per")] for _ in tokens],
        )
        cursor.executemany(
            "WITH device AS (INSERT INTO supervision_device"
            " (public_id, kind, identifier, broker_hash, report_interval_s)"
            " VALUES (%s, 'owntracks', %s, '', 60) RETURNING id)"
            " INSERT INTO supervision_deviceaddress (device_id, digest) SELECT id, %s FROM device",
            [[ids.new_id("dev"), one, digest_of(one, key)] for one in tokens],
        )
        connection.execute(FILL)
    return tokens


@contextmanager
def serving(code: str, env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def request(token: str, fixes: int) -> bytes:
    """A request of its own each time: no two reports are the same."""
    now = time.time()
    told = [
        {"_type": "location", "lat": 43.2, "lon": 76.9, "acc": 12, "tst": now - 60 * n, "vel": 4}
        for n in range(fixes)
    ]
    body = json.dumps(told[0] if fixes == 1 else told).encode()
    login = base64.b64encode(f"x:{token}".encode()).decode()
    head = (
        f"POST /pub HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {login}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load(tokens: list[str], requests: int, fixes: int, rate: float | None = None) -> Run:
    """One connection a token, in turn; with a rate, paced to that many requests a second."""
    latencies: list[float] = []
    share = requests // len(tokens)
    pause_s = len(tokens) / rate if rate else 0.0

    async def client(token: str, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        due = time.perf_counter() + pause_s * number / len(tokens)
        for _ in range(share):
            due += pause_s
            if pause_s:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            message = request(token, fixes)
            began = time.perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            latencies.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client(token, n) for n, token in enumerate(tokens)))
    return Run(len(latencies) / (time.perf_counter() - began), latencies)


def measured(go: Callable[[], Run]) -> Run:
    """The middle one of several runs, after one that warms up."""
    go()
    runs = sorted((go() for _ in range(RUNS)), key=lambda run: run.rate)
    return runs[len(runs) // 2]


def measure(env: dict[str, str], tokens: list[str], requests: int) -> list[Result]:
    def single() -> Run:
        return asyncio.run(load(tokens[:200], requests, 1))

    def batched() -> Run:
        return asyncio.run(load(tokens[:20], requests // 40, FIXES_A_BATCH))

    with serving(PEER, env):
        bare, bare_batched = measured(single), measured(batched)
    with serving(GATEWAY, env):
        ours, ours_batched = measured(single), measured(batched)
        half = asyncio.run(load(tokens[:200], requests, 1, rate=ours.rate / 2))
    median_ms, worst_ms = (1000 * half.percentile(share) for share in (0.5, 0.99))
    return [
        Result("single", ours.rate, "requests/s", bare.rate, ours.rate / bare.rate),
        Result(
            "batched",
            ours_batched.rate * FIXES_A_BATCH,
            "fixes/s",
            bare_batched.rate * FIXES_A_BATCH,
            ours_batched.rate / bare_batched.rate,
        ),
        Result("acknowledged_at_half_load_p50", median_ms, "ms", None, None),
        Result("acknowledged_at_half_load_p99", worst_ms, "ms", None, None),
    ]


def report(results: list[Result]) -> None:
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as lines:
        for one in results:
            lines.write(json.dumps({**asdict(one), "name": f"intake_http_{one.name}"}) + "\n")
            peer = "" if one.peer is None else f"{one.peer:12.0f} {one.ratio:8.2f}"
            print(f"{one.name:32} {one.value:12.1f} {one.unit:12}{peer}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=8_000)
    requests = options.parse_args().requests
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    server = Postgres(folder / "postgres")
    try:
        server.start()
        env = environment(folder, server)
        migrate = [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v", "0"]
        subprocess.run(migrate, env=env, check=True)
        tokens = fill(server, env["TARAZY_DEVICE_KEY"])
        print(f"{'':32} {'Tarazy':>12} {'':12}{'bare ASGI':>12} {'ratio':>8}")
        report(measure(env, tokens, requests))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
