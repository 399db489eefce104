# SPDX-License-Identifier: EUPL-1.2
"""Trackers over TCP: answered after the commit, and dropped when they do harm."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from prometheus_client import REGISTRY
from supervision.running import World, ago
from supervision.trackers import Call, open_house, queue, state_of, times_of, tracker, until

from tarazy.supervision.gateway import gt06 as gt06_language
from tarazy.supervision.gateway import watch
from tarazy.supervision.gateway.stream import GARBAGE_BYTES_MAX, Cut, frames_in
from tarazy.supervision.intake import trackers
from tarazy.supervision.intake.datagrams import DATAGRAM_BYTES_MAX, FRAMES_MAX
from tarazy.supervision.intake.trackers import Dropped, House
from tarazy.supervision.simulate import trackers as gt06

Scene = Callable[[House], Awaitable[None]]


def dropped(reason: Dropped) -> float:
    labels = {"language": "gt06", "reason": reason.value}
    return REGISTRY.get_sample_value("tarazy_gateway_dropped_total", labels) or 0.0


def play(world: World, scene: Scene) -> None:
    async def scenario() -> None:
        async with open_house(world.server.url("tarazy_app")) as house:
            await scene(house)

    asyncio.run(scenario())


def test_a_fix_is_kept_with_both_clocks_before_the_answer(world: World) -> None:
    wearer, imei = tracker(world)
    at = ago(minutes=3)

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.report(gt06.location(at, 43.25, 76.9, speed_kmh=5))
        kept = world.fixes(wearer)
        (fix,) = [one for one in kept if one["lat"] is not None]
        assert (fix["lat"], fix["lon"], fix["speed_kmh"]) == (43.25, 76.9, 5)
        assert (fix["satellites"], fix["stored"], fix["alarms"]) == (9, False, [])
        assert fix["known_at"] > fix["at"]
        assert len(kept) == 3  # log-in and heartbeat are signs of life
        call.hang_up()

    play(world, scene)


def test_an_alarm_without_a_readable_time_is_kept_without_its_place(world: World) -> None:
    wearer, imei = tracker(world)
    told = gt06.place(ago(minutes=3), 43.25, 76.9)
    body = bytes(6) + told[6:] + b"\x08" + gt06.CELL + bytes([0x40, 4, 4, gt06.SOS, 1])

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.report(gt06.frame(gt06.ALARM, body, 4))
        call.hang_up()

    play(world, scene)
    (fix,) = [one for one in world.fixes(wearer) if one["alarms"]]
    assert (fix["alarms"], fix["marks"]) == (["sos"], ["arrival_time"])
    assert (fix["lat"], fix["content"], fix["battery_percent"]) == (None, "\\x", 60)
    assert world.counts(wearer.device_id) == {"bad_time": 1}


def test_a_message_may_come_in_any_pieces(world: World) -> None:
    wearer, imei = tracker(world)
    moments = [ago(minutes=n) for n in (3, 2, 1)]
    told = [gt06.location(at, 43.2, 76.9, serial=n) for n, at in enumerate(moments)]

    async def scene(house: House) -> None:
        call = await Call.to(house)
        for byte in gt06.login(imei) + b"\r\n\x00" + told[0]:
            await call.say(bytes([byte]))
            await asyncio.sleep(0)
        await call.report(told[1] + told[2])
        call.hang_up()

    play(world, scene)
    assert times_of(world, wearer) == moments


def test_an_id_that_is_not_enrolled_is_closed_and_counted(world: World) -> None:
    before = dropped(Dropped.UNKNOWN_DEVICE)
    counted = world.counts(0).get("unknown_device", 0)

    async def scene(house: House) -> None:
        stranger = await Call.to(house)
        await stranger.say(gt06.login("358899000000001"))
        assert await stranger.closed() == b""
        nameless = await Call.to(house)
        await nameless.say(gt06.location(ago(minutes=1), 43.2, 76.9))
        assert await nameless.closed() == b""
        await until(lambda: not house.connections)

    play(world, scene)
    assert dropped(Dropped.UNKNOWN_DEVICE) == before + 2
    # The nameless one does not come as far as the gate.
    assert world.counts(0)["unknown_device"] == counted + 1


def test_without_an_order_nothing_is_kept_but_the_device_is_answered(world: World) -> None:
    wearer, imei = tracker(world, ends=-timedelta(days=1))

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.report(gt06.location(ago(minutes=1), 43.2, 76.9))
        call.hang_up()

    play(world, scene)
    assert world.fixes(wearer) == []
    assert world.counts(wearer.device_id) == {"no_order": 3}


def test_the_same_fix_again_is_kept_once(world: World) -> None:
    wearer, imei = tracker(world)
    at = ago(minutes=9)

    async def scene(house: House) -> None:
        for serial in (2, 77):
            call = await Call.logged_in(house, imei)
            await call.report(gt06.location(at, 43.2, 76.9, serial=serial))
            call.hang_up()

    play(world, scene)
    assert times_of(world, wearer) == [at]


def test_an_alarm_comes_with_its_fix(world: World) -> None:
    wearer, imei = tracker(world)

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.report(gt06.alarm(ago(minutes=1), 43.2, 76.9, code=gt06.SOS))
        call.hang_up()

    play(world, scene)
    assert [one["alarms"] for one in world.fixes(wearer) if one["lat"]] == [["sos"]]


@pytest.mark.parametrize(
    ("noise", "reason"),
    [
        (bytes(trackers.GARBAGE_BYTES_MAX + 1), Dropped.GARBAGE),
        (b"\x78\x78" * trackers.GARBAGE_BYTES_MAX, Dropped.GARBAGE),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 200, Dropped.GARBAGE),
    ],
    ids=["nothing", "false starts", "a browser"],
)
def test_garbage_is_dropped(world: World, noise: bytes, reason: Dropped) -> None:
    before = dropped(reason)

    async def scene(house: House) -> None:
        call = await Call.to(house)
        await call.say(noise)
        await call.closed()
        await until(lambda: not house.connections)

    play(world, scene)
    assert dropped(reason) == before + 1


def test_a_flood_is_dropped_and_what_was_committed_of_it_stays(world: World) -> None:
    wearer, imei = tracker(world)
    before = dropped(Dropped.FLOOD)

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        beats = b"".join(gt06.heartbeat(serial=n) for n in range(trackers.FRAMES_A_MINUTE_MAX + 9))
        call.writer.write(beats)
        await call.closed()
        await until(lambda: not house.connections)

    play(world, scene)
    assert dropped(Dropped.FLOOD) == before + 1
    assert len(world.fixes(wearer)) >= 1


@pytest.mark.parametrize(
    ("piece", "after_s", "reason"),
    [
        (gt06.heartbeat()[:6], trackers.FRAME_S_MAX, Dropped.SLOW),
        (b"", trackers.SILENT_S_MAX, Dropped.SILENT),
    ],
)
def test_slow_and_silent_ones_are_dropped(
    world: World, piece: bytes, after_s: float, reason: Dropped
) -> None:
    _, imei = tracker(world)
    before = dropped(reason)

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.say(piece)
        await asyncio.sleep(0.2)
        now_s = asyncio.get_running_loop().time()
        house.sweep(now_s + after_s - 5)
        assert len(house.connections) == 1
        house.sweep(now_s + after_s + 5)
        await call.closed()

    play(world, scene)
    assert dropped(reason) == before + 1


def test_all_languages_together_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process has so many open files, whatever their devices speak."""
    monkeypatch.setattr(trackers, "CONNECTIONS_MAX", 3)
    before = dropped(Dropped.TOO_MANY)
    url = world.server.url("tarazy_app")

    async def scene() -> None:
        async with open_house(url, "watch") as watches, open_house(url) as house:
            watches.street = house.street = (watches, house)
            calls = [await Call.to(one) for one in (watches, watches, house)]
            await until(lambda: len(watches.connections) + len(house.connections) == 3)
            await (await Call.to(house)).closed()
            for call in calls:
                call.hang_up()

    asyncio.run(scene())
    assert dropped(Dropped.TOO_MANY) == before + 1


def test_who_does_not_log_in_is_dropped(world: World) -> None:
    before = dropped(Dropped.SILENT)

    async def scene(house: House) -> None:
        call = await Call.to(house)
        await until(lambda: len(house.connections) == 1)
        house.sweep(asyncio.get_running_loop().time() + trackers.LOGIN_S_MAX + 1)
        await call.closed()

    play(world, scene)
    assert dropped(Dropped.SILENT) == before + 1


def test_garbage_instead_of_a_log_in_gains_no_time(world: World) -> None:
    before = dropped(Dropped.SILENT)

    async def scene(house: House) -> None:
        call = await Call.to(house)
        await until(lambda: len(house.connections) == 1)
        (connection,) = house.connections
        connection._began_s -= trackers.LOGIN_S_MAX + 1
        await call.say(b"\x00")
        await asyncio.sleep(0.2)
        house.sweep(asyncio.get_running_loop().time())
        await call.closed()

    play(world, scene)
    assert dropped(Dropped.SILENT) == before + 1


def test_who_does_not_read_is_dropped(world: World) -> None:
    _, imei = tracker(world)
    before = dropped(Dropped.NOT_READING)

    async def scene(house: House) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            deaf.settimeout(0)
            await loop.sock_connect(deaf, ("127.0.0.1", house.port))
            await loop.sock_sendall(deaf, gt06.login(imei))
            for _ in range(trackers.FRAMES_A_MINUTE_MAX // 500 - 1):
                await loop.sock_sendall(deaf, gt06.heartbeat() * 500)
            await until(lambda: any(one._unread_since_s is not None for one in house.connections))
            house.sweep(loop.time() + trackers.UNREAD_S_MAX + 1)
            await until(lambda: not house.connections)

    play(world, scene)
    assert dropped(Dropped.NOT_READING) == before + 1


def test_a_database_that_is_away_is_no_answer(world: World) -> None:
    _, imei = tracker(world)
    before = dropped(Dropped.DATABASE_AWAY)

    async def scenario() -> None:
        async with open_house("postgresql://tarazy_app@/tarazy?host=/nowhere") as house:
            house.committer.hurry()
            call = await Call.to(house)
            await call.say(gt06.login(imei))
            assert await call.closed() == b""

    asyncio.run(scenario())
    assert dropped(Dropped.DATABASE_AWAY) == before + 1


def test_a_command_goes_out_at_once_or_when_the_device_is_there(world: World) -> None:
    wearer, imei = tracker(world)
    waiting = queue(world, wearer.device_id, "locate")

    async def scene(house: House) -> None:
        call = await Call.to(house)
        await call.say(gt06.login(imei))
        first = await call.hear(b"\x78\x78")
        assert first
        await until(lambda: state_of(world, waiting)[0] == "sent")
        await call.report(gt06.command_answer(7, "Lat:N43.2"))
        await until(lambda: state_of(world, waiting)[0] == "confirmed")
        later = queue(world, wearer.device_id, "interval", seconds=120)
        await until(lambda: state_of(world, later)[0] == "sent")
        call.hang_up()

    play(world, scene)
    assert "Lat:N43.2" in state_of(world, waiting)[1]


def test_over_udp(world: World) -> None:
    wearer, imei = tracker(world)
    at = ago(minutes=2)

    async def scene(house: House) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0)
            sender.connect(("127.0.0.1", house.port))
            await loop.sock_sendall(sender, gt06.login(imei))
            async with asyncio.timeout(5):
                assert await loop.sock_recv(sender, 99) == gt06.acknowledgement(gt06.LOGIN, 1)
                told = gt06.location(at, 43.2, 76.9) + gt06.heartbeat(serial=5)
                await loop.sock_sendall(sender, told)
                answer = await loop.sock_recv(sender, 99)
        assert answer.endswith(gt06.acknowledgement(gt06.STATUS, 5))

    play(world, scene)
    assert times_of(world, wearer) == [at]


def test_a_stranger_over_udp_hears_nothing(world: World) -> None:
    before = dropped(Dropped.UNKNOWN_DEVICE)

    async def scene(house: House) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.settimeout(0)
            sender.connect(("127.0.0.1", house.port))
            sender.send(gt06.login("358899000000002"))
            await until(lambda: dropped(Dropped.UNKNOWN_DEVICE) == before + 1)
            await asyncio.sleep(0.1)
            with pytest.raises(BlockingIOError):
                sender.recv(99)

    play(world, scene)


def test_garbage_over_udp_takes_no_time(world: World) -> None:
    before, flooded = dropped(Dropped.GARBAGE), dropped(Dropped.FLOOD)
    assert len(frames_in(watch, b"[" * 200 + b"[3G*1*0002*LK]")) == 1
    cuts = 0

    def cut(buffer: bytes) -> Cut:
        nonlocal cuts
        cuts += 1
        return watch.cut(buffer)

    with patch.object(gt06_language, "cut", cut):
        frames_in(gt06_language, b"[" * DATAGRAM_BYTES_MAX)
    assert cuts <= GARBAGE_BYTES_MAX + 1

    async def scene(house: House) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"[" * (DATAGRAM_BYTES_MAX + 1), ("127.0.0.1", house.port))
            await until(lambda: dropped(Dropped.GARBAGE) == before + 1)
            sender.sendto(gt06.heartbeat() * (FRAMES_MAX + 1), ("127.0.0.1", house.port))
            await until(lambda: dropped(Dropped.FLOOD) == flooded + 1)

    play(world, scene)


def test_bad_messages_are_counted_by_their_reason(world: World) -> None:
    wearer, imei = tracker(world)

    async def scene(house: House) -> None:
        call = await Call.logged_in(house, imei)
        await call.report(gt06.frame(gt06.LOCATION, b"\x1a\x0f\x2f", 3))
        call.hang_up()

    play(world, scene)
    assert set(world.counts(wearer.device_id)) & {"truncated", "not_a_frame", "bad_time"}
