# SPDX-License-Identifier: EUPL-1.2
"""One fix against one state, compiled: the sequential test itself.

Times are whole microseconds since 1970. The state's log-odds are cut at ENTER and EXIT, so that a
long stay is forgotten quickly; kernel.py tells the method, constants.py the numbers.
"""

import math
from typing import NamedTuple

import numpy as np

from tarazy.supervision.presence.compiled import loop, part
from tarazy.supervision.presence.constants import PROMPT_S, UPLOADING_S
from tarazy.supervision.presence.law import Z_MAX, Law, log_odds

UNKNOWN, INSIDE, OUTSIDE = range(3)
SECOND = 1_000_000.0
PROMPT, UPLOADING = int(PROMPT_S * SECOND), int(UPLOADING_S * SECOND)

log_odds_of = loop(log_odds)


class Clock(NamedTuple):
    """When somebody was last heard, and how long a state holds unconfirmed."""

    at: int
    known: int
    stale: int


class Heard(NamedTuple):
    """One fix before it is held against a fence."""

    before: Clock
    at: int
    known: int
    weight: float
    """By the time since the fix before: errors near in time are the same error."""
    sigma_m: float
    coarse: bool
    """Of a mobile network's cell."""
    fine: bool
    """It could have seen a departure."""
    forget: float
    """What share it undoes of what went below its floor; none where it is not fine enough."""
    least: float
    """Evidence for inside that is weaker than this counts nothing: more, where it is not fine."""


class Held(NamedTuple):
    """What is known of one condition; the place's times are kept beside it."""

    presence: int
    kept: int
    """How many of the last fixes that were judged are its evidence."""
    since: int
    confirmed: int
    log_odds: float
    beyond_m: float
    """How far beyond the fence the last fix lay, REACH_M at most; 0 inside."""
    crept_m: float
    """How far of that a slow drift explains; nothing of it where he is held to be outside."""


class Way(NamedTuple):
    """How a fix stands to the one before it."""

    beyond_m: float
    crept_m: float
    steady: bool
    """On at the pace of somebody who walks, and out of the zone before."""


class Step(NamedTuple):
    """A state after a fix, and what changed: first it may be lost, then found again."""

    held: Held
    lost_at: int
    """NEVER where it was not lost."""
    lost_known: int
    turned: bool
    chance: float
    """Of the new state, where it turned."""


NEVER = -(2**62)


@loop
def wide(code: int) -> int:
    """A number that an array keeps in one byte, as wide as all others."""
    return np.int64(code)  # type: ignore[return-value]


@loop
def weight(gap: int, law: Law) -> float:
    """How much a fix counts that comes so long after the one before."""
    gap_s = gap / SECOND
    near = 1.0 - math.exp(-gap_s / law.correlated_s)
    return near + law.sparse_weight * (1.0 - math.exp(-gap_s / law.sparse_s))


@part
def heard(before: Clock, at: int, known: int, accuracy_m: float, law: Law) -> Heard:
    """A fix with its sigma for each axis; NaN, and what is not above zero, is unknown."""
    sigma_m = law.sigma_unknown_m
    if accuracy_m > 0.0:
        sigma_m = max(accuracy_m * law.accuracy_to_sigma * law.understated, law.sigma_floor_m)
    by_time, coarse = weight(at - before.at, law), accuracy_m > law.coarse_accuracy_m
    fine = law.clearance_sigmas * sigma_m < law.far_m
    forget = law.forget * min(by_time, 1.0) if fine else 0.0
    least = 0.0 if fine else law.informative
    return Heard(before, at, known, by_time, sigma_m, coarse, fine, forget, least)


@loop
def clearance_m(outer_m: float, law: Law) -> float:
    """How far beyond the fence of a zone a fine fix is clear of it; `outer_m` is how far the zone
    reaches from its middle."""
    return min(max(law.clearance_m, 2.0 * law.clearance_m - outer_m), law.far_m)


@part
def hear(held: Held, fix: Heard, distance_m: float, clear_m: float, law: Law) -> Step:
    """The state after a fix; -inf is surely outside and clear, inf surely inside."""
    evidence, floor = _weigh(fix, distance_m, clear_m, law)
    way = _way(held, fix, distance_m, law)
    if floor == -math.inf and way.beyond_m - way.crept_m < law.surge_m:
        floor = law.near_floor
    now, lost_at, lost_known = _expire(held, fix)
    so_far = now.log_odds
    if now.presence == UNKNOWN and fix.at - fix.before.at > fix.before.stale:
        so_far = max(so_far, 0.0)
    moved = evidence * fix.weight
    if way.steady and floor < law.unclear_floor:
        floor = law.step_floor if so_far > law.near_floor else -math.inf
        moved = max(moved * law.steady, -law.step_max)
    elif so_far < floor:
        so_far += (floor - so_far) * fix.forget
    raw = max(so_far + moved, min(so_far, floor))
    presence = now.presence
    if raw >= law.enter and (presence == INSIDE or evidence >= law.informative):
        presence = INSIDE
    elif raw <= law.exit:
        presence = OUTSIDE
    turned = presence != now.presence
    since = max(fix.at, now.since) if turned else now.since
    confirms = not turned and _confirms(presence, raw, evidence, law)
    after = Held(
        presence,
        1 if confirms else min(now.kept + 1, law.evidence_max),
        since,
        fix.at if turned or confirms else now.confirmed,
        min(max(raw, law.exit), law.enter),
        way.beyond_m,
        0.0 if presence == OUTSIDE else way.crept_m,
    )
    chance = 1.0 / (1.0 + math.exp(-abs(raw))) if turned else 0.0
    return Step(after, lost_at, lost_known, turned, chance)


@part
def _way(held: Held, fix: Heard, distance_m: float, law: Law) -> Way:
    """How a fix stands to the one before it: went he there, or did the device creep there?"""
    gap_s = (fix.at - fix.before.at) / SECOND
    beyond_m = min(max(-distance_m, 0.0), law.reach_m)
    crept_m = held.crept_m + law.creep_m_s * min(gap_s, law.creep_s_max)
    pace_m_s = (beyond_m - held.beyond_m) / gap_s
    steady = (
        fix.fine
        and held.beyond_m > law.left_m
        and beyond_m < law.reach_m
        and law.pace_min_m_s <= pace_m_s <= law.pace_max_m_s
    )
    return Way(beyond_m, min(beyond_m, crept_m, law.far_m), steady)


@part
def _weigh(fix: Heard, distance_m: float, clear_m: float, law: Law) -> tuple[float, float]:
    """The evidence of a fix for being inside, and how far down it may bring the sum."""
    z = min(max(distance_m / fix.sigma_m, -Z_MAX), Z_MAX)
    evidence = min(max(log_odds_of(z), -law.out_cap), law.in_cap)
    if 0.0 < evidence < fix.least:
        evidence = 0.0
    if -distance_m < max(clear_m, law.clearance_sigmas * fix.sigma_m):
        return evidence if fix.fine else max(evidence, 0.0), law.unclear_floor
    if fix.coarse or -distance_m < law.far_m:
        return evidence, law.near_floor
    return evidence, -math.inf


@part
def _expire(held: Held, fix: Heard) -> tuple[Held, int, int]:
    """Lost where nothing confirmed it, either up to the arrival or up to the fix itself."""
    if held.presence == UNKNOWN:
        return held, NEVER, NEVER
    stale = fix.before.stale
    due = max(held.confirmed + stale + PROMPT, fix.before.known + UPLOADING)
    if fix.known < due and fix.at - held.confirmed <= stale:
        return held, NEVER, NEVER
    end = max(held.confirmed + stale, held.since)
    lost = Held(
        *(UNKNOWN, 0, end, held.confirmed),
        *(max(held.log_odds, 0.0), held.beyond_m, held.crept_m),
    )
    return lost, end, due if fix.known >= due else fix.known


@part
def _confirms(presence: int, raw: float, evidence: float, law: Law) -> bool:
    if presence == INSIDE:
        return raw >= law.enter and evidence >= law.informative
    return presence == OUTSIDE and raw <= law.exit and evidence <= -law.informative
