# SPDX-License-Identifier: EUPL-1.2
"""The desk: commands wait here for their device, and go out when it is there.

The table is the truth, the desk a copy of what waits. A command that went out but was not yet noted
as sent when the process died is sent again: asking twice is better than never.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

import structlog

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.actions.commands import CommandStore, Waiting
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.intake import metrics

log = structlog.get_logger()

LOOK_S = 30.0
RETRY_S = 1.0
ANSWERS_MAX = 10_000

Deliver = Callable[[list[Command]], bool]
"""Writes commands to a device; whether they went out."""


class Desk:
    """What waits for whom, and who is there."""

    def __init__(self, queue: CommandStore, notes: CommandStore) -> None:
        self._queue = queue
        self._notes = notes
        self._waiting: dict[int, list[Waiting]] = {}
        self._there: dict[int, tuple[frozenset[CommandKind], Deliver]] = {}
        self._sent: set[int] = set()
        self._noted: set[int] = set()
        """Those of the sent that the table has by now; one that looked before sees them still."""
        self._answers: list[tuple[int, Confirmed]] = []
        self._written = asyncio.Event()

    def arrive(self, device_id: int, kinds: frozenset[CommandKind], deliver: Deliver) -> None:
        """A device is there and stays: give it what waits, now and later."""
        if device_id:
            self._there[device_id] = kinds, deliver
            self._hand_over(device_id)

    def leave(self, device_id: int, deliver: Deliver) -> None:
        """It went; unless it has come back over another connection meanwhile."""
        if device_id in self._there and self._there[device_id][1] == deliver:
            del self._there[device_id]

    def waiting(self, device_id: int) -> Sequence[Command]:
        """What a device that is here for one moment should take along."""
        return [one.command for one in self._waiting.get(device_id, ())]

    def sent(self, device_id: int, commands: Sequence[Command]) -> None:
        """It took these along."""
        numbers = {command.number for command in commands}
        waiting = self._waiting.pop(device_id, [])
        self._note_sent([one for one in waiting if one.command.number in numbers])
        rest = [one for one in waiting if one.command.number not in numbers]
        if rest:
            self._waiting[device_id] = rest

    def confirm(self, device_id: int, confirmed: Confirmed) -> None:
        """A device answered a command. One that answers what nobody asked does not fill us up."""
        if len(self._answers) >= ANSWERS_MAX:
            metrics.COMMANDS.labels("answer_lost").inc()
            return
        self._answers.append((device_id, confirmed))
        self._written.set()

    async def run(self) -> None:
        """Learn of new commands until cancelled."""
        while True:
            try:
                noted = set(self._noted)
                self._take(await self._queue.queued(clock.now()))
                self._sent -= noted
                self._noted -= noted
                await self._queue.wait(LOOK_S)
            except Temporary:
                await asyncio.sleep(RETRY_S)

    async def write(self) -> None:
        """Note in the table what went out and what was answered, until cancelled."""
        while True:
            await self._written.wait()
            self._written.clear()
            try:
                await self._write()
            except Temporary:
                await asyncio.sleep(RETRY_S)
                self._written.set()

    async def _write(self) -> None:
        now = clock.now()
        answers = len(self._answers)  # those that come meanwhile may be to what is not noted yet
        if rows := list(self._sent - self._noted):
            await self._notes.sent(rows, now)
            self._noted.update(rows)
            metrics.COMMANDS.labels("sent").inc(len(rows))
        for _ in range(answers):
            device_id, confirmed = self._answers[0]
            await self._notes.answered(device_id, confirmed, now)
            self._answers.pop(0)
            metrics.COMMANDS.labels("confirmed" if confirmed.done else "failed").inc()

    def _take(self, queued: Sequence[Waiting]) -> None:
        found: dict[int, list[Waiting]] = defaultdict(list)
        for one in queued:
            if one.row not in self._sent:
                found[one.device_id].append(one)
        self._waiting = dict(found)
        for device_id in found:
            self._hand_over(device_id)

    def _hand_over(self, device_id: int) -> None:
        waiting = self._waiting.get(device_id, [])
        if not waiting or device_id not in self._there:
            return
        kinds, deliver = self._there[device_id]
        ready = [one for one in waiting if one.command.kind in kinds]
        if ready and deliver([one.command for one in ready]):
            self._note_sent(ready)
            self._waiting[device_id] = [one for one in waiting if one not in ready]

    def _note_sent(self, gone: Sequence[Waiting]) -> None:
        self._sent.update(one.row for one in gone)
        if gone:
            self._written.set()
