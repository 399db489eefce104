# SPDX-License-Identifier: EUPL-1.2
"""Everybody's last report and states in columns, and when somebody must be looked at; compiled.

Most reports change nothing that a rule may answer to (judging/quiet.py says which). Those are taken
in by columns (listening.py, fences.py), without a Python object. What somebody's columns do not
know (a class of shared zones) is marked, and such a person is never quiet.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop
from tarazy.supervision.presence.constants import EVIDENCE_MAX
from tarazy.supervision.presence.hearing import NEVER, PROMPT, UNKNOWN, UPLOADING, wide
from tarazy.supervision.presence.law import Law
from tarazy.supervision.presence.zones import Zones

Records = npt.NDArray[np.void]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Flags = npt.NDArray[np.int8]

DONE, DUE, LOUD, CHANGED, CROWDED = range(5)
"""Why the loop left somebody: nothing is left, a timer is due before the next report, it is not for
here, it changed a state, or there is no room for changes."""
FENCE, RING, PASSAGE, UNKEPT = range(4)
"""What a row of the conditions is: a zone, its buffer, ways through it, or nothing for here."""
NOWHERE = -1
ENDLESS = 2**62
SIGHT = 4
"""Numbers of a fix in a ring: microseconds since 1970, degrees north and east, metres."""

WEARER = np.dtype(
    [
        *((name, "i8") for name in ("heard", "at", "device", "stale", "ends", "first", "count")),
        *((name, "f8") for name in ("lat", "lon", "accuracy_m", "rested_s")),
        *((name, "f8") for name in ("speed_kmh", "battery", "fell", "left", "plugged")),
        # When somebody must look again: the timers of rules about the person, of those about a
        # condition, the one that each report puts off by `silence`, and never later than all of
        # them, `next`.
        *((name, "i8") for name in ("due", "hours", "silence", "silence_due", "next")),
        *((name, "i8") for name in ("late_since", "late_first", "late_last", "late_newest")),
        ("battery_at", "i8"),
        # The leap that goes on (thrown.py): from where, and the first place there.
        *((name, "i8") for name in ("left_at", "leapt_at")),
        *((name, "f8") for name in ("left_lat", "left_lon", "left_accuracy_m")),
        *((name, "f8") for name in ("leapt_lat", "leapt_lon", "leapt_accuracy_m")),
        *((name, "i1") for name in ("calm", "still", "deferred", "thrown", "leapt")),
    ],
    align=True,
)
"""`fell` is the last step of the battery since it was charged (NaN: none), `left` what it has
without its wavering (NaN: of no concern), `plugged` what it had when it began to be charged (NaN:
it is not), `still` whether the device has said that it does not move; `thrown` whether a place is
known to which it was thrown, `leapt` whether a leap began or ended here and is not written yet;
`leapt_at` is NEVER where none goes on."""
CONDITION = np.dtype(
    [
        *((name, "i8") for name in ("id", "zone", "begins", "ends", "at", "known")),
        *((name, "i8") for name in ("since", "confirmed", "judged")),
        *((name, "f8") for name in ("log_odds", "beyond_m", "crept_m", "shift_m", "around_m")),
        *((name, "i1") for name in ("presence", "kept", "facet", "told", "forbidden")),
    ],
    align=True,
)
"""`shift_m` is what to add to the distance to the zone's edge, `around_m` the widest such of all
rows of a condition; `told` whether it is worth a look where evidence begins to speak against,
`forbidden` whether it is a zone to keep out of."""
TURN = np.dtype(
    [
        *((name, "i8") for name in ("wearer", "condition", "at", "known")),
        *(("chance", "f8"), ("presence", "i1"), ("kept", "i1")),
    ],
    align=True,
)


class Reports(NamedTuple):
    """Reports in columns, those of one wearer in order of arrival."""

    at: Indices
    """Microseconds since 1970."""
    known: Indices
    device: Indices
    lat: Floats
    """NaN where there is no place."""
    lon: Floats
    accuracy_m: Floats
    """NaN where the device states none; so also those that follow."""
    speed_kmh: Floats
    battery: Floats
    charging: Flags
    """1, 0, or -1 where it is not told; so also `moving`."""
    moving: Flags
    odd: npt.NDArray[np.bool_]
    """Whether it has no usable place, or a mark or an alarm that a rule may answer to."""


class Segments(NamedTuple):
    """Whose reports are to be heard: rows from `start` on, before `end`."""

    wearer: Indices
    start: Indices
    end: Indices
    why: Indices
    """Why the loop stopped there."""


class Limits(NamedTuple):
    """The numbers by which judging tells what is late, told or moving; times in microseconds."""

    late_after: int
    settle: int
    settle_max: int
    silent: int
    """A report after so long is loud."""
    percent_step: int
    percent_told: int
    percent_charged: float
    moving_kmh: float
    doubt: float
    """Log-odds below which evidence speaks against being inside."""
    away_max: int
    """So long a leap lasts."""
    gap_max: int
    """Of a way between two fixes: so also those that follow."""
    clear_m: float
    clear_sigmas: float
    detour: float
    metres_a_degree: float


class Found(NamedTuple):
    """Room for changes."""

    turns: Records
    sights: Floats
    """The evidence of each, newest last: (changes, EVIDENCE_MAX, SIGHT)."""
    used: Indices
    """Of one number: how many there are."""


class Crowd(NamedTuple):
    """All that the loop reads and moves."""

    wearers: Records
    conditions: Records
    sights: Floats
    """The last fixes of each condition: (conditions, EVIDENCE_MAX, SIGHT)."""
    zones: Zones
    law: Law
    limits: Limits


def room(count: int) -> Found:
    """Room for so many changes."""
    return Found(
        np.zeros(count, TURN),
        np.zeros((count, EVIDENCE_MAX, SIGHT)),
        np.zeros(1, dtype=np.int64),
    )


@loop
def settles(crowd: Crowd, wearer: int) -> int:
    """When late places are judged, if no other comes."""
    me, limits = crowd.wearers[wearer], crowd.limits
    return int(min(me.late_last + limits.settle, me.late_first + limits.settle_max))


@loop
def timer(crowd: Crowd, wearer: int) -> int:
    """When somebody must look again if nothing is heard, late places aside."""
    return int(min(timer_of_person(crowd, wearer), crowd.wearers[wearer].hours))


@loop
def timer_of_person(crowd: Crowd, wearer: int) -> int:
    """The same without the rules about a condition."""
    me = crowd.wearers[wearer]
    due = me.due
    if me.silence < ENDLESS:
        due = min(due, max(me.silence_due, me.heard + me.silence))
    for n in range(me.first, me.first + me.count):
        condition = crowd.conditions[n]
        if wide(condition.presence) != UNKNOWN:
            lost = condition.confirmed + me.stale + PROMPT
            due = min(due, max(lost, condition.known + UPLOADING))
    return int(due)


@loop
def waits(crowd: Crowd, wearer: int) -> bool:
    """Whether late places wait to be judged."""
    me = crowd.wearers[wearer]
    return bool(me.late_first != NEVER and not me.deferred)


@loop
def due_before(crowd: Crowd, wearer: int) -> int:
    """Before which report somebody must look: late places may settle up to its very moment."""
    due = timer(crowd, wearer)
    return min(due, settles(crowd, wearer) + 1) if waits(crowd, wearer) else due


@loop
def overdue(crowd: Crowd, until: int, found: Indices) -> int:
    """Whose timers are due by a moment; how many."""
    count = 0
    for wearer in range(len(crowd.wearers)):
        me = crowd.wearers[wearer]
        if me.next <= until:
            due = timer(crowd, wearer)
            late = settles(crowd, wearer) if me.late_first != NEVER else ENDLESS
            me.next = min(due, late)
            if due <= until:
                found[count] = wearer
                count += 1
    return count


@loop
def soonest(crowd: Crowd) -> int:
    """When the next timer is due, or a little earlier."""
    due = ENDLESS
    for wearer in range(len(crowd.wearers)):
        me = crowd.wearers[wearer]
        if me.next == NEVER and me.due != NEVER:
            late = settles(crowd, wearer) if me.late_first != NEVER else ENDLESS
            me.next = min(timer(crowd, wearer), late)
        due = min(due, me.next)
    return int(due)


@loop
def aged(crowd: Crowd, wearers: Indices, before: int, found: npt.NDArray[np.bool_]) -> None:
    """Of which of these something is known from before a moment: a place, or one of evidence."""
    for place in range(len(wearers)):
        me = crowd.wearers[wearers[place]]
        found[place] = NEVER < me.at < before
        for n in range(me.first, me.first + me.count):
            one, ring = crowd.conditions[n], crowd.sights[n]
            if one.kept > 0 and ring[(one.judged - one.kept) % len(ring), 0] < before:
                found[place] = True
