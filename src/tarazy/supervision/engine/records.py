# SPDX-License-Identifier: EUPL-1.2
"""What is known of people as objects, and in the rows of the columns (presence/crowd.py)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from tarazy.supervision.judging.pace import DOUBT
from tarazy.supervision.judging.quiet import SILENT, calm
from tarazy.supervision.judging.signs import (
    CHARGED_PERCENT,
    PERCENT_STEP,
    PERCENT_TOLD,
    SPEED_KMH_MIN,
)
from tarazy.supervision.judging.subjects import (
    LATE_AFTER,
    SETTLE,
    SETTLE_MAX,
    Cause,
    Episode,
    Late,
    Wearer,
)
from tarazy.supervision.presence import crowd as columns
from tarazy.supervision.presence import passage
from tarazy.supervision.presence.constants import AWAY_S_MAX, METRES_A_DEGREE_MAX
from tarazy.supervision.presence.hearing import NEVER
from tarazy.supervision.presence.interface import Change, Sighting, State
from tarazy.supervision.presence.kernel import (
    CODES,
    MICROSECOND,
    PRESENCES,
    PROBABILITY_DIGITS,
    micros,
    moment,
)
from tarazy.supervision.presence.thrown import Leap, Throws
from tarazy.supervision.rules.signs import Signs

LIMITS = columns.Limits(
    late_after=LATE_AFTER // MICROSECOND,
    settle=SETTLE // MICROSECOND,
    settle_max=SETTLE_MAX // MICROSECOND,
    silent=SILENT // MICROSECOND,
    percent_step=PERCENT_STEP,
    percent_told=PERCENT_TOLD,
    percent_charged=CHARGED_PERCENT,
    moving_kmh=SPEED_KMH_MIN,
    doubt=DOUBT,
    away_max=int(AWAY_S_MAX * 1e6),
    gap_max=passage.GAP_MAX // MICROSECOND,
    clear_m=passage.CLEAR_M,
    clear_sigmas=passage.CLEAR_SIGMAS,
    detour=passage.DETOUR,
    metres_a_degree=METRES_A_DEGREE_MAX,
)
MEASURES = (("speed_kmh", "speed_kmh"), ("battery", "battery_percent"))
STATE = [
    *("id", "presence", "kept", "judged", "since", "at", "known", "confirmed"),
    *("log_odds", "beyond_m", "crept_m"),
]
Ring = npt.NDArray[np.float64]


def put_state(row: np.void, ring: Ring, state: State) -> None:
    """Write a condition's state."""
    row["presence"], row["kept"] = CODES[state.presence], len(state.evidence)
    row["since"], row["confirmed"] = micros(state.since), micros(state.confirmed_at)
    row["at"], row["known"] = micros(state.at), micros(state.known_at)
    row["log_odds"], row["judged"] = state.log_odds, len(state.evidence)
    row["beyond_m"], row["crept_m"] = state.beyond_m, state.crept_m
    for place, one in enumerate(state.evidence):
        accuracy = math.nan if one.accuracy_m is None else one.accuracy_m
        ring[place] = (micros(one.at), one.lat, one.lon, accuracy)


def states_of(rows: Any, rings: Ring, *, evidence: bool) -> dict[int, State]:
    """Read conditions' states, by their keys."""
    found = {}
    for told, ring in zip(rows[STATE].tolist(), rings, strict=True):
        key, presence, kept, judged, *times, log_odds, beyond_m, crept_m = told
        places = range(judged - kept, judged) if evidence else ()
        since, at, heard, confirmed = map(moment, times)
        found[key] = State(
            *(PRESENCES[presence], since, at, heard, confirmed, log_odds),
            tuple(_sighting(ring[back % len(ring)].tolist()) for back in places),
            *(beyond_m, crept_m),
        )
    return found


def put_wearer(
    row: np.void, wearer: Wearer, episodes: Mapping[Cause, Sequence[Episode]], *, unkept: bool
) -> None:
    """Write the last report: of that the columns are right, and not the object any more.

    `unkept`: something else of the person is not in the columns, so that no report is quiet.
    """
    place, signs = wearer.place, wearer.signs
    row["heard"] = NEVER if wearer.heard_at is None else micros(wearer.heard_at)
    row["at"], row["accuracy_m"] = NEVER, math.nan
    if place is not None:
        row["at"], row["lat"], row["lon"] = micros(place.at), place.lat, place.lon
        row["accuracy_m"] = math.nan if place.accuracy_m is None else place.accuracy_m
    for name, field in MEASURES:
        value = getattr(wearer, field)
        row[name] = math.nan if value is None else value
    row["battery_at"] = NEVER if wearer.battery_at is None else micros(wearer.battery_at)
    row["device"] = wearer.device_id or 0
    for name in Late._fields:
        row[f"late_{name}"] = NEVER if wearer.late is None else micros(getattr(wearer.late, name))
    leap = wearer.throws.leap
    row["rested_s"], row["thrown"] = wearer.throws.rested_s, bool(wearer.throws.known)
    for name, one in (("left", leap and leap.start), ("leapt", leap and leap.place)):
        row[f"{name}_at"] = NEVER
        if one is not None:
            row[f"{name}_at"], row[f"{name}_lat"], row[f"{name}_lon"] = micros(one.at), *one[1:3]
            row[f"{name}_accuracy_m"] = math.nan if one.accuracy_m is None else one.accuracy_m
    _put_battery(row, signs)
    row["still"] = signs.still_since is not None
    row["calm"], row["deferred"] = not unkept and calm(wearer, episodes), False


def _put_battery(row: np.void, signs: Signs) -> None:
    row["fell"] = signs.falls[-1].percent if signs.falls else math.nan
    left, plugged = signs.left, signs.plugged
    row["left"] = math.nan if left is None or left >= PERCENT_TOLD else left
    row["plugged"] = math.nan if plugged is None or not plugged.on else plugged.percent


def wearer_of(row: np.void, rest: Wearer) -> Wearer:
    """What is known of the person by now; of whom is calm, the last place is that of the signs."""
    place = None
    if row["at"] != NEVER:
        at, lat, lon = moment(int(row["at"])), float(row["lat"]), float(row["lon"])
        place = Sighting(at, lat, lon, known(row["accuracy_m"]))
    late = None
    if row["late_first"] != NEVER:
        late = Late(*(moment(int(row[f"late_{name}"])) for name in Late._fields))
    return replace(
        rest,
        heard_at=None if row["heard"] == NEVER else moment(int(row["heard"])),
        place=place,
        speed_kmh=known(row["speed_kmh"]),
        battery_percent=known(row["battery"]),
        battery_at=None if row["battery_at"] == NEVER else moment(int(row["battery_at"])),
        device_id=int(row["device"]) or None,
        late=late,
        throws=_throws_of(row, rest.throws, place),
        signs=replace(rest.signs, here=place) if row["calm"] else rest.signs,
    )


def _throws_of(row: np.void, before: Throws, place: Sighting | None) -> Throws:
    throws = before._replace(rested_s=float(row["rested_s"]), leap=_leap_of(row, before.leap))
    return throws if place is None else throws.at(place.at)


def _leap_of(row: np.void, before: Leap | None) -> Leap | None:
    """The leap that goes on; what began in the columns is not doubted."""
    if row["leapt_at"] == NEVER:
        return None
    if before is not None and micros(before.place.at) == row["leapt_at"]:
        return before
    start, place = (
        Sighting(
            moment(int(row[f"{name}_at"])),
            *(float(row[f"{name}_lat"]), float(row[f"{name}_lon"])),
            known(row[f"{name}_accuracy_m"]),
        )
        for name in ("left", "leapt")
    )
    return Leap(start, place, doubted=False)


def changes_of(found: columns.Found, keys: npt.NDArray[np.int64]) -> dict[int, dict[int, Any]]:
    """Changes as objects, by slot and by the condition's key."""
    by_slot: dict[int, dict[int, Any]] = {}
    used = int(found.used[0])
    for turn, sights in zip(found.turns[:used], found.sights[:used], strict=True):
        key = int(keys[int(turn["condition"])])
        by_slot.setdefault(int(turn["wearer"]), {}).setdefault(key, []).append(
            _change(turn, sights)
        )
    return by_slot


def known(value: float) -> float | None:
    """None where it is NaN."""
    return None if math.isnan(value) else float(value)


def _sighting(numbers: Sequence[float]) -> Sighting:
    at, lat, lon, accuracy_m = numbers
    return Sighting(moment(int(at)), lat, lon, known(accuracy_m))


def _change(turn: np.void, sights: Ring) -> Change:
    presence, at, heard = PRESENCES[turn["presence"]], int(turn["at"]), int(turn["known"])
    if not turn["kept"]:
        return Change(presence, moment(at), moment(heard))
    evidence = tuple(_sighting(one) for one in sights[len(sights) - turn["kept"] :].tolist())
    probability = round(float(turn["chance"]), PROBABILITY_DIGITS)
    return Change(presence, moment(at), moment(heard), probability, evidence)
