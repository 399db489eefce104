# SPDX-License-Identifier: EUPL-1.2
"""The feed against a real HTTP server: coherent reports, patience, clean ends."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from tarazy.core.errors import Misconfigured
from tarazy.supervision.simulate.feed import (
    Account,
    Clock,
    Feed,
    FeedPlan,
    read_plan,
    write_plan,
)
from tarazy.supervision.simulate.records import DeviceKind

START = 1_763_953_200.0
KINDS: tuple[DeviceKind, ...] = ("owntracks", "osmand", "traccar")
PLAN = FeedPlan(
    seed=1,
    people=50,
    accounts=tuple(Account(n, KINDS[n % 3], f"ulg-{n:05d}", f"{n:032x}") for n in range(50)),
)
HANG_UP = 0
WAIT_S = 60.0
SPEAKING = 48  # of fifty: one or two are silent
MANY = 20
Handler = Callable[[str, bytes], int]


async def serve(handler: Handler, port: int = 0) -> asyncio.Server:
    """An HTTP/1.1 server that answers what the handler says, or hangs up."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode().split("\r\n")
            lengths = [line for line in lines if line.lower().startswith("content-length:")]
            length = int(lengths[0].split(":")[1]) if lengths else 0
            body = await reader.readexactly(length)
            status = handler(lines[0], body)
            if status == HANG_UP:
                return
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\n[]".encode())
            await writer.drain()

    async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(until_closed, "127.0.0.1", port)


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def until(done: Callable[[], bool]) -> None:
    """Wait for it, however busy the machine is."""
    with anyio.fail_after(WAIT_S):
        while not done():
            await anyio.sleep(0.05)


async def feed_for(feed: Feed, during: Callable[[], Awaitable[None]]) -> None:
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(feed.run, stop)
        await during()
        stop.set()


def taken_at(line: str, body: bytes) -> tuple[str, int]:
    """Who reports, and the time in the report, from any of the three forms."""
    target = urlsplit(line.split(" ")[1])
    if target.query:
        query = parse_qs(target.query)
        return query["id"][0], int(query["timestamp"][0])
    report = json.loads(body)
    if "tst" in report:
        return report["tid"], report["tst"]
    return report["device_id"], 0


def test_every_device_reports_in_the_words_of_its_kind() -> None:
    seen: list[tuple[str, bytes]] = []

    def handler(line: str, body: bytes) -> int:
        seen.append((line, body))
        return 200

    clock = Clock(START, speed=20.0)

    async def main() -> Feed:
        server = await serve(handler)
        feed = Feed(PLAN, f"http://127.0.0.1:{port_of(server)}", clock)
        await feed_for(feed, lambda: until(lambda: len(who()) >= SPEAKING))
        server.close()
        return feed

    def who() -> set[str]:
        return {taken_at(*request)[0] for request in seen}

    feed = asyncio.run(main())
    assert len(who()) >= SPEAKING
    assert feed.counts["accepted"] == pytest.approx(len(seen), abs=5)
    assert feed.counts["refused"] == feed.counts["failed"] == 0
    times = [time for time in (taken_at(*request)[1] for request in seen) if time]
    assert min(times) >= START
    assert max(times) <= clock.now()


def test_reports_wait_while_the_gateway_is_away_and_then_all_come() -> None:
    seen: list[tuple[str, int]] = []
    state = {"status": 503}

    def handler(line: str, body: bytes) -> int:
        if state["status"] == 200:
            seen.append(taken_at(line, body))
        return state["status"]

    async def main() -> Feed:
        server = await serve(handler)
        port = port_of(server)
        feed = Feed(PLAN, f"http://127.0.0.1:{port}", Clock(START, speed=20.0))

        async def outage() -> None:
            await until(lambda: feed.counts["failed"] > 0)  # busy
            state["status"] = HANG_UP
            server.close()
            busy = feed.counts["failed"]
            await until(lambda: feed.counts["failed"] > busy + MANY)  # gone
            state["status"] = 200
            again = await serve(handler, port)
            await until(lambda: len(early()) > MANY)
            again.close()

        await feed_for(feed, outage)
        return feed

    def early() -> set[str]:
        """Whose reports from the time of the outage were kept and delivered."""
        return {who for who, time in seen if 0 < time < START + 30}

    feed = asyncio.run(main())
    assert feed.counts["failed"] > MANY
    assert feed.counts["refused"] == 0
    assert len(early()) > MANY
    timed = [(who, time) for who, time in seen if time]
    assert len(timed) == len(set(timed))


def test_what_the_gateway_refuses_is_counted_and_dropped() -> None:
    async def main() -> Feed:
        server = await serve(lambda *_request: 401)
        feed = Feed(PLAN, f"http://127.0.0.1:{port_of(server)}", Clock(START, speed=20.0))
        await feed_for(feed, lambda: until(lambda: feed.counts["refused"] > MANY))
        server.close()
        return feed

    feed = asyncio.run(main())
    assert feed.counts["refused"] > MANY
    assert feed.counts["accepted"] == feed.counts["failed"] == 0


def test_a_plan_is_kept_from_others_and_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, PLAN)
    assert read_plan(path) == PLAN
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"seed": 1}', b'{"scenario": -1}'])
def test_a_damaged_plan_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match="fill the demo again"):
        read_plan(path)


def test_a_plan_of_another_scenario_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, FeedPlan(seed=1, people=50, accounts=(), scenario=0))
    with pytest.raises(Misconfigured, match="make clean"):
        read_plan(path)
