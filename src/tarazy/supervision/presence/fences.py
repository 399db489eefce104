# SPDX-License-Identifier: EUPL-1.2
"""A place against the zones, buffers and ways of one person, in columns; compiled (crowd.py)."""

import math
from typing import Any, NamedTuple

from tarazy.supervision.presence.compiled import loop, part
from tarazy.supervision.presence.crowd import (
    NOWHERE,
    PASSAGE,
    SIGHT,
    Crowd,
    Floats,
    Found,
)
from tarazy.supervision.presence.hearing import (
    INSIDE,
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
from tarazy.supervision.presence.passage import TRAIL
from tarazy.supervision.presence.plane import OUTER_M, Spot, spot
from tarazy.supervision.presence.zones import decided_m, distance_m

SURELY = 1.0 + 1e-9
"""More than rounding can make of a bound."""
INTRUDING_SLACK_M = 1.0
"""More than this distance and Python's can differ by: whoever is asked for nothing loses a look."""


class Place(NamedTuple):
    """Where a report says that somebody was."""

    at: int
    known: int
    lat: float
    lon: float
    accuracy_m: float


@part
def passes(crowd: Crowd, wearer: int, place: Place) -> bool:
    """Whether the way up to the last place may have led through a zone: Python measures it."""
    me = crowd.wearers[wearer]
    for n in range(me.first, me.first + me.count):
        one = crowd.conditions[n]
        if wide(one.facet) != PASSAGE or one.kept < TRAIL or place.at <= one.at:
            continue
        if one.begins <= place.at < one.ends and _may(crowd, n):
            return True
    return False


@loop
def intrudes(crowd: Crowd, wearer: int, place: Place) -> bool:
    """Whether a place may lie in a zone to keep out of, or in its buffer: Python measures it."""
    me, where = crowd.wearers[wearer], spot(place.lat, place.lon)
    for n in range(me.first, me.first + me.count):
        one = crowd.conditions[n]
        if not one.forbidden or not one.begins <= place.at < one.ends:
            continue
        if distance_m(crowd.zones, one.zone, where) > -one.around_m - INTRUDING_SLACK_M:
            return True
    return False


@loop
def _may(crowd: Crowd, n: int) -> bool:
    """passage.py asks the same in the same order, and more: this rules out nearly all."""
    one, ring, limits = crowd.conditions[n], crowd.sights[n], crowd.limits
    start, end = ring[(one.judged - 2) % len(ring)], ring[(one.judged - 1) % len(ring)]
    if end[0] - start[0] > limits.gap_max:
        return False
    wide_deg = abs((end[2] - start[2] + 180.0) % 360.0 - 180.0)
    shrunk = math.cos(math.radians(min(abs(start[1]), abs(end[1]))))
    straight = limits.metres_a_degree * math.hypot(end[1] - start[1], wide_deg * shrunk)
    longest = limits.detour * straight * SURELY
    if longest < 2.0 * limits.clear_m:
        return False
    here, there = spot(start[1], start[2]), spot(end[1], end[2])
    for where in (here, there):
        if decided_m(crowd.zones.table, one.zone, where, longest, 0.0) < 0.0:
            return False
    away_m = distance_m(crowd.zones, one.zone, here) + distance_m(crowd.zones, one.zone, there)
    return bool(longest >= -away_m)


@part
def move(crowd: Crowd, wearer: int, place: Place, found: Found) -> bool:
    """Let each state hear a place that counts, and tell what changed; whether evidence began to
    speak against a state that is worth a look."""
    me, law = crowd.wearers[wearer], crowd.law
    where, zone, away_m, stirred = spot(place.lat, place.lon), NOWHERE, 0.0, False
    for n in range(me.first, me.first + me.count):
        one = crowd.conditions[n]
        if not one.begins <= place.at < one.ends or place.at <= one.at:
            continue
        clock = Clock(one.at, one.known, me.stale)
        fix = heard(clock, place.at, place.known, place.accuracy_m, law)
        if one.zone != zone:
            zone, away_m = one.zone, _away_m(crowd, n, where, (fix, _clear_m(crowd, place)))
        if wide(one.facet) == PASSAGE:
            _follow(crowd, n, place, away_m)
        else:
            before = one.log_odds
            _hear(crowd, (wearer, n), place, (fix, away_m + one.shift_m), found)
            held = wide(one.presence) == INSIDE
            if one.told and held and one.log_odds < crowd.limits.doubt <= before:
                stirred = True
        one.at, one.known = place.at, place.known
    return stirred


@part
def _away_m(crowd: Crowd, n: int, where: Spot, told: tuple[Heard, float]) -> float:
    """How far inside a zone; infinite where that says the same to all rows of the condition."""
    fix, clear_m = told
    law, around_m = crowd.law, crowd.conditions[n].around_m
    far_m = max(law.reach_m, law.far_sigmas * fix.sigma_m, clear_m) + around_m
    deep_m = law.deep_sigmas * fix.sigma_m + around_m
    away_m = decided_m(crowd.zones.table, crowd.conditions[n].zone, where, far_m, deep_m)
    return away_m if away_m != 0.0 else distance_m(crowd.zones, crowd.conditions[n].zone, where)


@part
def _clear_m(crowd: Crowd, place: Place) -> float:
    """How far beyond the fence a place lies clear of it: see passage.clear_m."""
    law, limits = crowd.law, crowd.limits
    sigma_m = law.sigma_unknown_m
    if not math.isnan(place.accuracy_m):
        stated_m = place.accuracy_m * law.accuracy_to_sigma * law.understated
        sigma_m = max(stated_m, law.sigma_floor_m)
    return max(limits.clear_m, limits.clear_sigmas * sigma_m)


@part
def _follow(crowd: Crowd, n: int, place: Place, away_m: float) -> None:
    """Ways through: only places that lie clear of the fence are kept."""
    one = crowd.conditions[n]
    if -away_m >= _clear_m(crowd, place):
        _remember(crowd, n, place)
        one.kept = min(one.kept + 1, TRAIL)
    one.confirmed, one.log_odds = place.at, 0.0


@part
def _hear(
    crowd: Crowd, whose: tuple[int, int], place: Place, told: tuple[Heard, float], found: Found
) -> None:
    """Zones and buffers."""
    wearer, n = whose
    one = crowd.conditions[n]
    _remember(crowd, n, place)
    before = Held(
        *(wide(one.presence), wide(one.kept), one.since, one.confirmed),
        *(one.log_odds, one.beyond_m, one.crept_m),
    )
    clear_m = clearance_m(crowd.zones.table[one.zone, OUTER_M] + one.shift_m, crowd.law)
    step = hear(before, told[0], told[1], clear_m, crowd.law)
    after = step.held
    one.presence, one.kept, one.since = after.presence, after.kept, after.since
    one.confirmed, one.log_odds = after.confirmed, after.log_odds
    one.beyond_m, one.crept_m = after.beyond_m, after.crept_m
    if step.lost_at != NEVER:
        _tell(crowd, (wearer, n, UNKNOWN, 0, step.lost_at, step.lost_known), math.nan, found)
    if step.turned:
        turned = (wearer, n, after.presence, after.kept, after.since, place.known)
        _tell(crowd, turned, step.chance, found)


@part
def _remember(crowd: Crowd, n: int, place: Place) -> None:
    one, ring = crowd.conditions[n], crowd.sights[n]
    slot = one.judged % len(ring)
    ring[slot, 0], ring[slot, 1] = place.at, place.lat
    ring[slot, 2], ring[slot, 3] = place.lon, place.accuracy_m
    one.judged += 1


@loop
def _tell(
    crowd: Crowd, turned: tuple[int, int, int, int, int, int], chance: float, found: Found
) -> None:
    count = found.used[0]
    turn: Any = found.turns[count]
    turn.wearer, turn.condition, turn.presence, turn.kept, turn.at, turn.known = turned
    turn.chance = chance
    recall(crowd, turned[1], turned[3], found.sights[count])
    found.used[0] = count + 1


@loop
def recall(crowd: Crowd, n: int, kept: int, told: Floats) -> None:
    """A condition's last fixes, newest last."""
    ring, judged = crowd.sights[n], crowd.conditions[n].judged
    for back in range(1, kept + 1):
        for number in range(SIGHT):
            told[len(told) - back, number] = ring[(judged - back) % len(ring), number]
