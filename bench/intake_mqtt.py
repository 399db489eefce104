# SPDX-License-Identifier: EUPL-1.2
"""Durable intake over MQTT, QoS 1, through a real Mosquitto with our own configuration.

Phones publish through the broker; a message counts once it is committed. The peer is a bare
subscriber (paho-mqtt, as ours) at the same broker, which counts what comes: what is lost against it
is the price of decoding, the law and the commit. Broker and load generator run on the same machine,
so that all of them share its cores.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from itertools import count
from pathlib import Path

import psycopg
import uvloop
from harness import GATEWAY, Bench, Result, Run, database, measured, report, serving
from peers import versions

from tarazy.supervision.gateway.credentials import address_of, broker_hash, new_token

MOSQUITTO = Path("/usr/sbin/mosquitto")
BROKER_PORT = 18003
GATEWAY_NAME, GATEWAY_WORD = "gateway", "bench"
URL = f"mqtt://{GATEWAY_NAME}:{GATEWAY_WORD}@127.0.0.1:{BROKER_PORT}"
PHONES = 200
WINDOW = 20
LOOK_S = 0.01
STUCK_S_MAX = 60.0

PEER = (
    """
import sys
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

heard = 0

def count(client, data, message):
    global heard
    heard += 1
    sys.stdout.write(f"{heard}\\n")
    sys.stdout.flush()

client = paho.Client(CallbackAPIVersion.VERSION2, client_id="peer")
client.username_pw_set("NAME", "WORD")
client.on_connect = lambda client, *rest: client.subscribe("owntracks/#", 1)
client.on_subscribe = lambda *rest: print(0, flush=True)
client.on_message = count
client.connect("127.0.0.1", PORT)
client.loop_forever()
""".replace("PORT", str(BROKER_PORT))
    .replace("NAME", GATEWAY_NAME)
    .replace("WORD", GATEWAY_WORD)
)

moments = count(1)
Phone = tuple[str, str]
"""A phone's name at the broker, and its token."""


def phones_of(bench: Bench) -> list[Phone]:
    """Phones under order that may log in at the broker."""
    names = [
        "dev_" + md5(f"d{n}".encode(), usedforsecurity=False).hexdigest()
        for n in range(1, PHONES + 1)
    ]
    tokens = [new_token() for _ in names]
    bench.fill([address_of("mqtt", name, bench.device_key) for name in names])
    with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as connection:
        connection.cursor().executemany(
            "UPDATE supervision_device SET broker_hash = %s WHERE public_id = %s",
            [(broker_hash(token), name) for name, token in zip(names, tokens, strict=True)],
        )
    return list(zip(names, tokens, strict=True))


@contextmanager
def broker(bench: Bench) -> Iterator[None]:
    """Mosquitto, set up by our own command."""
    folder = Path(bench.env["TARAZY_FOLDER"]) / "broker"
    (folder / "store").mkdir(parents=True, exist_ok=True)
    words = ["devices", "mosquitto-config", str(folder), "--port", str(BROKER_PORT)]
    words += ["--store", str(folder / "store")]
    code = "from tarazy.site.cli import app; app()"
    subprocess.run([sys.executable, "-c", code, *words], env=bench.env, check=True)
    if os.geteuid() == 0:  # else it changes to a user who cannot read the folder
        with (folder / "tarazy.conf").open("a") as conf:
            conf.write("\nuser root\n")
    running = subprocess.Popen(
        [MOSQUITTO, "-c", str(folder / "tarazy.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(30)


def packet(kind: int, *parts: bytes) -> bytes:
    """An MQTT 3.1.1 control packet."""
    body = b"".join(parts)
    length, rest = b"", len(body)
    while True:
        rest, low = divmod(rest, 128)
        length += bytes([low | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def text(words: str) -> bytes:
    raw = words.encode()
    return len(raw).to_bytes(2, "big") + raw


def published(name: str, number: int) -> bytes:
    """A place of its own each time, QoS 1."""
    told = {
        "_type": "location",
        "tid": "x",
        "lat": 43.2 + next(moments) % 9_999 / 1e5,
        "lon": 76.9,
        "acc": 12,
        "tst": int(time.time()) - number,
        "vel": 4,
    }
    payload = json.dumps(told).encode()
    return packet(0x32, text(f"owntracks/{name}/phone"), number.to_bytes(2, "big"), payload)


async def phone(mine: Phone, messages: list[bytes], sent_s: list[float], pause_s: float) -> None:
    """Publish with no more than a window of messages that the broker has not acknowledged."""
    reader, writer = await asyncio.open_connection("127.0.0.1", BROKER_PORT)
    flags = b"\x04\xc2\x00\x3c"  # 3.1.1, name and password, a clean session, 60 s
    writer.write(packet(0x10, text("MQTT"), flags, text(mine[0]), text(mine[0]), text(mine[1])))
    if (await reader.readexactly(4))[3]:
        raise RuntimeError("the broker refused a phone")
    waiting = 0
    due = time.perf_counter()
    for message in messages:
        if pause_s:
            due += pause_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        elif waiting == WINDOW:
            await reader.readexactly(4)
            waiting -= 1
        sent_s.append(time.perf_counter())
        writer.write(message)
        waiting += 1
    await reader.readexactly(4 * waiting)
    writer.write(b"\xe0\x00")
    writer.close()


async def load(
    phones: list[Phone], each: int, committed: Callable[[], int], rate: float | None = None
) -> Run:
    """All publish at once; how many were committed each second, and how long a message took.

    Of each message: the first committed is taken for the first sent; exact to the interval at
    which we look.
    """
    messages = [[published(name, number + 1) for number in range(each)] for name, _ in phones]
    before = await asyncio.to_thread(committed)
    pause_s = len(phones) / rate if rate else 0.0
    sent_s: list[float] = []
    latencies: list[float] = []
    began = time.perf_counter()
    talking = asyncio.gather(
        *(phone(one, told, sent_s, pause_s) for one, told in zip(phones, messages, strict=True))
    )
    wanted, done, moved_s = len(phones) * each, 0, began
    while done < wanted:
        await asyncio.sleep(LOOK_S)
        now_done = await asyncio.to_thread(committed) - before
        now_s = time.perf_counter()
        if now_done > done:
            latencies += [now_s - sent for sent in sent_s[done:now_done]]
            done, moved_s = now_done, now_s
        elif now_s - moved_s > STUCK_S_MAX:
            raise RuntimeError(f"{wanted} were sent and {done} are committed")
    taken_s = time.perf_counter() - began
    await talking
    return Run(wanted / taken_s, latencies)


def run(
    phones: list[Phone], each: int, committed: Callable[[], int], rate: float | None = None
) -> Run:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(load(phones, each, committed, rate))


@contextmanager
def peer() -> Iterator[Callable[[], int]]:
    """The bare subscriber; what it has heard so far."""
    process = subprocess.Popen([sys.executable, "-c", PEER], stdout=subprocess.PIPE, bufsize=0)
    stream = process.stdout
    if stream is None:
        raise RuntimeError("the peer has no output")
    stream.read(2)
    os.set_blocking(stream.fileno(), False)
    heard = 0

    def lines() -> int:
        nonlocal heard
        heard += (stream.read(1 << 20) or b"").count(b"\n")
        return heard

    try:
        yield lines
    finally:
        process.terminate()
        process.wait(30)


def measure(bench: Bench, each: int) -> list[Result]:
    phones = phones_of(bench)
    with broker(bench):
        with peer() as heard:
            bare = measured(lambda: run(phones, each, heard))
        with serving(GATEWAY, bench.env):
            ours = measured(lambda: run(phones, each, bench.places))
            half = run(phones, each, bench.places, rate=ours.rate / 2)
    return [
        Result("messages", ours.rate, "messages/s", bare.rate),
        Result("committed_at_half_load_p50", half.percentile_ms(0.5), "ms"),
        Result("committed_at_half_load_p99", half.percentile_ms(0.99), "ms"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=60, help="messages of each phone")
    each = options.parse_args().each
    versions.tell()
    if not MOSQUITTO.is_file():
        print("Mosquitto is not installed: not measured")
        return
    with database() as bench:
        bench.env["TARAZY_MQTT_URL"] = URL
        print(f"{PHONES} phones publish {each} messages each")
        print(f"{'':32} {'Tarazy':>12} {'':12}{'bare client':>12} {'ratio':>8}")
        report("intake_mqtt", measure(bench, each))


if __name__ == "__main__":
    main()
