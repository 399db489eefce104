# SPDX-License-Identifier: EUPL-1.2
"""Trackers over UDP: each datagram is whole frames; the sender's address stands for a connection.

Anybody can write any address into a datagram, so nothing is answered before the gate knows the
device. Senders are remembered up to a number, the one that
was silent longest is forgotten first: it only has to say again who it is.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import structlog
from typing_extensions import override

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.gateway.commands import Command
from tarazy.supervision.gateway.interface import Verdict
from tarazy.supervision.gateway.stream import frames_in
from tarazy.supervision.intake import own_clock
from tarazy.supervision.intake.conversation import Batch, Conversation
from tarazy.supervision.intake.trackers import Dropped, House
from tarazy.supervision.refusals import Refusal

log = structlog.get_logger()

SENDERS_MAX = 25_000
FRAMES_MAX = 250  # in one datagram
DATAGRAM_BYTES_MAX = 8 * 1024  # nothing longer than a packet of the network is to be expected

Address = tuple[Any, ...]


class Datagrams(asyncio.DatagramProtocol):
    """All trackers of one language that send datagrams."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._senders: OrderedDict[Address, Conversation] = OrderedDict()
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: Address) -> None:
        try:
            self._receive(data, addr)
        except Exception as error:  # noqa: BLE001 - one device must not take the others along
            # Without the traceback: it may hold a place.
            log.error("datagram_failed", kind=type(error).__name__)  # noqa: TRY400
            self._house.drop(Dropped.FAILED)

    def _receive(self, data: bytes, addr: Address) -> None:
        if not data or len(data) > min(self._house.language.FRAME_BYTES_MAX, DATAGRAM_BYTES_MAX):
            self._house.drop(Dropped.GARBAGE)
            return
        frames = frames_in(self._house.language, data)
        if len(frames) > FRAMES_MAX:
            self._house.drop(Dropped.FLOOD)
            return
        conversation, arrived = self._conversation(addr), clock.now()
        try:
            behind = own_clock.behind(arrived)
        except Temporary:
            return  # unanswered: the device sends it again
        batch = conversation.read(frames, arrived, behind)
        if batch.strangers:
            self._forget(addr, Dropped.UNKNOWN_DEVICE)
        if not batch.entries:
            return
        try:
            answer = self._house.committer.enqueue(batch.entries)
        except Temporary:
            return  # unanswered: the device sends it again
        answer.add_done_callback(partial(self._committed, addr, conversation, batch))

    def _committed(
        self,
        addr: Address,
        conversation: Conversation,
        batch: Batch,
        answer: asyncio.Future[list[Verdict]],
    ) -> None:
        if answer.cancelled() or answer.exception() is not None:
            return
        verdicts = answer.result()
        self._house.count(verdicts)
        if any(verdict.fate is Refusal.UNKNOWN_DEVICE for verdict in verdicts):
            self._forget(addr, Dropped.UNKNOWN_DEVICE)
            return
        self._send(batch.answer, addr)
        desk = self._house.desk
        device_id = verdicts[-1].device_id
        conversation.judged(batch, device_id)
        for entry, confirmed in batch.confirmed:
            desk.confirm(verdicts[entry].device_id, confirmed)
        if not conversation.settled:
            return
        # Through the networks' translators of addresses the way back is open for seconds only.
        waiting = [one for one in desk.waiting(device_id) if one.kind in self._kinds]
        if waiting:
            self._send(self._bytes(waiting, conversation), addr)
            desk.sent(device_id, waiting)

    @property
    def _kinds(self) -> frozenset[str]:
        return self._house.language.COMMANDS

    def _bytes(self, commands: list[Command], conversation: Conversation) -> bytes:
        language = self._house.language
        return b"".join(language.command(one, conversation.session) for one in commands)

    def _send(self, data: bytes, addr: Address) -> None:
        if data and self._transport is not None:
            self._transport.sendto(data, addr)

    def _conversation(self, addr: Address) -> Conversation:
        found = self._senders.get(addr)
        if found is None:
            found = Conversation(self._house.language, self._house.device_key)
            self._senders[addr] = found
            if len(self._senders) > SENDERS_MAX:
                self._senders.popitem(last=False)
        self._senders.move_to_end(addr)
        return found

    def _forget(self, addr: Address, reason: Dropped) -> None:
        self._senders.pop(addr, None)
        self._house.drop(reason)


async def listen(house: House, bind: str) -> Callable[[], None]:
    """Take datagrams on its port; call the result to take no more. Raises OSError."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Datagrams(house), local_addr=(bind, house.port)
    )
    return transport.close
