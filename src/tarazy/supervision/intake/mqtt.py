# SPDX-License-Identifier: EUPL-1.2
"""Phones over MQTT: a subscriber to the broker that acknowledges after the commit.

The broker keeps for us what it was not told to forget: the session is persistent, QoS is 1, and
each PUBACK of ours goes out only when the message is committed. What the phone hears as its own
PUBACK comes from the broker, though. Between the two it is the broker that must not lose anything;
docs/operations.md says how Mosquitto is set up for that, and what is lost if it is killed.

The network is in a thread of its own (paho-mqtt); messages cross to the gateway's event loop in
bunches. A message that cannot be committed now stays unacknowledged and is tried again: the broker
sends no more than its window of unacknowledged ones, so little waits here.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
import structlog
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tarazy.core import clock
from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.actions.broker import AUTOSAVE_CHANGES
from tarazy.supervision.actions.intake import Entry, entry_of, refused_entry
from tarazy.supervision.gateway import owntracks, times, topics
from tarazy.supervision.gateway.commands import Command
from tarazy.supervision.gateway.credentials import address_of, secret_of
from tarazy.supervision.gateway.interface import Message, Report, Verdict
from tarazy.supervision.gateway.topics import Topic
from tarazy.supervision.intake import metrics, own_clock
from tarazy.supervision.intake.commands import Desk
from tarazy.supervision.intake.committer import Committer
from tarazy.supervision.refusals import Refusal

log = structlog.get_logger()

LANGUAGE = "mqtt"
CLIENT_ID = "tarazy-gateway"
KEEPALIVE_S = 30
RECONNECT_S = 1, 30
RETRY_S = 1.0
PAYLOAD_BYTES_MAX = 64 * 1024
TLS_PORT, PLAIN_PORT = 8883, 1883


class Arrival(NamedTuple):
    """A message of the broker, and the connection over which it may be acknowledged.

    Message numbers begin anew with a connection: an old acknowledgement must not hit a new message.
    """

    connection: int
    number: int
    qos: int
    kept: bool
    """A copy of the broker's, of a message that a phone wanted it to keep; it may be old."""
    topic: str
    payload: bytes


def have_us_written(client: paho.Client) -> None:
    """Have a broker that did not know us write its store now, with our subscriptions in it.

    It writes after so many messages for somebody: these come to ourselves, and say nothing. If it
    were killed before it ever wrote, it would come back without a subscriber, and forget what
    phones told it until we were there again.
    """
    for _ in range(AUTOSAVE_CHANGES):
        client.publish(topics.NOBODY, b"", qos=1)


def _dated(part: Report | Refusal) -> Report | Refusal:
    """What the broker kept comes anew whenever we subscribe: it must tell itself when it was."""
    return Refusal.BAD_TIME if isinstance(part, Report) and part.at is None else part


class Subscriber:
    """The gateway's place at the broker. Without an address it does nothing."""

    def __init__(self, url: str, device_key: str, committer: Committer, desk: Desk) -> None:
        self._url = urlsplit(url)
        self._key = device_key
        self._committer = committer
        self._desk = desk
        self._arrived: deque[Arrival] = deque()
        self._connection = 0
        self._paused = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client = self._made() if self._url.hostname else None

    def start(self) -> None:
        """Connect, now or as soon as the broker is there, and stay connected."""
        if self._client is None:
            return
        self._loop = asyncio.get_running_loop()
        tls = self._url.scheme == "mqtts"
        port = self._url.port or (TLS_PORT if tls else PLAIN_PORT)
        self._client.connect_async(self._url.hostname or "", port, KEEPALIVE_S)
        self._client.loop_start()

    def pause(self) -> None:
        """Take nothing more; what was taken is still committed and acknowledged."""
        self._paused = True

    def stop(self) -> None:
        """Leave the broker; it keeps for us what we did not acknowledge."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def _made(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=CLIENT_ID,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        if self._url.username:
            client.username_pw_set(unquote(self._url.username), unquote(self._url.password or ""))
        if self._url.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    # --- in the network's thread ---

    def _on_connect(
        self, client: paho.Client, _data: Any, flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            log.warning("broker_refused_us", reason=str(reason))
            return
        self._connection += 1
        metrics.BROKER.set(1)
        log.info("broker_connected")
        client.subscribe([(topic, 1) for topic in topics.SUBSCRIBED])
        if not flags.session_present:
            have_us_written(client)

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        metrics.BROKER.set(0)
        log.warning("broker_left", reason=str(reason))

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        told = Arrival(
            self._connection,
            message.mid,
            message.qos,
            message.retain,
            message.topic,
            bytes(message.payload),
        )
        self._arrived.append(told)
        if len(self._arrived) == 1 and self._loop is not None:
            self._loop.call_soon_threadsafe(self._take)

    # --- in the gateway's event loop ---

    def _take(self) -> None:
        if self._paused:
            return
        taken = []
        while self._arrived:
            taken.append(self._arrived.popleft())
        try:
            self._submit(taken)
        except Temporary:
            self._later(taken)

    def _submit(self, taken: Sequence[Arrival]) -> None:
        """To the gate with all of these. Raises Temporary."""
        entries: list[Entry] = []
        senders: list[Topic | None] = []
        for arrival in taken:
            found = self._read(arrival)
            entries += found
            # What the broker kept says nothing of who is there now, nor under which topic.
            sender = None if arrival.kept else topics.topic_of(arrival.topic)
            senders += [sender] * len(found)
        if not entries:
            self._acknowledge(taken)
            return
        answer = self._committer.enqueue(entries)
        answer.add_done_callback(partial(self._committed, taken, senders))

    def _committed(
        self,
        taken: Sequence[Arrival],
        senders: list[Topic | None],
        answer: asyncio.Future[list[Verdict]],
    ) -> None:
        if answer.cancelled() or answer.exception() is not None:
            self._later(taken)
            return
        self._acknowledge(taken)
        for verdict, sender in zip(answer.result(), senders, strict=True):
            metrics.REPORTS.labels(LANGUAGE, verdict.fate).inc()
            if sender is not None:
                deliver = partial(self._deliver, sender)
                self._desk.arrive(verdict.device_id, owntracks.COMMANDS, deliver)

    def _acknowledge(self, taken: Sequence[Arrival]) -> None:
        for arrival in taken:
            current = arrival.qos and arrival.connection == self._connection
            if current and self._client is not None:
                self._client.ack(arrival.number, arrival.qos)

    def _later(self, taken: Sequence[Arrival]) -> None:
        """The database is away: these stay unacknowledged, and come again.

        What a phone sent without wanting to know whether it came (QoS 0) goes: no window of the
        broker's bounds how much of that would gather here.
        """
        if self._loop is not None and not self._paused:
            self._arrived.extendleft(arrival for arrival in reversed(taken) if arrival.qos)
            self._loop.call_later(RETRY_S, self._take)

    def _read(self, arrival: Arrival) -> list[Entry]:
        """What a message says. Raises Temporary."""
        try:
            return self._entries(arrival)
        except Temporary:
            raise
        except Exception as error:  # noqa: BLE001 - one phone must not take the others along
            # Without the traceback: it may hold a place.
            log.error("message_failed", kind=type(error).__name__)  # noqa: TRY400
            return []

    def _entries(self, arrival: Arrival) -> list[Entry]:
        """What a message says; one that is none of a phone's is nobody's. Raises Temporary."""
        sender = topics.topic_of(arrival.topic)
        if sender is None or sender.kind not in topics.READ:
            return []
        arrived = clock.now()
        behind = own_clock.behind(arrived)
        credential = address_of(LANGUAGE, sender.user, self._key)
        if len(arrival.payload) > PAYLOAD_BYTES_MAX:
            return [refused_entry(Refusal.BODY_TOO_LARGE, credential, arrived)]
        passphrase = partial(secret_of, sender.user, self._key)
        try:
            message = Message(b"", arrival.payload, passphrase, arrived + behind)
            decoded = owntracks.decode(message)
        except Refused as refused:
            return [refused_entry(Refusal(refused.name), credential, arrived)]
        parts = [_dated(part) for part in decoded.parts] if arrival.kept else decoded.parts
        return [
            entry_of(part, times.settle(part.at, arrived, behind), credential, arrived)
            if isinstance(part, Report)
            else refused_entry(part, credential, arrived)
            for part in parts
        ]

    def _deliver(self, sender: Topic, commands: list[Command]) -> bool:
        """Commands to a phone; the broker keeps them until it is there."""
        if self._client is None or not self._client.is_connected():
            return False
        for told in chain.from_iterable(map(owntracks.commands_of, commands)):
            self._client.publish(sender.command, msgspec.json.encode(told), qos=1)
        return True
