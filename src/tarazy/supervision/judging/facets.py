# SPDX-License-Identifier: EUPL-1.2
"""What is watched of a condition besides its zone: a buffer, and ways through it between two fixes.

Each facet has changes and alerts of its own, so that what is said of one never moves another.

buffer     a ring around a zone to keep out of, or inside one to stay in: the same test against a
           fence that lies so far before the real one
passage    of a zone to keep out of: whether the way between two fixes may lead through it
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from tarazy.supervision.judging.subjects import FACET_KEYS, FACETS, Facet, Watched
from tarazy.supervision.presence.geometry import Places, Zone, depth_m
from tarazy.supervision.presence.interface import Presence, State
from tarazy.supervision.presence.timetable import Demand, Interval
from tarazy.supervision.rules.interface import Kind

BUFFERED: dict[Kind, Kind] = {"inclusion": "inclusion_buffer", "exclusion": "exclusion_buffer"}
BUFFER_M = (50.0, 5_000.0)
"""Narrower, no report could tell the ring from the fence."""
STAYED: frozenset[Kind] = frozenset({"home_curfew", "inclusion", "inclusion_buffer"})
"""Where somebody has to be: these rest while an absence is permitted; to keep out never rests."""
NEVER = datetime.fromtimestamp(0, UTC)


def key_of(condition_id: int, facet: Facet) -> int:
    """The key of a facet."""
    return condition_id + FACET_KEYS * FACETS.index(facet)


def unheard(period: Interval) -> State:
    """The state of a facet before anything was heard about it."""
    return State(Presence.UNKNOWN, period.since, NEVER, NEVER, NEVER, 0.0)


def check_buffer(kind: str, zone: Zone | Places | None, buffer_m: float) -> None:
    """ValueError with a readable reason where a condition of this kind can have no such ring.

    The zone may be None where it is a class of zones.
    """
    if not BUFFER_M[0] <= buffer_m <= BUFFER_M[1]:
        raise ValueError(f"a buffer is from {BUFFER_M[0]:.0f} to {BUFFER_M[1]:.0f} m wide")
    if kind == "home_curfew":
        raise ValueError("a curfew has no buffer")
    shallow = zone is None or isinstance(zone, Places) or depth_m(zone) <= buffer_m
    if kind == "inclusion" and shallow:
        raise ValueError("the zone is not deeper than its buffer")


def facets(zone: Watched, buffer_m: float | None = None) -> list[Watched]:
    """A condition as its zone alone, and all that is watched of it."""
    found = [zone]
    if buffer_m and zone.kind in BUFFERED:
        key, kind = key_of(zone.id, "buffer"), BUFFERED[zone.kind]
        found.append(replace(zone, id=key, kind=kind, buffer_m=buffer_m))
    if zone.kind == "exclusion":
        found.append(replace(zone, id=key_of(zone.id, "passage"), kind="exclusion_passage"))
    return found


def shift_m(watched: Watched) -> float:
    """What to add to the distance to the zone's edge for that to the facet's own."""
    if watched.facet != "buffer":
        return 0.0
    return watched.buffer_m if watched.kind == "exclusion_buffer" else -watched.buffer_m


def resting(watched: Watched, permitted: Sequence[Interval]) -> Watched:
    """With the absences that are permitted, where that matters to it."""
    return replace(watched, permitted=tuple(permitted) if watched.kind in STAYED else ())


def ranked(watched: Sequence[Watched], priority: dict[int, int]) -> list[Watched]:
    """With the demands that outrank each, by the priority of the conditions' keys.

    1. A demand to keep out is never outranked, and outranks nothing: it is about another place.
    2. Of demands to be somewhere, the lower one rests while the higher one applies.
    3. Of the same priority both apply.
    Where the hours of a higher one run, the highest of them applies: so each is told without those
    that outrank it (with them, what is asked doubles with each rank). Nor are absences told of
    them: what is permitted is permitted to the lower one too, and may be withdrawn later.
    """
    ranks = [
        (priority[one.condition_id], replace(one, outranked_by=(), permitted=()).demand)
        for one in watched
        if one.facet == "zone" and one.kind in STAYED
    ]
    return [
        replace(one, outranked_by=_above(priority[one.condition_id], ranks))
        if one.kind in STAYED
        else one
        for one in watched
    ]


def _above(rank: int, ranks: Iterable[tuple[int, Demand]]) -> tuple[Demand, ...]:
    return tuple(demand for other, demand in ranks if other > rank)
