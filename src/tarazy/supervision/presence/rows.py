# SPDX-License-Identifier: EUPL-1.2
"""Fixes with their distances against states, row by row, compiled: the loop behind kernel.judge."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop
from tarazy.supervision.presence.hearing import NEVER, UNKNOWN, Clock, Held, hear, heard, wide
from tarazy.supervision.presence.law import Law

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]


class Rows(NamedTuple):
    """Fixes in order of arrival for each state."""

    state: npt.NDArray[np.int64]
    distance_m: Floats
    clear_m: Floats
    """See hearing.clearance_m."""
    accuracy_m: Floats
    at: Times
    known: Times


class States(NamedTuple):
    """States in columns; the loop moves them."""

    presence: Small
    kept: Small
    since: Times
    confirmed: Times
    log_odds: Floats
    at: Times
    known: Times
    stale: Times
    beyond_m: Floats
    crept_m: Floats


class Turns(NamedTuple):
    """Changes in columns, in the order of the rows."""

    row: npt.NDArray[np.int64]
    presence: Small
    kept: Small
    at: Times
    known: Times
    chance: Floats


def judge(states: States, rows: Rows, law: Law) -> tuple[npt.NDArray[np.bool_], Turns]:
    """Move the states. Which rows were judged (the others were late), and the changes."""
    size = 2 * len(rows.state)
    turns = Turns(
        row=np.empty(size, np.int64),
        presence=np.empty(size, np.int8),
        kept=np.empty(size, np.int8),
        at=np.empty(size, np.int64),
        known=np.empty(size, np.int64),
        chance=np.empty(size),
    )
    judged = np.zeros(len(rows.state), dtype=np.bool_)
    count = _judge(states, rows, law, judged, turns)
    return judged, Turns._make(column[:count] for column in turns)


@loop
def _judge(
    states: States, rows: Rows, law: Law, judged: npt.NDArray[np.bool_], turns: Turns
) -> int:
    count = 0
    for row in range(len(rows.state)):
        n, at, known = rows.state[row], rows.at[row], rows.known[row]
        if at <= states.at[n]:
            continue
        judged[row] = True
        before = Held(
            wide(states.presence[n]),
            wide(states.kept[n]),
            states.since[n],
            states.confirmed[n],
            states.log_odds[n],
            states.beyond_m[n],
            states.crept_m[n],
        )
        clock = Clock(states.at[n], states.known[n], states.stale[n])
        fix = heard(clock, at, known, rows.accuracy_m[row], law)
        step = hear(before, fix, rows.distance_m[row], rows.clear_m[row], law)
        after = step.held
        states.presence[n], states.kept[n] = after.presence, after.kept
        states.since[n], states.confirmed[n] = after.since, after.confirmed
        states.log_odds[n], states.at[n], states.known[n] = after.log_odds, at, known
        states.beyond_m[n], states.crept_m[n] = after.beyond_m, after.crept_m
        if step.lost_at != NEVER:
            turns.row[count], turns.presence[count], turns.kept[count] = row, UNKNOWN, 0
            turns.at[count], turns.known[count] = step.lost_at, step.lost_known
            turns.chance[count] = np.nan
            count += 1
        if step.turned:
            turns.row[count], turns.presence[count] = row, after.presence
            turns.kept[count], turns.chance[count] = after.kept, step.chance
            turns.at[count], turns.known[count] = after.since, known
            count += 1
    return count
