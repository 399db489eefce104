# SPDX-License-Identifier: EUPL-1.2
"""Commands to devices: queue one through the door; note how far it came at the gateway.

What the gateway notes has no door of its own, as intake has none: no person asks for it, and the
command's row itself says when it went out and what the device answered.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog
from django.db import connection

from tarazy.core.door import Door, action
from tarazy.core.errors import Refused, Temporary
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.gateway.commands import (
    INTERVAL_S_MAX,
    INTERVAL_S_MIN,
    TEXT_LENGTH_MAX,
    VIBRATE_S_MAX,
    Command,
    CommandKind,
    Confirmed,
)
from tarazy.supervision.gateway.languages import commands_of
from tarazy.supervision.models import Device, DeviceCommand, Fitting
from tarazy.supervision.models.devices import CommandState
from tarazy.supervision.refusals import Refusal

log = structlog.get_logger()

CHANNEL = "tarazy_commands"
WAITS_H_MAX = 24
UNDER_WAY_MAX = 20
NUMBER_MAX = 65_535
ANSWER_LENGTH_MAX = 200
COORDINATE = re.compile(r"\d+\.\d{3,}")
CONNECT_S_MAX = 5
LOADED_MAX = 10_000


@action("supervision.device.command")
def command_device(  # noqa: PLR0913 - what a command is made of
    door: Door,
    device_id: str,
    kind: str,
    *,
    now: datetime,
    seconds: int = 0,
    text: str = "",
) -> DeviceCommand:
    """Ask a device that somebody wears to do something: it waits a day for the device at most."""
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    fitting = Fitting.objects.filter(device=device).order_by("period").last()
    if device is None or fitting is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = fitting.person.orders.filter(in_force__contains=now).first()
    door.permit(fitting.person, fitting.person.public_id, basis=order.public_id if order else None)
    if not worn(fitting, now):
        raise Refused(Refusal.NOT_FITTED)
    if order is None:
        raise Refused(Refusal.NO_ORDER)
    _check(device, kind, seconds, text)
    if device.commands.filter(state__in=_UNDER_WAY).count() >= UNDER_WAY_MAX:
        raise Refused(Refusal.COMMANDS_TOO_MANY, commands_max=UNDER_WAY_MAX)
    until = min(now + timedelta(hours=WAITS_H_MAX), order.in_force.upper)
    made = queue_command(door, device, CommandKind(kind), (seconds, text), (now, until))
    door.keep(device=device.public_id, kind=kind, text=text)
    return made


def queue_command(
    door: Door,
    device: Device,
    kind: CommandKind,
    told: tuple[int, str],
    waits: tuple[datetime, datetime],
) -> DeviceCommand:
    """Let a command wait for its device; `told` is its seconds and text, `waits` from and until.

    Called by actions that have asked for permission themselves.
    """
    last = device.commands.order_by("-id").values_list("number", flat=True).first() or 0
    made = DeviceCommand.objects.create(
        device=device,
        kind=kind.value,
        seconds=told[0],
        text=told[1],
        number=last % NUMBER_MAX + 1,
        requested_by=door.actor.id,
        queued_at=waits[0],
        expires_at=waits[1],
    )
    have_gateway_look()
    return made


def have_gateway_look() -> None:
    """Once this transaction is committed, the gateway reads anew what waits for whom."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def worn(fitting: Fitting, now: datetime) -> bool:
    """Whether the device is on the person now."""
    period = fitting.period
    until = None if period.isempty else period.upper
    return not period.isempty and period.lower <= now and (until is None or now < until)


_UNDER_WAY = (CommandState.QUEUED, CommandState.SENT)


def _check(device: Device, kind: str, seconds: int, text: str) -> None:
    if kind not in commands_of(device.kind):
        raise Refused(Refusal.COMMAND_UNKNOWN)
    if kind == CommandKind.INTERVAL and not INTERVAL_S_MIN <= seconds <= INTERVAL_S_MAX:
        raise Refused(
            Refusal.COMMAND_INTERVAL, seconds_min=INTERVAL_S_MIN, seconds_max=INTERVAL_S_MAX
        )
    if kind == CommandKind.VIBRATE and not 0 <= seconds <= VIBRATE_S_MAX:
        raise Refused(Refusal.COMMAND_INTERVAL, seconds_min=0, seconds_max=VIBRATE_S_MAX)
    wanted = kind == CommandKind.MESSAGE
    if wanted != bool(text.strip()) or len(text) > TEXT_LENGTH_MAX or not text.isprintable():
        raise Refused(Refusal.COMMAND_TEXT, length_max=TEXT_LENGTH_MAX)


class Waiting(msgspec.Struct, frozen=True):
    """A command that waits for its device: its row, whose it is, and what to send."""

    row: int
    device_id: int
    command: Command


QUEUED = """
SELECT id, device_id, kind, number, seconds, text FROM supervision_devicecommand
WHERE state = 'queued' AND expires_at > %s ORDER BY id LIMIT %s
"""
# What was asked of a device on one person is not asked of it on another, nor without an order.
EXPIRE = """
UPDATE supervision_devicecommand AS command SET state = 'expired'
WHERE state IN ('queued', 'sent') AND (
    expires_at <= %(now)s
    OR state = 'queued' AND NOT EXISTS (
        SELECT FROM supervision_fitting AS fitting
        JOIN supervision_order AS court USING (person_id)
        WHERE fitting.device_id = command.device_id AND fitting.period @> command.queued_at
            AND fitting.period @> %(now)s AND court.in_force @> %(now)s
    )
)
"""
SENT = """
UPDATE supervision_devicecommand SET state = 'sent', sent_at = %s
WHERE id = ANY(%s) AND state = 'queued'
"""
ANSWERED = """
UPDATE supervision_devicecommand SET state = %(state)s, answered_at = %(at)s, answer = %(answer)s
WHERE id = (
    SELECT id FROM supervision_devicecommand
    WHERE device_id = %(device)s AND state = 'sent'
        AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        AND (%(number)s::int IS NULL OR number = %(number)s)
    ORDER BY id LIMIT 1
)
"""


class CommandStore:
    """The gateway's connection to the table of commands; it hears at once of new ones."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def queued(self, now: datetime) -> list[Waiting]:
        """What waits now; what waited too long or for nobody is marked. Raises Temporary."""
        await self._do(EXPIRE, {"now": now})
        cursor = await self._do(QUEUED, [now, LOADED_MAX])
        return [
            Waiting(row, device, Command(kind=CommandKind(kind), number=n, seconds=s, text=t))
            for row, device, kind, n, s, t in await cursor.fetchall()
        ]

    async def sent(self, rows: Sequence[int], now: datetime) -> None:
        """These went out. Raises Temporary."""
        await self._do(SENT, [now, list(rows)])

    async def answered(self, device_id: int, confirmed: Confirmed, now: datetime) -> None:
        """A device answered; the oldest that fits is meant. Raises Temporary."""
        facts = {
            "state": (CommandState.CONFIRMED if confirmed.done else CommandState.FAILED).value,
            "at": now,
            "answer": _printable(confirmed.text),
            "device": device_id,
            "kind": confirmed.kind and confirmed.kind.value,
            "number": confirmed.number,
        }
        await self._do(ANSWERED, facts)

    async def wait(self, seconds: float) -> None:
        """Until somebody queues a command, or so long. Raises Temporary."""
        connection = await self._connected()
        try:
            async for _ in connection.notifies(timeout=seconds, stop_after=1):
                pass  # to its end: psycopg keeps what comes later only after that
        except psycopg.Error as error:
            raise await self._broken(error) from error

    async def close(self) -> None:
        """Give the connection back; the next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _do(self, query: str, facts: Any) -> psycopg.AsyncCursor[Any]:
        connection = await self._connected()
        try:
            return await connection.execute(query.encode(), facts)
        except psycopg.Error as error:
            raise await self._broken(error) from error

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        try:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=CONNECT_S_MAX,
                application_name="tarazy commands",
            )
            await self._connection.execute(f"LISTEN {CHANNEL}".encode())
        except psycopg.Error as error:
            raise Temporary("the database is away") from error
        return self._connection

    async def _broken(self, error: psycopg.Error) -> Temporary:
        log.warning("statement_failed", code=error.sqlstate, kind=type(error).__name__)
        await self.close()
        return Temporary("the database is away")


def _printable(text: str) -> str:
    """A device's words, fit for a table and a page.

    Where it says in words where it is, the place is a fix as well, and is kept as long as that.
    """
    words = "".join(one if one.isprintable() else "·" for one in text)
    return COORDINATE.sub("…", words)[:ANSWER_LENGTH_MAX]
