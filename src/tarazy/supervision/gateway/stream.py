# SPDX-License-Identifier: EUPL-1.2
"""What a language over TCP and UDP takes and gives.

Framing is apart from decoding: `cut` finds where a frame ends and knows nothing of its meaning,
`decode` reads one whole frame. A language is a module; mypy holds each against `StreamLanguage`.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Report
from tarazy.supervision.refusals import Refusal


class Cut(NamedTuple):
    """What stands at the front of a buffer: a frame, or bytes to pass over.

    `used` bytes go away. Without a frame they were garbage; none used means that more must come.
    """

    used: int
    frame: bytes | None = None


MORE = Cut(0)
GARBAGE_BYTES_MAX = 256
"""In a datagram: it is passed over a byte at a time, which takes its time."""


class Session(msgspec.Struct):
    """What a connection has told so far; one for each connection, or for each UDP sender."""

    identity: str | None = None
    """The id by which the device calls itself: an IMEI or a serial number, as it is printed."""
    variant: str = ""
    """A dialect that a language noticed and needs for later frames."""
    offset_s: int = 0
    """What the device's clock is ahead of UTC, where it said so at log-in."""
    serial: int = 0
    """The number of our last own frame, for languages that number them."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one frame says, and the answer that the device waits for.

    `answer` goes out after the commit, never before. Empty: the device expects none.
    """

    reports: tuple[Report, ...] = ()
    refused: tuple[Refusal, ...] = ()
    answer: bytes = b""
    confirmed: Confirmed | None = None


class StreamLanguage(Protocol):
    """A module that speaks one device language over TCP and UDP."""

    NAME: str
    TITLE: str
    """A name for people; a maker's own, so not translated."""
    PORT: int
    """Where such devices usually call."""
    FRAME_BYTES_MAX: int
    COMMANDS: frozenset[CommandKind]
    """What can be asked of these devices."""

    def cut(self, buffer: bytes) -> Cut:
        """The first frame in the buffer, or what to pass over. Never raises, never asks for more
        than FRAME_BYTES_MAX."""

    def decode(self, frame: bytes, session: Session, arrived: datetime) -> Told:
        """Read a frame and note in the session what it says about the device.

        Raises Refused where the frame is unreadable as a whole, nothing else.
        """

    def command(self, command: Command, session: Session) -> bytes:
        """The bytes of a command whose kind is in COMMANDS."""


def frames_in(language: StreamLanguage, data: bytes) -> list[bytes]:
    """The frames of a datagram, or of a captured line: it begins and ends where they do.

    What does not divide into frames is one frame itself (Teltonika wraps UDP otherwise than TCP).
    """
    frames: list[bytes] = []
    rest, garbage = data, 0
    while rest and garbage <= GARBAGE_BYTES_MAX:
        cut = language.cut(rest)
        if cut.used == 0:
            return [data]
        if cut.frame is None:
            garbage += cut.used
        else:
            frames.append(cut.frame)
        rest = rest[cut.used :]
    return frames or [data]
