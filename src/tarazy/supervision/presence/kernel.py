# SPDX-License-Identifier: EUPL-1.2
"""The presence kernel: fixes in, changes of inside / outside / unknown out.

For each fix, the signed distance d to the fence and the place's sigma give the probability of being
inside, Phi(d / sigma) (the fence is taken as straight within a few sigma). Its log-odds, capped and
weighted by the time since the fix before (errors that are near in time are the same error), are
added up. Inside is entered promptly; outside only when the evidence has cleared the fence: fixes
near it are one witness together, fixes far from it one each, and a fix beside it undoes half. How
a place was reached counts too: a step of a walk more, what a slow drift may have crept to less. A
state that no fix has confirmed for a while becomes unknown, also when nobody reports (`expire`).

A fix that is not later than the last judged one is late: it stays in the fix store, and does not
move the state backwards. Judging its interval again is a replay through this same code.

Deterministic: the same fixes in the same order give the same changes, bit for bit, however they are
cut into batches. The test itself is compiled (hearing.py, rows.py); this file turns Python's
objects into columns and back. Where everything is in columns already, see wearers.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence import constants as c
from tarazy.supervision.presence.geometry import Circle, signed_distance_m
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.law import Z_MAX, law, log_odds

if TYPE_CHECKING:  # Numba is loaded only where something is judged
    from tarazy.supervision.presence import rows

Floats = npt.NDArray[np.float64]
PROBABILITY_DIGITS = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PRESENCES = (Presence.UNKNOWN, Presence.INSIDE, Presence.OUTSIDE)
CODES = {presence: code for code, presence in enumerate(PRESENCES)}


@dataclass(frozen=True, slots=True)
class Batch:
    """Fixes against conditions, in columns of one length, in order of arrival for each subject."""

    subject: npt.NDArray[np.int64]
    """Which state the fix belongs to: an index into the states that go with the batch."""
    distance_m: Floats
    outer_m: Floats
    """How far the zone reaches from its middle; of one that is not small inf will do."""
    accuracy_m: Floats
    """NaN where the device states none."""
    sightings: Sequence[Sighting]
    known_at: Sequence[datetime]


def judge(
    states: Sequence[State], stale_s: Sequence[float], batch: Batch
) -> tuple[list[State], list[list[Change]]]:
    """Each subject's state after the batch, and its changes in order."""
    after = list(states)
    changes: list[list[Change]] = [[] for _ in states]
    if not len(batch.subject):
        return after, changes
    columns = (batch.distance_m, batch.outer_m, batch.accuracy_m, batch.sightings, batch.known_at)
    if any(len(column) != len(batch.subject) for column in columns):
        raise ValueError("the columns of a batch are of one length")
    from tarazy.supervision.presence import rows

    touched, place = np.unique(batch.subject, return_inverse=True)
    before = [states[n] for n in touched.tolist()]
    held = _columns(before, [stale_s[n] for n in touched.tolist()])
    fixes = rows.Rows(
        np.asarray(place, dtype=np.int64),
        np.ascontiguousarray(batch.distance_m, dtype=np.float64),
        clearance_m(batch.outer_m),
        np.ascontiguousarray(batch.accuracy_m, dtype=np.float64),
        _times([one.at for one in batch.sightings]),
        _times(batch.known_at),
    )
    judged, turns = rows.judge(held, fixes, law())
    found, trails = _told(before, batch, place.tolist(), judged.tolist(), turns)
    for n, subject in enumerate(touched.tolist()):
        changes[subject] = found[n]
        if trails[n] is not None:
            after[subject] = _state(held, n, trails[n] or [])
    return after, changes


def prepare() -> None:
    """Compile, or load what was compiled before, so that the first fixes need not wait for it."""
    here = Sighting(EPOCH + MICROSECOND, 0.0, 0.0, 1.0)
    away = signed_distance_m(Circle(0.0, 0.0, 1.0), np.zeros(1), np.zeros(1))
    batch = Batch(np.zeros(1, dtype=np.int64), away, np.ones(1), np.ones(1), [here], [here.at])
    judge([State(Presence.UNKNOWN, EPOCH, EPOCH, EPOCH, EPOCH, 0.0)], [c.STALE_S_MIN], batch)


def stale_after_s(report_interval_s: float) -> float:
    """How long a state holds without a confirming fix."""
    return max(c.STALE_S_MIN, c.STALE_REPORTS * report_interval_s)


def expires_at(state: State, stale_s: float) -> datetime | None:
    """When the state becomes unknown if nothing more is heard; None where it is unknown already.

    That is later than the moment from which on it is unknown: a fix may be on its way (PROMPT_S),
    or stored ones be uploaded (UPLOADING_S).
    """
    if state.presence is Presence.UNKNOWN:
        return None
    uploaded_at = state.known_at + timedelta(seconds=c.UPLOADING_S)
    return max(state.confirmed_at + timedelta(seconds=stale_s + c.PROMPT_S), uploaded_at)


def expire(state: State, stale_s: float, now: datetime) -> tuple[State, list[Change]]:
    """The state at a time, if nothing more is heard until then."""
    due = expires_at(state, stale_s)
    if due is None or now < due:
        return state, []
    return _lose(state, stale_s, due)


def log_odds_inside(distance_m: Floats, sigma_m: Floats) -> Floats:
    """Log-odds of Phi(d / sigma)."""
    z = np.clip(distance_m / sigma_m, -Z_MAX, Z_MAX)
    return np.asarray(log_odds(z), dtype=np.float64)


def sigma_m(accuracy_m: Floats) -> Floats:
    """Standard deviation for each axis, from a 68 % radius; NaN, and what is not above zero, is
    unknown."""
    stated = np.maximum(accuracy_m * c.ACCURACY_TO_SIGMA * c.UNDERSTATED, c.SIGMA_FLOOR_M)
    return np.asarray(np.where(accuracy_m > 0, stated, c.SIGMA_UNKNOWN_M), dtype=np.float64)


def clearance_m(outer_m: Floats) -> Floats:
    """How far beyond the fence of a zone that reaches so far a fine fix is clear of it."""
    small = np.maximum(c.CLEARANCE_M, 2.0 * c.CLEARANCE_M - outer_m)
    return np.minimum(np.asarray(small, dtype=np.float64), c.FAR_M)


def _lose(state: State, stale_s: float, known_at: datetime) -> tuple[State, list[Change]]:
    """Unknown, from the moment on at which the last confirmation had grown too old.

    Who was lost inside keeps that in his favour: an exit needs no less evidence than before.
    """
    kept = max(state.log_odds, 0.0)
    end = max(state.confirmed_at + timedelta(seconds=stale_s), state.since)
    lost = state._replace(presence=Presence.UNKNOWN, since=end, log_odds=kept, evidence=())
    return lost, [Change(Presence.UNKNOWN, end, known_at)]


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


@lru_cache(maxsize=10_000)
def moment(micros: int) -> datetime:
    """The time of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(0, 0, micros)


def _times(moments: Sequence[datetime]) -> npt.NDArray[np.int64]:
    return np.array([micros(one) for one in moments], dtype=np.int64)


def _columns(states: Sequence[State], stale_s: Sequence[float]) -> "rows.States":
    from tarazy.supervision.presence import rows

    return rows.States(
        np.array([CODES[one.presence] for one in states], dtype=np.int8),
        np.array([len(one.evidence) for one in states], dtype=np.int8),
        _times([one.since for one in states]),
        _times([one.confirmed_at for one in states]),
        np.array([one.log_odds for one in states], dtype=np.float64),
        _times([one.at for one in states]),
        _times([one.known_at for one in states]),
        np.array([timedelta(seconds=one) // MICROSECOND for one in stale_s], dtype=np.int64),
        np.array([one.beyond_m for one in states], dtype=np.float64),
        np.array([one.crept_m for one in states], dtype=np.float64),
    )


def _told(
    before: Sequence[State],
    batch: Batch,
    place: Sequence[int],
    judged: Sequence[bool],
    turns: "rows.Turns",
) -> tuple[list[list[Change]], list[list[Sighting] | None]]:
    """The changes of each state, and the fixes that it was judged by; None where none was."""
    changes: list[list[Change]] = [[] for _ in before]
    trails: list[list[Sighting] | None] = [None] * len(before)
    turned = zip(*(column.tolist() for column in turns), strict=True)
    turn = next(turned, None)
    for row, (n, counts) in enumerate(zip(place, judged, strict=True)):
        if not counts:
            continue
        trail = trails[n]
        if trail is None:
            trail = trails[n] = list(before[n].evidence)
        trail.append(batch.sightings[row])
        while turn is not None and turn[0] == row:
            changes[n].append(_change(turn, trail))
            turn = next(turned, None)
    return changes, trails


def _change(turn: tuple[int, int, int, int, int, float], trail: Sequence[Sighting]) -> Change:
    _, presence, kept, at, known, chance = turn
    if PRESENCES[presence] is Presence.UNKNOWN:
        return Change(Presence.UNKNOWN, moment(at), moment(known))
    probability = round(chance, PROBABILITY_DIGITS)
    return Change(
        *(PRESENCES[presence], moment(at), moment(known), probability), tuple(trail[-kept:])
    )


def _state(held: "rows.States", n: int, trail: Sequence[Sighting]) -> State:
    kept = int(held.kept[n])
    return State(
        presence=PRESENCES[held.presence[n]],
        since=moment(int(held.since[n])),
        at=moment(int(held.at[n])),
        known_at=moment(int(held.known[n])),
        confirmed_at=moment(int(held.confirmed[n])),
        log_odds=float(held.log_odds[n]),
        evidence=tuple(trail[-kept:]),
        beyond_m=float(held.beyond_m[n]),
        crept_m=float(held.crept_m[n]),
    )
