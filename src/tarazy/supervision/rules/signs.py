# SPDX-License-Identifier: EUPL-1.2
"""What a device has shown over time, as far as rules ask: how it was gathered is in judging/signs.

What moves goes by the time at which we heard: a report that came late adds nothing to it. What is a
state (battery, charging) goes by when it happened: the newest report says how it is, in whatever
order they come.
"""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from tarazy.supervision.presence.interface import Sighting


class Fell(NamedTuple):
    """From when on the battery had so much left or less, in steps of five percent."""

    percent: int
    at: datetime


class Plugged(NamedTuple):
    """Whether the device said last that it is being charged, and since when it says so."""

    on: bool
    at: datetime
    percent: float = 0.0
    """The battery then: what tells less is not being charged any more."""


class Reply(NamedTuple):
    """An answer of the wearer by the device: when it was given, and when we heard it."""

    at: datetime
    known_at: datetime


class Jump(NamedTuple):
    """From one place to another that nobody could reach in that time; both were told repeatedly."""

    start: Sighting
    end: Sighting
    known_at: datetime


class Blind(NamedTuple):
    """Reports without a place that is accurate enough, and how often they told of movement."""

    since: datetime
    moves: int = 0
    first_move_at: datetime | None = None
    coarse: Sighting | None = None
    """The last place of a network's cell, to see when it changes."""


class Frozen(NamedTuple):
    """The same coordinates to the last digit, from the report before the first one with a speed."""

    place: Sighting
    reports: int = 1
    moving: int = 0
    """How many of them tell a speed."""


class Somewhere(NamedTuple):
    """A place, and by how many reports it is told."""

    place: Sighting
    reports: int = 1


class Signs(Struct, frozen=True):
    """Empty until something was heard."""

    falls: tuple[Fell, ...] = ()
    """Since it was charged last, from more to less."""
    still_since: datetime | None = None
    """Since when the device's own sensor has said that it does not move; None where it has none."""
    blind: Blind | None = None
    frozen: Frozen | None = None
    here: Sighting | None = None
    """The last place that was told, and is no wild one."""
    there: Somewhere | None = None
    """Another one that is told beside it, and cannot be reached from it."""
    jumps: tuple[Jump, ...] = ()
    """The last ones, oldest first."""
    answers: tuple[datetime, ...] = ()
    """As older rows have them: when we heard an answer by the device, the last ones."""
    replies: tuple[Reply, ...] = ()
    """Answers by the device, the last ones."""
    left: int | None = None
    """How much the battery has left, in steps of five percent up. Less counts at once, more only
    where it is clearly more: a battery that wavers about a step is not charged each time."""
    plugged: Plugged | None = None
    """None where it never said that it is being charged."""
    dark_at: datetime | None = None
    """Of the newest report without a usable place."""

    def charged_since(self, moment: datetime) -> bool:
        """Whether the device says, from then or later, that it is being charged."""
        return self.plugged is not None and self.plugged.on and self.plugged.at >= moment

    def fell_to(self, percent: int) -> datetime | None:
        """Since when the battery has had so much or less, without being charged in between."""
        return next((one.at for one in self.falls if one.percent <= percent), None)


UNHEARD = Signs()
