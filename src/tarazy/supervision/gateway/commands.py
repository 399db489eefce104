# SPDX-License-Identifier: EUPL-1.2
"""What may be asked of a device; each language writes it in its own bytes, where it can."""

from enum import StrEnum

import msgspec

INTERVAL_S_MIN, INTERVAL_S_MAX = 10, 24 * 3600
TEXT_LENGTH_MAX = 140
VIBRATE_S_MAX = 60


class CommandKind(StrEnum):
    """Stable names: they stand in the database and in the audit log."""

    LOCATE = "locate"
    """Say now where you are."""
    INTERVAL = "interval"
    """Report every so many seconds from now on."""
    MESSAGE = "message"
    """Show (or say) a text to the wearer."""
    VIBRATE = "vibrate"
    """Vibrate or ring, so that the wearer looks at it."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command. `number` is ours (1 to 65,535), for languages that give it back."""

    kind: CommandKind
    number: int = 1
    seconds: int = 0
    """The interval, or how long to vibrate."""
    text: str = ""
    """The message; no control characters in it, checked before it is queued."""


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """A device's answer to a command. What the language does not say is None."""

    kind: CommandKind | None = None
    number: int | None = None
    done: bool = True
    """False where the device says that it cannot."""
    text: str = ""
