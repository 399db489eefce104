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
import time

from harness import GATEWAY, PORT, Bench, Result, Run, database, measured, report, serving
from peers import versions

from tarazy.supervision.gateway.credentials import digest_of, new_token

DEVICES = 2_000
FIXES_A_BATCH = 100

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


def measure(bench: Bench, tokens: list[str], requests: int) -> list[Result]:
    def single() -> Run:
        return asyncio.run(load(tokens[:200], requests, 1))

    def batched() -> Run:
        return asyncio.run(load(tokens[:20], requests // 40, FIXES_A_BATCH))

    with serving(PEER, bench.env):
        bare, bare_batched = measured(single), measured(batched)
    with serving(GATEWAY, bench.env):
        ours, ours_batched = measured(single), measured(batched)
        half = asyncio.run(load(tokens[:200], requests, 1, rate=ours.rate / 2))
    fixes, bare_fixes = (FIXES_A_BATCH * run.rate for run in (ours_batched, bare_batched))
    return [
        Result("single", ours.rate, "requests/s", bare.rate),
        Result("batched", fixes, "fixes/s", bare_fixes),
        Result("acknowledged_at_half_load_p50", half.percentile_ms(0.5), "ms"),
        Result("acknowledged_at_half_load_p99", half.percentile_ms(0.99), "ms"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=8_000)
    requests = options.parse_args().requests
    versions.tell()
    tokens = [new_token() for _ in range(DEVICES)]
    with database() as bench:
        bench.fill([digest_of(token, bench.device_key) for token in tokens])
        print(f"{'':32} {'Tarazy':>12} {'':12}{'bare ASGI':>12} {'ratio':>8}")
        report("intake_http", measure(bench, tokens, requests))


if __name__ == "__main__":
    main()
