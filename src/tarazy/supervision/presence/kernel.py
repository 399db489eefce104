# SPDX-License-Identifier: EUPL-1.2
"""The presence kernel: fixes in, changes of inside / outside / unknown out.

For each fix, the signed distance d to the fence and the place's sigma give the probability of being
inside, Phi(d / sigma) (the fence is taken as straight within a few sigma). Its log-odds, capped and
weighted by the time since the fix before (errors that are near in time are the same error), are
added up. Inside is entered promptly; outside only when the evidence has cleared the fence. A state
that no fix has confirmed for a while becomes unknown, also when nobody reports (`expire`).

A fix that is not later than the last judged one is late: it stays in the fix store, and does not
move the state backwards. Judging its interval again is a replay through this same code.

Deterministic: the same fixes in the same order give the same changes, however they are cut into
batches.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence import constants as c
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State

Floats = npt.NDArray[np.float64]
PROBABILITY_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """Fixes against conditions, in columns of one length, in order of arrival for each subject."""

    subject: npt.NDArray[np.int64]
    """Which state the fix belongs to: an index into the states that go with the batch."""
    distance_m: Floats
    accuracy_m: Floats
    """NaN where the device states none."""
    sightings: Sequence[Sighting]
    known_at: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class _Witness:
    """What one fix says, before it is weighed against its neighbours in time."""

    sighting: Sighting
    known_at: datetime
    evidence: float
    floor: float
    """How far down this fix may bring the sum."""


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


def stale_after_s(report_interval_s: float) -> float:
    """How long a state holds without a confirming fix."""
    return max(c.STALE_S_MIN, c.STALE_REPORTS * report_interval_s)


def expires_at(state: State, stale_s: float) -> datetime | None:
    """When the state becomes unknown if nothing more is heard; None where it is unknown already.

    Counted from the arrival of the last fix: while stored fixes are still being uploaded, their age
    alone says nothing.
    """
    if state.presence is Presence.UNKNOWN:
        return None
    return max(state.confirmed_at, state.known_at) + timedelta(seconds=stale_s)


def expire(state: State, stale_s: float, now: datetime) -> tuple[State, list[Change]]:
    """The state at a time, if nothing more is heard until then."""
    due = expires_at(state, stale_s)
    if due is None or now < due:
        return state, []
    return _lose(state, stale_s, due)


def log_odds_inside(distance_m: Floats, sigma_m: Floats) -> Floats:
    """Log-odds of Phi(d / sigma), by the logistic form of Bowling et al. (2009), JIEM 2(1).

    Its error in probability is below 0.00014, far below what any sigma is known to.
    """
    z = np.clip(distance_m / sigma_m, -10.0, 10.0)
    return np.asarray(1.5976 * z + 0.07056 * z**3, dtype=np.float64)


def sigma_m(accuracy_m: Floats) -> Floats:
    """Standard deviation for each axis, from a 68 % radius; NaN is a stated unknown."""
    stated = np.maximum(accuracy_m * c.ACCURACY_TO_SIGMA * c.UNDERSTATED, c.SIGMA_FLOOR_M)
    return np.asarray(np.where(np.isnan(accuracy_m), c.SIGMA_UNKNOWN_M, stated), dtype=np.float64)


def _witnesses(batch: Batch) -> Iterator[tuple[int, _Witness]]:
    """Row by row, what was computed column by column."""
    sigma = sigma_m(batch.accuracy_m)
    evidence = np.clip(log_odds_inside(batch.distance_m, sigma), -c.OUT_CAP, c.IN_CAP)
    evidence *= np.where(np.isnan(batch.accuracy_m), c.WEIGHT_UNKNOWN, 1.0)
    clear = -batch.distance_m >= np.maximum(c.CLEARANCE_M, c.CLEARANCE_SIGMAS * sigma)
    coarse = np.nan_to_num(batch.accuracy_m, nan=0.0) > c.COARSE_ACCURACY_M
    floor = np.where(~clear, c.UNCLEAR_FLOOR, np.where(coarse, c.EXIT + 0.1, -np.inf))
    columns = (batch.subject, evidence, floor)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for index, (subject, value, lowest) in enumerate(rows):
        yield subject, _Witness(batch.sightings[index], batch.known_at[index], value, lowest)


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
    raw = before.log_odds + witness.evidence * _weight((at - before.at).total_seconds())
    raw = max(raw, min(before.log_odds, witness.floor))
    moved = before._replace(
        at=at,
        known_at=witness.known_at,
        log_odds=min(max(raw, c.EXIT), c.ENTER),
        evidence=(*before.evidence, witness.sighting)[-c.EVIDENCE_MAX :],
    )
    after = _settle(moved, raw, witness)
    if after.presence is not before.presence:
        chance = 1 / (1 + math.exp(-abs(raw)))
        changes.append(
            Change(
                *(after.presence, after.since, witness.known_at),
                *(round(chance, PROBABILITY_DIGITS), after.evidence),
            )
        )
    return after, changes


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
    at, presence = witness.sighting.at, moved.presence
    if raw >= c.ENTER:
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
