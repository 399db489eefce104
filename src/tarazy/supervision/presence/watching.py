# SPDX-License-Identifier: EUPL-1.2
"""The loop over everybody's fixes, compiled; wearers.py tells what it is for."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop, part
from tarazy.supervision.presence.hearing import (
    NEVER,
    UNKNOWN,
    Clock,
    Heard,
    Held,
    clearance_m,
    hear,
    heard,
    wide,
)
from tarazy.supervision.presence.law import Law
from tarazy.supervision.presence.plane import OUTER_M, Spot, spot
from tarazy.supervision.presence.shared import REACH_M, Shared, slot_of
from tarazy.supervision.presence.zones import Zones, decided_m, distance_m

Records = npt.NDArray[np.void]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

OWN, SHARED, ELSEWHERE, RING = range(4)
"""What changed: a zone of the wearer's own, a shared one, all shared ones that have no visit, or
the buffer of an own one."""
NOBODY = -1

_STATE = [
    ("since", "i8"),
    ("confirmed", "i8"),
    ("log_odds", "f8"),
    ("beyond_m", "f8"),
    ("crept_m", "f8"),
    ("presence", "i1"),
    ("kept", "i1"),
]
HELD = np.dtype(_STATE, align=True)
VISIT = np.dtype([*_STATE, ("zone", "i4"), ("next", "i4")], align=True)
WEARER = np.dtype(
    [("at", "i8"), ("known", "i8"), ("stale", "i8"), ("judged", "i8"), ("visit", "i4")],
    align=True,
)
TURN = np.dtype(
    [
        *((name, "i8") for name in ("wearer", "zone", "row", "at", "known")),
        *(("chance", "f8"), ("scope", "i1"), ("presence", "i1"), ("kept", "i1")),
    ],
    align=True,
)
SIGHT = 4
"""Numbers of a fix in a ring: microseconds since 1970 (exact up to the year 2255), degrees north
and east, metres."""


class Fixes(NamedTuple):
    """A batch: in order of arrival for each wearer, fastest where sorted by wearer."""

    wearer: Indices
    at: Indices
    """Microseconds since 1970."""
    known: Indices
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    """NaN where the device states none."""


class Kept(NamedTuple):
    """What is known of everybody between batches."""

    first: Indices
    """Where each wearer's own zones begin, and their states."""
    wearers: Records
    ring: Floats
    """The last fixes of each: (wearers, EVIDENCE_MAX, SIGHT)."""
    own: Records
    shift_m: Floats
    """Of each own zone, how far before its fence that of its buffer lies; 0 where it has none."""
    buffers: Records
    elsewhere: Records
    visits: Records
    free: Indices
    """Of one number each: the first free visit, and how many are free."""


class Found(NamedTuple):
    """Room for changes."""

    turns: Records
    sights: Floats
    """The evidence of each, newest last: (changes, EVIDENCE_MAX, SIGHT)."""
    used: Indices
    """Of one number: how many there are."""


class World(NamedTuple):
    """All that the loop reads, and the states that it moves."""

    own: Zones
    shared: Shared
    kept: Kept
    found: Found
    near: Indices
    """Room for the shared zones near a fix, and for their distances."""
    near_m: Floats
    law: Law


class Here(NamedTuple):
    """A fix on its way through its wearer's zones."""

    wearer: int
    row: int
    place: Spot
    fix: Heard
    far_m: float
    """So far outside, it says the same as from any farther place."""
    deep_m: float
    """And so deep inside."""


class Told(NamedTuple):
    """What a fix says about one zone."""

    scope: int
    zone: int
    away_m: float
    outer_m: float
    """How far the zone reaches from its middle."""


class Turn(NamedTuple):
    """A change: what and when."""

    presence: int
    kept: int
    at: int
    known: int
    chance: float


@loop
def watch(world: World, fixes: Fixes, row: int) -> tuple[int, bool]:
    """Go on from a row: the next one, once room is short, and whether it is room for visits."""
    kept, found = world.kept, world.found
    shared = len(world.shared.zones.kind)
    for n in range(row, len(fixes.wearer)):
        wearer, at, known = fixes.wearer[n], fixes.at[n], fixes.known[n]
        me = kept.wearers[wearer]
        if at <= me.at:
            continue
        zones = kept.first[wearer + 1] - kept.first[wearer]
        if len(found.turns) - found.used[0] < 2 * (2 * zones + shared + 1):
            return n, False
        clock = Clock(me.at, me.known, me.stale)
        here = _here(world.law, fixes, n, clock)
        near = _gather(world, here, fixes.lat[n], fixes.lon[n]) if shared else 0
        if near > kept.free[1]:
            return n, True
        _remember(kept, fixes, n)
        for zone in range(kept.first[wearer], kept.first[wearer + 1]):
            _fence(world, zone, here)
        if shared:
            _visit(world, here, near)
        me.at, me.known = at, known
    return len(fixes.wearer), False


@part
def _fence(world: World, zone: int, here: Here) -> None:
    """An own zone and its buffer, by one distance."""
    shift_m = world.kept.shift_m[zone]
    far_m, deep_m = here.far_m + max(shift_m, 0.0), here.deep_m + max(-shift_m, 0.0)
    away_m = decided_m(world.own.table, zone, here.place, far_m, deep_m)
    if away_m == 0.0:
        away_m = distance_m(world.own, zone, here.place)
    outer_m = world.own.table[zone, OUTER_M]
    _move(world, world.kept.own, zone, here, Told(OWN, zone, away_m, outer_m))
    if shift_m != 0.0:
        ring = Told(RING, zone, away_m + shift_m, outer_m + shift_m)
        _move(world, world.kept.buffers, zone, here, ring)


@part
def _here(law: Law, fixes: Fixes, n: int, clock: Clock) -> Here:
    fix = heard(clock, fixes.at[n], fixes.known[n], fixes.accuracy_m[n], law)
    far_m = max(law.reach_m, law.far_sigmas * fix.sigma_m)
    place = spot(fixes.lat[n], fixes.lon[n])
    return Here(fixes.wearer[n], n, place, fix, far_m, law.deep_sigmas * fix.sigma_m)


@part
def _remember(kept: Kept, fixes: Fixes, n: int) -> None:
    me = kept.wearers[fixes.wearer[n]]
    slot = me.judged % kept.ring.shape[1]
    ring = kept.ring[fixes.wearer[n]]
    ring[slot, 0], ring[slot, 1] = fixes.at[n], fixes.lat[n]
    ring[slot, 2], ring[slot, 3] = fixes.lon[n], fixes.accuracy_m[n]
    me.judged += 1


@part
def _move(world: World, states: Records, n: int, here: Here, told: Told) -> None:
    """Let a state hear a fix, and tell what changed."""
    state = states[n]
    before = Held(
        *(wide(state.presence), wide(state.kept), state.since, state.confirmed),
        *(state.log_odds, state.beyond_m, state.crept_m),
    )
    step = hear(before, here.fix, told.away_m, clearance_m(told.outer_m, world.law), world.law)
    after = step.held
    state.presence, state.kept, state.since = after.presence, after.kept, after.since
    state.confirmed, state.log_odds = after.confirmed, after.log_odds
    state.beyond_m, state.crept_m = after.beyond_m, after.crept_m
    if step.lost_at != NEVER:
        _tell(world, here, told, Turn(UNKNOWN, 0, step.lost_at, step.lost_known, math.nan))
    if step.turned:
        turn = Turn(after.presence, after.kept, after.since, here.fix.known, step.chance)
        _tell(world, here, told, turn)


@loop
def _tell(world: World, here: Here, told: Told, turn: Turn) -> None:
    count, ring = world.found.used[0], world.kept.ring[here.wearer]
    row = world.found.turns[count]
    row.wearer, row.row, row.scope, row.zone = here.wearer, here.row, told.scope, told.zone
    row.presence, row.kept, row.chance = turn.presence, turn.kept, turn.chance
    row.at, row.known = turn.at, turn.known
    judged = world.kept.wearers[here.wearer].judged
    for n in range(1, turn.kept + 1):
        for number in range(SIGHT):
            sight = ring[(judged - n) % len(ring), number]
            world.found.sights[count, len(ring) - n, number] = sight
    world.found.used[0] = count + 1


@part
def _gather(world: World, here: Here, lat: float, lon: float) -> int:
    """The shared zones that this fix is not clear of, with their distances; how many."""
    shared, count = world.shared, 0
    if here.far_m + 1.0 > REACH_M:
        for zone in range(len(shared.zones.kind)):
            count = _consider(world, here, zone, count)
        return count
    slot = slot_of(shared, lat, lon)
    for n in range(shared.first[slot], shared.end[slot]):
        count = _consider(world, here, shared.near[n], count)
    for n in range(len(shared.large)):
        count = _consider(world, here, shared.large[n], count)
    return count


@part
def _consider(world: World, here: Here, zone: int, count: int) -> int:
    zones = world.shared.zones
    away_m = decided_m(zones.table, zone, here.place, here.far_m, here.deep_m)
    if away_m == 0.0:
        away_m = distance_m(zones, zone, here.place)
    if away_m <= -here.far_m:
        return count
    world.near[count], world.near_m[count] = zone, away_m
    return count + 1


@part
def _visit(world: World, here: Here, near: int) -> None:
    """The visits under way, those that begin, all other shared zones, and what is over."""
    kept, me = world.kept, world.kept.wearers[here.wearer]
    table = world.shared.zones.table
    visit = wide(me.visit)
    while visit != NOBODY:
        zone, away_m = wide(kept.visits[visit].zone), -math.inf
        for n in range(near):
            if world.near[n] == zone:
                away_m, world.near[n] = world.near_m[n], NOBODY
        _move(world, kept.visits, visit, here, Told(SHARED, zone, away_m, table[zone, OUTER_M]))
        visit = wide(kept.visits[visit].next)
    for n in range(near):
        zone = world.near[n]
        if zone != NOBODY:
            visit = _begin(kept, here.wearer, zone)
            told = Told(SHARED, zone, world.near_m[n], table[zone, OUTER_M])
            _move(world, kept.visits, visit, here, told)
    elsewhere = Told(ELSEWHERE, NOBODY, -math.inf, math.inf)
    _move(world, kept.elsewhere, here.wearer, here, elsewhere)
    if me.visit != NOBODY:
        _forget(kept, here.wearer)


@loop
def _begin(kept: Kept, wearer: int, zone: int) -> int:
    """A visit that so far knows what is known of all other shared zones."""
    visit, me, like = kept.free[0], kept.wearers[wearer], kept.elsewhere[wearer]
    one = kept.visits[visit]
    kept.free[0], kept.free[1] = one.next, kept.free[1] - 1
    one.presence, one.kept, one.since = like.presence, like.kept, like.since
    one.confirmed, one.log_odds = like.confirmed, like.log_odds
    one.beyond_m, one.crept_m = like.beyond_m, like.crept_m
    one.zone, one.next, me.visit = zone, me.visit, visit
    return int(visit)


@loop
def _forget(kept: Kept, wearer: int) -> None:
    """End each visit that nothing tells from all other shared zones any more.

    When they became so is not asked, once a fix has confirmed both since: no change looks back
    beyond the last confirmation.
    """
    me, like = kept.wearers[wearer], kept.elsewhere[wearer]
    before, visit = NOBODY, wide(me.visit)
    while visit != NOBODY:
        one = kept.visits[visit]
        after = wide(one.next)
        if _same(kept.visits[visit], like):
            if before == NOBODY:
                me.visit = after
            else:
                kept.visits[before].next = after
            one.next, kept.free[0] = kept.free[0], visit
            kept.free[1] += 1
        else:
            before = visit
        visit = after


@loop
def _same(one: Any, other: Any) -> bool:
    """Whether two states must do the same from now on."""
    return bool(
        one.presence == other.presence
        and one.kept == other.kept
        and one.confirmed == other.confirmed
        and one.log_odds == other.log_odds
        and one.beyond_m == other.beyond_m
        and one.crept_m == other.crept_m
        and max(one.since, other.since) <= one.confirmed
    )
