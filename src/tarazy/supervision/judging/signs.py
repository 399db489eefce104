# SPDX-License-Identifier: EUPL-1.2
"""Gather what a device shows over time, one report after the other (rules/signs.py says what).

A report that shows nothing new changes nothing of it but the last place: such ones are heard in
columns (quiet.py), and a test holds them against this. Of a report with a clock that cannot be
believed only answers count. What came late tells nothing of what moves; of the battery the newest
report counts, late or not.
"""

from datetime import datetime, timedelta
from math import ceil, cos, hypot, radians
from typing import Any

import msgspec
from msgspec.structs import replace

from tarazy.supervision.judging.subjects import LATE_AFTER, Arrival
from tarazy.supervision.presence.constants import (
    COARSE_ACCURACY_M,
    REACH_ACCURACIES,
    SPEED_MAX_M_S,
    UNUSABLE_MARKS,
)
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules.frozen_place import FROZEN_REPORTS
from tarazy.supervision.rules.motion_unseen import MOTION_UNSEEN_REPORTS
from tarazy.supervision.rules.signs import (
    UNHEARD,
    Blind,
    Fell,
    Frozen,
    Jump,
    Plugged,
    Reply,
    Signs,
    Somewhere,
)

CLOCK_FAULT = "clock_fault"
CHECK_IN = "check_in"
CHARGING, NOT_CHARGING = {"charging_started"}, {"charging_stopped", "power_cut"}
MOVED = frozenset({"movement"})
SPEED_KMH_MIN = 5.0
"""Slower is drift."""
PERCENT_STEP, PERCENT_TOLD = 5, 55
"""Battery in steps of five; what is above half is of no concern to any rule."""
CHARGED_PERCENT = 5.0
"""So much more than before was charged: a battery that cools or rests tells a little more too."""
CELLS = 2.0
"""Two coarse places are two cells where they lie further apart than so many of their accuracies."""

REPORTS_MIN = 3
"""Reports that tell another place before it is believed that the device jumped there."""
ACCURACY_UNKNOWN_M = 300.0
TOGETHER = timedelta(minutes=15)
"""Reports of another place belong together while they come as often as that."""
FLIGHT = timedelta(minutes=30)
FLIGHT_M_S_MAX = 280.0
EARTH_M_DEGREE = 111_195.0
FLAT = 1.01
"""So much may be wrong with a flat earth: who is no outlier for presence is none here either."""
NEAR_DEGREES = 0.005
"""Half a kilometre: reached by anybody in the time between two reports."""
JUMPS_KEPT, ANSWERS_KEPT = 6, 6
FROZEN_MOST, MOVES_MOST = FROZEN_REPORTS.highest, MOTION_UNSEEN_REPORTS.highest
"""More reports than an order may ask for change nothing."""
SAME = "place"
"""In the tables: the last place of the signs is that of the wearer, which each report moves."""


def signs_after(before: Signs, arrival: Arrival, battery_at: datetime | None) -> Signs:
    """What has been shown with one more report; `battery_at` is when the battery was told last."""
    now: dict[str, Any] = {}
    believed = CLOCK_FAULT not in arrival.marks
    if CHECK_IN in arrival.alarms:
        given = Reply(arrival.at if believed else arrival.known_at, arrival.known_at)
        now["replies"] = (*before.replies, given)[-ANSWERS_KEPT:]
    if believed and (battery_at is None or arrival.at >= battery_at):
        _battery(before, arrival, now)
    if believed and arrival.known_at - arrival.at <= LATE_AFTER:
        _movement(before, arrival, now)
        place = arrival.place if UNUSABLE_MARKS.isdisjoint(arrival.marks) else None
        coarse = place is not None and rough(place)
        if place is None or coarse:
            now["blind"] = _blind(before.blind, arrival, place)
        else:
            if before.blind is not None:
                now["blind"] = None
            _frozen(before, arrival, place, now)
            _places(before, arrival, place, now)
    return replace(before, **now) if now else before


def told_of(signs: Signs) -> tuple[object, ...]:
    """What a rule may answer to: it is asked again where this has changed."""
    blind, frozen = signs.blind, signs.frozen
    moves = None
    if blind is not None and blind.moves:
        moves = blind.since, min(blind.moves, MOVES_MOST)
    held = frozen is not None and 2 * frozen.moving >= frozen.reports
    return (
        *(signs.falls, signs.still_since, moves, signs.jumps, signs.replies),
        *(signs.left, signs.plugged),
        (frozen.place, min(frozen.reports, FROZEN_MOST)) if frozen is not None and held else None,
    )


def level_of(percent: float | None) -> int | None:
    """A battery in steps of five percent, up: at or below a step is a level up to it."""
    if percent is None:
        return None
    return min(ceil(percent / PERCENT_STEP) * PERCENT_STEP, PERCENT_TOLD)


def kept(signs: Signs, place: Sighting | None) -> Any:
    """As it stands in the tables, where the place is told besides."""
    if signs == UNHEARD:
        return None
    told = msgspec.to_builtins(signs)
    return told | {"here": SAME} if signs.here is not None and signs.here == place else told


def read(row: Any, place: Sighting | None) -> Signs:
    """Out of the tables."""
    if row is None:
        return UNHEARD
    here = row.get("here")
    found = msgspec.convert(row | {"here": None if here == SAME else here}, Signs)
    return replace(found, here=place) if here == SAME else found


def _battery(before: Signs, arrival: Arrival, now: dict[str, Any]) -> None:
    """Take in what the newest report tells of the battery, and of a charger."""
    plugged = _plugged(before, arrival)
    charging = plugged is not None and plugged.on
    percent, falls = arrival.battery_percent, before.falls
    level = level_of(percent)
    risen = percent is not None and falls and percent > falls[-1].percent + CHARGED_PERCENT
    if charging or risen:
        falls = ()
    low = level is not None and level < PERCENT_TOLD and not charging
    if level is not None and low and (not falls or level < falls[-1].percent):
        falls = (*falls, Fell(level, arrival.known_at))
    left = before.left
    if percent is not None and level is not None:
        charged = left is not None and percent > left + CHARGED_PERCENT
        left = level if left is None or charged else min(left, level)
    if plugged != before.plugged:
        now["plugged"] = plugged
    if falls != before.falls:
        now["falls"] = falls
    if left != before.left:
        now["left"] = left


def _plugged(signs: Signs, arrival: Arrival) -> Plugged | None:
    """Whether it is being charged by now.

    A report that says nothing of it leaves it so, unless it tells less than when that began.
    """
    before, alarms, percent = signs.plugged, {*arrival.alarms}, arrival.battery_percent
    told = False if alarms & NOT_CHARGING else arrival.charging
    if told is None and alarms & CHARGING:
        told = True
    on = before is not None and before.on
    if before is not None and told is None and on and percent is not None:
        told = percent >= before.percent
    if told is None or told == on or (before is not None and arrival.at < before.at):
        return before
    if percent is None:
        percent = max((signs.left or 0) - PERCENT_STEP, 0)
    return Plugged(told, arrival.at, float(percent))


def _moves(arrival: Arrival) -> bool:
    return bool(
        arrival.moving or (arrival.speed_kmh or 0.0) > SPEED_KMH_MIN or MOVED & {*arrival.alarms}
    )


def _movement(before: Signs, arrival: Arrival, now: dict[str, Any]) -> None:
    if _moves(arrival):
        if before.still_since is not None:
            now["still_since"] = None
    elif arrival.moving is False and before.still_since is None:
        now["still_since"] = arrival.known_at


def rough(place: Sighting) -> bool:
    """Whether it is that of a mobile network's cell, or no better."""
    return (place.accuracy_m or 0.0) > COARSE_ACCURACY_M


def _blind(before: Blind | None, arrival: Arrival, coarse: Sighting | None) -> Blind:
    blind = before or Blind(arrival.known_at)
    moves = _moves(arrival)
    if coarse is not None:
        last = blind.coarse
        if last is None:
            blind = blind._replace(coarse=coarse)
        elif _metres(last, coarse) > CELLS * ((last.accuracy_m or 0) + (coarse.accuracy_m or 0)):
            moves, blind = True, blind._replace(coarse=coarse)
    if moves:
        first = blind.first_move_at or arrival.known_at
        blind = blind._replace(moves=blind.moves + 1, first_move_at=first)
    return blind


def _frozen(before: Signs, arrival: Arrival, place: Sighting, now: dict[str, Any]) -> None:
    moving, held = int((arrival.speed_kmh or 0.0) > SPEED_KMH_MIN), before.frozen
    last = before.here if held is None else held.place
    if last is None or (last.lat, last.lon) != (place.lat, place.lon):
        if held is not None:
            now["frozen"] = None
    elif held is not None or moving:
        held = held or Frozen(last)
        now["frozen"] = Frozen(held.place, held.reports + 1, held.moving + moving)


def _places(before: Signs, arrival: Arrival, place: Sighting, now: dict[str, Any]) -> None:
    """Follow the place that is told, and another one beside it that cannot be reached from it."""
    here, there = before.here, before.there
    if here is None or _reachable(here, place):
        if here is None or place.at > here.at:
            now["here"] = place
        return
    if place.at <= here.at:
        return
    away = there is None or place.at - there.place.at > TOGETHER
    if there is None or away or not _reachable(there.place, place):
        now["there"] = Somewhere(place)
    elif there.reports + 1 < REPORTS_MIN:
        now["there"] = Somewhere(place, there.reports + 1)
    else:
        now["here"], now["there"] = place, None
        now["jumps"] = (*before.jumps, Jump(here, place, arrival.known_at))[-JUMPS_KEPT:]


def _reachable(start: Sighting, end: Sighting) -> bool:
    if abs(end.lat - start.lat) < NEAR_DEGREES and abs(end.lon - start.lon) < NEAR_DEGREES:
        return True
    between, away_m = abs(end.at - start.at), _metres(start, end)
    seconds = between.total_seconds()
    doubt_m = sum(
        ACCURACY_UNKNOWN_M if one.accuracy_m is None else one.accuracy_m for one in (start, end)
    )
    if away_m <= FLAT * (SPEED_MAX_M_S * seconds + REACH_ACCURACIES * doubt_m):
        return True
    return between >= FLIGHT and away_m <= FLIGHT_M_S_MAX * seconds


def _metres(start: Sighting, end: Sighting) -> float:
    """On a sphere that is flat between the two: 1 % is enough to find a jump."""
    east = (end.lon - start.lon + 180) % 360 - 180
    east *= cos(radians((start.lat + end.lat) / 2))
    return EARTH_M_DEGREE * hypot(end.lat - start.lat, east)
