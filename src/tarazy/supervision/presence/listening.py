# SPDX-License-Identifier: EUPL-1.2
"""The loop that takes in quiet reports, compiled (crowd.py has the columns).

It stops at a report that is not quiet, at a timer that is due before a report, and after a report
that changed a state or began to speak against one: then Python looks (engine/rounds.py), and the
loop goes on. It is `judging.seeing` and `judging.signs` for the quiet reports, number for number.
"""

import math
from typing import Any

from tarazy.supervision.presence.compiled import loop, part
from tarazy.supervision.presence.constants import (
    BACK_M,
    REACH_ACCURACIES,
    SIGMA_UNKNOWN_M,
    SPEED_MAX_M_S,
    STANDS_M,
)
from tarazy.supervision.presence.crowd import (
    CHANGED,
    CROWDED,
    DONE,
    DUE,
    LOUD,
    Crowd,
    Found,
    Limits,
    Reports,
    Segments,
    due_before,
    settles,
    timer_of_person,
    waits,
)
from tarazy.supervision.presence.fences import Place, intrudes, move, passes
from tarazy.supervision.presence.hearing import NEVER, SECOND
from tarazy.supervision.presence.plane import spot
from tarazy.supervision.presence.thrown import leaps, rested, way_m
from tarazy.supervision.presence.zones import ARC_OVER_CHORD

CHORD_MAX_M = 1_000_000.0
REACH_SLACK_M = 0.01
way_m_of, leaps_of, rested_of = loop(way_m), loop(leaps), loop(rested)


@loop
def listen(
    crowd: Crowd, reports: Reports, segments: Segments, found: Found, paced_from: int
) -> None:
    """Take in the quiet reports of everybody in the segments; `start` moves on, `why` is set.

    Before `paced_from` nobody is asked to look at each change by itself, nor at each timer of a
    rule about a condition: they are gathered up to where the loop stops anyhow. And nothing that
    began to speak against a state is told.
    """
    for n in range(len(segments.wearer)):
        wearer, row = segments.wearer[n], segments.start[n]
        before, segments.why[n] = found.used[0], DONE
        while row < segments.end[n] and segments.why[n] == DONE:
            segments.why[n] = _stops(crowd, reports, (wearer, row), found, paced_from)
            if segments.why[n] == DONE:
                stirred = _take(crowd, reports, wearer, row, found) or found.used[0] != before
                row += 1
                if stirred and crowd.wearers[wearer].heard >= paced_from:
                    segments.why[n] = CHANGED
        if found.used[0] != before:
            segments.why[n] = CHANGED
        segments.start[n] = row


@part
def _stops(
    crowd: Crowd, reports: Reports, one: tuple[int, int], found: Found, paced_from: int
) -> int:
    """Whether a report, of one wearer and row, cannot be taken in here yet, or at all."""
    wearer, row = one
    me, limits = crowd.wearers[wearer], crowd.limits
    known = max(reports.known[row], me.heard)
    if me.next <= known and waits(crowd, wearer) and settles(crowd, wearer) < known:
        return DUE
    if _tells(crowd, reports, wearer, row):
        return LOUD  # who walks it looks at what is due before it
    if me.next <= known:
        me.next = due_before(crowd, wearer)
        passed = known < paced_from and timer_of_person(crowd, wearer) > known
        if me.next <= known and not passed:
            return DUE
    at = min(reports.at[row], known)
    if known - at <= limits.late_after and at > me.at:
        place = _place(reports, row, at, known)
        if not _reachable(me, place) or _measures(crowd, wearer, place):
            return LOUD
        if len(found.turns) - found.used[0] < 2 * me.count:
            return CROWDED
    return DONE


@part
def _tells(crowd: Crowd, reports: Reports, wearer: int, row: int) -> bool:
    """Whether a report says something that a rule may answer to, now or later."""
    me, limits = crowd.wearers[wearer], crowd.limits
    known = max(reports.known[row], me.heard)
    if reports.odd[row] or not me.calm or known - me.heard > limits.silent:
        return True
    if reports.accuracy_m[row] > crowd.law.coarse_accuracy_m:
        return True
    current = min(reports.at[row], known) >= me.battery_at
    if current and _charge_told(me, reports.battery[row], reports.charging[row], limits):
        return True
    in_time = known - min(reports.at[row], known) <= limits.late_after
    return bool(in_time and _stirs(crowd, reports, wearer, row))


@loop
def _charge_told(me: Any, battery: float, charging: int, limits: Limits) -> bool:
    """Whether a battery says something that a rule may answer to, now or later."""
    on = not math.isnan(me.plugged)
    if math.isnan(battery) or charging == (0 if on else 1):
        return bool(charging == (0 if on else 1))
    step = _level(battery, limits)
    if math.isnan(me.battery) or step != _level(me.battery, limits):
        return True
    if battery > me.left + limits.percent_charged:
        return True
    if on:
        return bool(charging != 1 and battery < me.plugged)
    if math.isnan(me.fell):
        return bool(step < limits.percent_told)
    return bool(battery > me.fell + limits.percent_charged or step < me.fell)


@loop
def _level(percent: float, limits: Limits) -> int:
    step = limits.percent_step
    return min(math.ceil(percent / step) * step, limits.percent_told)


@part
def _stirs(crowd: Crowd, reports: Reports, wearer: int, row: int) -> bool:
    """Whether a report that came in time changes what the device has shown, but the last place."""
    me = crowd.wearers[wearer]
    fast = reports.speed_kmh[row] > crowd.limits.moving_kmh
    if fast and reports.lat[row] == me.lat and reports.lon[row] == me.lon:
        return True
    if fast or reports.moving[row] == 1:
        return bool(me.still == 1)
    return bool(reports.moving[row] == 0 and me.still != 1)


@part
def _place(reports: Reports, row: int, at: int, known: int) -> Place:
    return Place(at, known, reports.lat[row], reports.lon[row], reports.accuracy_m[row])


@part
def _take(crowd: Crowd, reports: Reports, wearer: int, row: int, found: Found) -> bool:
    """Take in a quiet report; whether evidence began to speak against a state."""
    me, limits = crowd.wearers[wearer], crowd.limits
    known = max(reports.known[row], me.heard)
    at = min(reports.at[row], known)
    me.heard, me.device = known, reports.device[row]
    if not math.isnan(reports.battery[row]) and at >= me.battery_at:
        me.battery, me.battery_at = reports.battery[row], at
    if known - at > limits.late_after or at <= me.at:
        _wait(crowd, wearer, at, known)
        return False
    place = _place(reports, row, at, known)
    _follow(me, place, limits)
    me.at, me.lat, me.lon, me.accuracy_m = at, place.lat, place.lon, place.accuracy_m
    me.speed_kmh = reports.speed_kmh[row]
    return move(crowd, wearer, place, found)


@loop
def _wait(crowd: Crowd, wearer: int, at: int, known: int) -> None:
    """A late place waits to be judged with those that come with it."""
    me = crowd.wearers[wearer]
    if me.late_first == NEVER:
        me.late_since, me.late_first, me.late_last = at, known, known
        me.late_newest = at
    else:
        me.late_since, me.late_last = min(me.late_since, at), known
        me.late_newest = max(me.late_newest, at)
    me.next = min(me.next, settles(crowd, wearer))


@part
def _reachable(me: Any, place: Place) -> bool:
    """Whether somebody could surely have come here; where it is close Python measures it."""
    here, there = spot(me.lat, me.lon), spot(place.lat, place.lon)
    x, y, z = here.x - there.x, here.y - there.y, here.z - there.z
    chord_2 = x * x + y * y + z * z
    doubt_m = _doubt(me.accuracy_m) + _doubt(place.accuracy_m)
    reach_m = SPEED_MAX_M_S * ((place.at - me.at) / SECOND) + REACH_ACCURACIES * doubt_m
    away_m = math.sqrt(chord_2) * (1.0 + chord_2 * ARC_OVER_CHORD) + REACH_SLACK_M
    return bool(chord_2 < CHORD_MAX_M * CHORD_MAX_M and away_m <= reach_m)


@loop
def _away(me: Any, place: Place, limits: Limits) -> bool:
    """Whether a leap goes on that is not over yet."""
    return bool(me.leapt_at != NEVER and place.at <= me.leapt_at + limits.away_max)


@part
def _measures(crowd: Crowd, wearer: int, place: Place) -> bool:
    """Whether Python is to follow the way to a place."""
    return _leaps(crowd, wearer, place) or passes(crowd, wearer, place)


@part
def _leaps(crowd: Crowd, wearer: int, place: Place) -> bool:
    """Whether Python is to follow a leap (thrown.py): a device that is back where it rested has
    shown another place to which it is thrown; of one that was thrown a leap may be doubted; and a
    zone to keep out of waits for the report after one."""
    me = crowd.wearers[wearer]
    moved_m = way_m_of(me.lat, me.lon, place.lat, place.lon)
    if _away(me, place, crowd.limits):
        back = way_m_of(me.left_lat, me.left_lon, place.lat, place.lon) <= BACK_M
        return bool(moved_m > STANDS_M and back)
    if not leaps_of(moved_m, (place.at - me.at) / SECOND, me.rested_s):
        return False
    return bool(me.thrown == 1) or intrudes(crowd, wearer, place)


@part
def _follow(me: Any, place: Place, limits: Limits) -> None:
    """What a place says of the device's rest and leaps."""
    moved_m = way_m_of(me.lat, me.lon, place.lat, place.lon)
    gap_s, away = (place.at - me.at) / SECOND, _away(me, place, limits)
    if away and moved_m > STANDS_M:
        me.rested_s, me.leapt_at, me.leapt = 0.0, NEVER, 1
    elif not away and leaps_of(moved_m, gap_s, me.rested_s):
        me.rested_s, me.leapt = 0.0, 1
        me.left_at, me.left_lat, me.left_lon = me.at, me.lat, me.lon
        me.leapt_at, me.leapt_lat, me.leapt_lon = place.at, place.lat, place.lon
        me.left_accuracy_m, me.leapt_accuracy_m = me.accuracy_m, place.accuracy_m
    else:
        me.rested_s = rested_of(me.rested_s, moved_m, gap_s)
        if not away:
            me.leapt_at = NEVER


@loop
def _doubt(accuracy_m: float) -> float:
    return SIGMA_UNKNOWN_M if math.isnan(accuracy_m) else accuracy_m
