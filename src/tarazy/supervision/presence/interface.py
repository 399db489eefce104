# SPDX-License-Identifier: EUPL-1.2
"""What goes into the presence kernel and comes out of it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class Presence(StrEnum):
    """Where somebody is with regard to a zone. Not knowing is an answer."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Sighting(NamedTuple):
    """A place at a time, as it stands in the evidence of a finding."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None


class State(NamedTuple):
    """What is known of one condition so far; kept between batches."""

    presence: Presence
    since: datetime
    at: datetime
    """Time of the last fix that was judged; earlier ones are late."""
    known_at: datetime
    """When that fix arrived."""
    confirmed_at: datetime
    """Time of the last fix that by itself agreed with the state."""
    log_odds: float
    evidence: tuple[Sighting, ...] = ()
    """The fixes that moved the state last."""
    beyond_m: float = 0.0
    """How far beyond the fence the last fix lay, at most REACH_M; 0 inside."""
    crept_m: float = 0.0
    """How far of that a slow drift explains."""


class Change(Struct, frozen=True):
    """A change of presence: when it happened and when we knew."""

    presence: Presence
    at: datetime
    known_at: datetime
    probability: float | None = None
    """Of the new state, from the evidence; None for unknown."""
    evidence: tuple[Sighting, ...] = ()
