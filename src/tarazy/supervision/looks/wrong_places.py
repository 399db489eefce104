# SPDX-License-Identifier: EUPL-1.2
"""Where a person's device was thrown of late; part of the looks at the person and at an alert.

What presence/thrown.py has learned makes the service wait before it believes a leap. Whoever has to
decide what an alert is worth should know of it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.supervision.models import WearerState
from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.constants import KNOWN_FOR, STANDS_M


@dataclass(frozen=True, slots=True)
class WrongPlaces:
    """How many wrong places, when the device was at the last of them, and whether it may be now."""

    count: int
    last_at: datetime
    doubted: bool
    """Whether the device has leapt, and it is waited until that is believed."""
    here: bool
    """Whether a place that counts lies at one of them."""


def wrong_places_of(
    state: WearerState | None, now: datetime, counts: Sequence[tuple[float, float]] = ()
) -> WrongPlaces | None:
    """None where the device was never thrown in the time for which that is remembered.

    `counts` are the latitudes and longitudes of the places that something rests on.
    """
    if state is None or state.throws is None:
        return None
    throws = thrown.read(state.throws, state.rested_s, None)
    known = [one for one in throws.known if now - one.at <= KNOWN_FOR]
    if not known:
        return None
    here = any(
        thrown.way_m(*place, one.lat, one.lon) <= STANDS_M for place in counts for one in known
    )
    leap = throws.leap
    doubted = leap is not None and leap.doubted and bool(leap.waiting)
    return WrongPlaces(len(known), max(one.at for one in known), doubted, here)
