# SPDX-License-Identifier: EUPL-1.2
"""The sequential test in plain Python, fix by fix: what the compiled one is held against.

It is the first version of the kernel as it was, and a reader's way into it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tarazy.supervision.presence import constants as c
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.kernel import (
    PROBABILITY_DIGITS,
    Batch,
    expire,
    log_odds_inside,
    sigma_m,
)


@dataclass(frozen=True, slots=True)
class _Witness:
    """What one fix says, before it is weighed against its neighbours in time."""

    sighting: Sighting
    known_at: datetime
    evidence: float
    floor: float
    """How far down this fix may bring the sum."""
    forget: float
    """What share it undoes of what went below its floor, before its weight."""
    fine: bool
    beyond_m: float


def judge(
    states: Sequence[State], stale_s: Sequence[float], batch: Batch
) -> tuple[list[State], list[list[Change]]]:
    """Each subject's state after the batch, and its changes in order."""
    after = list(states)
    changes: list[list[Change]] = [[] for _ in states]
    for subject, witness in _witnesses(batch):
        step, found = _hear(after[subject], stale_s[subject], witness)
        after[subject] = step
        changes[subject].extend(found)
    return after, changes


def _witnesses(batch: Batch) -> Iterator[tuple[int, _Witness]]:
    """Row by row, what was computed column by column."""
    sigma = sigma_m(batch.accuracy_m)
    evidence = np.clip(log_odds_inside(batch.distance_m, sigma), -c.OUT_CAP, c.IN_CAP)
    clear_m = np.minimum(np.maximum(c.CLEARANCE_M, 2 * c.CLEARANCE_M - batch.outer_m), c.FAR_M)
    clear = -batch.distance_m >= np.maximum(clear_m, c.CLEARANCE_SIGMAS * sigma)
    coarse = np.nan_to_num(batch.accuracy_m, nan=0.0) > c.COARSE_ACCURACY_M
    near = coarse | (-batch.distance_m < c.FAR_M)
    floor = np.where(~clear, c.UNCLEAR_FLOOR, np.where(near, c.NEAR_FLOOR, -np.inf))
    fine = c.CLEARANCE_SIGMAS * sigma < c.FAR_M
    evidence[~fine & (evidence > 0) & (evidence < c.INFORMATIVE)] = 0.0
    evidence[~fine & ~clear & (evidence < 0)] = 0.0
    forget = np.where(fine, c.FORGET, 0.0)
    beyond = np.clip(-batch.distance_m, 0.0, c.REACH_M)
    columns = (batch.subject, evidence, floor, forget, fine, beyond)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for index, (subject, *said) in enumerate(rows):
        yield subject, _Witness(batch.sightings[index], batch.known_at[index], *said)


def _hear(state: State, stale_s: float, witness: _Witness) -> tuple[State, list[Change]]:
    at = witness.sighting.at
    if at <= state.at:
        return state, []
    before, changes = expire(state, stale_s, witness.known_at)
    if (
        before.presence is not Presence.UNKNOWN
        and (at - before.confirmed_at).total_seconds() > stale_s
    ):
        before, changes = _lose(before, stale_s, witness.known_at)
    gap_s = (at - before.at).total_seconds()
    weight, so_far = _weight(gap_s), before.log_odds
    if before.presence is Presence.UNKNOWN and gap_s > stale_s:
        so_far = max(so_far, 0.0)
    crept_m = _crept_m(state, witness, gap_s)
    floor, moved = witness.floor, witness.evidence * weight
    if witness.beyond_m - crept_m < c.SURGE_M:
        floor = max(floor, c.NEAR_FLOOR)
    if floor < c.UNCLEAR_FLOOR and _is_step(state, witness, gap_s):
        floor = c.STEP_FLOOR if so_far > c.NEAR_FLOOR else -math.inf
        moved = max(moved * c.STEADY, -c.STEP_MAX)
    elif so_far < floor:
        so_far += (floor - so_far) * (witness.forget * min(weight, 1.0))
    raw = max(so_far + moved, min(so_far, floor))
    after = before._replace(
        at=at,
        known_at=witness.known_at,
        log_odds=min(max(raw, c.EXIT), c.ENTER),
        evidence=(*before.evidence, witness.sighting)[-c.EVIDENCE_MAX :],
        beyond_m=witness.beyond_m,
        crept_m=crept_m,
    )
    after = _settle(after, raw, witness)
    if after.presence is not before.presence:
        chance = 1 / (1 + math.exp(-abs(raw)))
        changes.append(
            Change(
                *(after.presence, after.since, witness.known_at),
                *(round(chance, PROBABILITY_DIGITS), after.evidence),
            )
        )
    return after, changes


def _crept_m(before: State, witness: _Witness, gap_s: float) -> float:
    """How far beyond the fence a slow drift may have brought the device."""
    crept_m = before.crept_m + c.CREEP_M_S * min(gap_s, c.CREEP_S_MAX)
    return min(witness.beyond_m, crept_m, c.FAR_M)


def _is_step(before: State, witness: _Witness, gap_s: float) -> bool:
    """On at the pace of somebody who walks, and out of the zone before."""
    pace_m_s = (witness.beyond_m - before.beyond_m) / gap_s
    walks = c.PACE_MIN_M_S <= pace_m_s <= c.PACE_MAX_M_S
    return witness.fine and before.beyond_m > c.LEFT_M and witness.beyond_m < c.REACH_M and walks


def _lose(state: State, stale_s: float, known_at: datetime) -> tuple[State, list[Change]]:
    """Unknown, from the moment on at which the last confirmation had grown too old.

    Who was lost inside keeps that in his favour: an exit needs no less evidence than before.
    """
    kept = max(state.log_odds, 0.0)
    end = max(state.confirmed_at + timedelta(seconds=stale_s), state.since)
    lost = state._replace(presence=Presence.UNKNOWN, since=end, log_odds=kept, evidence=())
    return lost, [Change(Presence.UNKNOWN, end, known_at)]


def _settle(moved: State, raw: float, witness: _Witness) -> State:
    """The state that the evidence gives; confirmed where this fix by itself agrees with it."""
    after = _settled(moved, raw, witness)
    return after._replace(crept_m=0.0) if after.presence is Presence.OUTSIDE else after


def _settled(moved: State, raw: float, witness: _Witness) -> State:
    at, presence = witness.sighting.at, moved.presence
    if raw >= c.ENTER and (presence is Presence.INSIDE or witness.evidence >= c.INFORMATIVE):
        presence = Presence.INSIDE
    elif raw <= c.EXIT:
        presence = Presence.OUTSIDE
    if presence is not moved.presence:
        return moved._replace(presence=presence, since=max(at, moved.since), confirmed_at=at)
    if _confirms(presence, raw, witness.evidence):
        return moved._replace(confirmed_at=at, evidence=moved.evidence[-1:])
    return moved


def _confirms(presence: Presence, raw: float, evidence: float) -> bool:
    if presence is Presence.INSIDE:
        return raw >= c.ENTER and evidence >= c.INFORMATIVE
    return presence is Presence.OUTSIDE and raw <= c.EXIT and evidence <= -c.INFORMATIVE


def _weight(gap_s: float) -> float:
    near = 1 - math.exp(-gap_s / c.CORRELATED_S)
    return near + c.SPARSE_WEIGHT * (1 - math.exp(-gap_s / c.SPARSE_S))
