# SPDX-License-Identifier: EUPL-1.2
"""What a device language takes and gives: messages in, reports out, and the reply to the client.

A language is a module; mypy holds each against `Language`.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.commands import Command, CommandKind
from tarazy.supervision.refusals import Refusal

DIGEST_BYTES = 16

Part = TypeVar("Part")


class Outcome(StrEnum):
    """What became of a report that was not refused."""

    KEPT = "kept"
    CLOCK_FAULT = "clock_fault"
    """Kept without its place: the device's clock cannot be believed."""
    DUPLICATE = "duplicate"


Fate = Outcome | Refusal


class Verdict(NamedTuple):
    """What became of an entry at the gate, and which device it was from; 0 for none of ours."""

    fate: Fate
    device_id: int


class Mark(StrEnum):
    """What is doubtful about a report. Stable names: they stand in the fix store."""

    CLOCK_FAULT = "clock_fault"
    ROLLED_OVER = "rolled_over"
    ARRIVAL_TIME = "arrival_time"
    """The message named no time; it got that of its arrival."""
    INVALID_FIX = "invalid_fix"
    """The device itself says that its coordinates are not fresh."""
    BAD_CHECKSUM = "bad_checksum"
    """The frame is whole and readable, its checksum is wrong: some makers never compute it."""
    STALE = "stale"
    """The device had no fix: these are the last coordinates that it knew."""
    MOCK = "mock"
    TRANSITION = "transition"
    """Sent because the phone believes that it crossed the edge of a region."""


class Message(msgspec.Struct, frozen=True):
    """One request: the raw query string, and the body after decompression."""

    query: bytes
    body: bytes
    passphrase: Callable[[], str] | None = None
    """Under what the sender encrypts. Raises Refused where the message does not say who that is."""
    arrived: datetime | None = None
    """The latest that it can be now: nothing in the message was made after that."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report of a device in our units. What is not known is None, never zero.

    `at` is the device's own clock, aware UTC. Without `lat` and `lon` it is a sign of life only.
    `content` is the message as it came, without its credential; `digest` tells two apart.
    """

    at: datetime | None
    content: bytes
    digest: bytes
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    speed_kmh: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    battery_percent: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    """Horizontal dilution of precision, where the device tells that instead of an accuracy."""
    charging: bool | None = None
    moving: bool | None = None
    """What the device's own motion sensor says."""
    stored: bool = False
    """It waited in the device's memory before it was sent."""
    alarms: tuple[Alarm, ...] = ()
    marks: tuple[Mark, ...] = ()
    card: str | None = None
    """The number of the SIM card that is in it (cards.py): to be compared, never kept."""


class Decoded(msgspec.Struct, frozen=True):
    """A message's parts in their order, each read or refused, and the credential in it, if any."""

    parts: tuple[Report | Refusal, ...] = ()
    token: str | None = None
    beside: tuple[Report, ...] = ()
    """Kept with the parts, and not answered for: alarms whose place or time is refused."""

    @property
    def reports(self) -> tuple[Report, ...]:
        """What could be read."""
        return tuple(part for part in self.parts if isinstance(part, Report))

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Why the rest could not."""
        return tuple(part for part in self.parts if isinstance(part, Refusal))


class Reply(msgspec.Struct, frozen=True):
    """What the client expects to hear once everything is committed."""

    status: int
    body: bytes = b""
    content_type: bytes = b"text/plain; charset=utf-8"


class Language(Protocol):
    """A module that speaks one device language over HTTP."""

    NAME: str
    TITLE: str
    """A name for people; a maker's own, so not translated."""
    COMMANDS: frozenset[CommandKind]
    """What can be asked of such a device in the reply."""

    def decode(self, message: Message) -> Decoded:
        """Read a message. Raises Refused where it is unreadable as a whole, nothing else."""

    def reply(self, fates: Sequence[Fate], commands: Sequence[Command] = ()) -> Reply:
        """The answer to a message whose parts had these fates, with what the device is asked."""


def collect(
    read: Callable[[Part], Report | Sequence[Report]],
    parts: Iterable[Part],
    token: str | None = None,
) -> Decoded:
    """Read each part by itself: a bad one does not take the others along. One may hold several
    reports, or none."""
    found: list[Report | Refusal] = []
    for part in parts:
        try:
            report = read(part)
        except Refused as refusal:
            found.append(Refusal(refusal.name))
        else:
            found += [report] if isinstance(report, Report) else report
    return Decoded(tuple(found), token)


def placeless(alarms: tuple[Alarm, ...] = (), battery_percent: float | None = None) -> Report:
    """What stays of a report whose place or time is refused: that the device speaks, and its alarm.

    It is of now, and its message is not kept: nobody can say when somebody was there (times.py, 3).
    """
    return Report(
        at=None,
        content=b"",
        digest=digest_of_content(repr((alarms, battery_percent)).encode()),
        battery_percent=battery_percent,
        alarms=alarms,
    )


def digest_of_content(canonical: bytes) -> bytes:
    """The mark by which the fix store knows a message that it has already."""
    return hashlib.blake2b(canonical, digest_size=DIGEST_BYTES).digest()
