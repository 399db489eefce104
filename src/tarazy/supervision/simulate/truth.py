# SPDX-License-Identifier: EUPL-1.2
"""What truly happened, found by geometry on the true track and not by what was meant to happen.

The distance to a fence changes by at most a metre for each metre walked, so a stretch of the track
that starts and ends too far on the lawful side cannot hold a breach; only the others are looked at,
second by second.
"""

from typing import Literal

import numpy as np
from msgspec import Struct

from tarazy.supervision.simulate.breaches import Silence
from tarazy.supervision.simulate.geo import Fence, Floats
from tarazy.supervision.simulate.people import Wearer
from tarazy.supervision.simulate.records import Condition
from tarazy.supervision.simulate.timetables import (
    Stretch,
    clipped,
    complement,
    moment,
    stretches,
)
from tarazy.supervision.simulate.tracks import Track

BreachKind = Literal[
    "left_home_in_curfew",
    "absent_when_curfew_began",
    "entered_exclusion",
    "left_inclusion",
    "silent",
]


class Happened(Struct, frozen=True):
    """One line of the ground truth. Times are ISO 8601 in UTC, exact to a second.

    `zone` is the condition's name, `farthest_m` how far beyond the fence the person truly was; both
    are null for a silence, which has a `cause` (battery, switched_off). Gaps of the receiver and of
    the network are noise, and no line.
    """

    person: str
    kind: BreachKind
    since: str
    until: str
    zone: str | None = None
    farthest_m: float | None = None
    cause: str | None = None


def happened(wearer: Wearer, track: Track, silences: list[Silence]) -> list[Happened]:
    """All breaches of one person within a track, and the silences, by their beginning."""
    since, until = float(track.at[0]), float(track.at[-1])
    found = [
        Happened(
            wearer.person.key,
            "silent",
            iso(silence.since),
            iso(min(silence.until, until)),
            cause=silence.cause,
        )
        for silence in silences
        if silence.since < until
    ]
    for condition, fence in zip(wearer.person.order.conditions, wearer.fences, strict=True):
        for hours in _hours(wearer, condition, since, until):
            found += _breaches(wearer.person.key, condition, fence, _Cut(track, hours))
    return sorted(found, key=lambda one: (one.since, one.kind))


def _hours(wearer: Wearer, condition: Condition, since: float, until: float) -> list[Stretch]:
    """When a condition applies: not to be somewhere while an absence is permitted."""
    found = stretches(condition.timetable, since, until)
    if condition.kind == "exclusion":
        return found
    for absence in wearer.person.order.permitted_absences:
        away = (absence.since.timestamp(), absence.until.timestamp())
        rest = complement([away], since, until)
        found = [part for one in rest for part in clipped(found, *one)]
    return found


class _Cut:
    """The knots of a track within some hours, both ends of which are knots too."""

    def __init__(self, track: Track, hours: Stretch) -> None:
        inside = (track.at > hours[0]) & (track.at < hours[1])
        self.at = np.concatenate(([hours[0]], track.at[inside], [hours[1]]))
        self.track = track
        self.east_m, self.north_m = track.positions(self.at)
        self.begins_anew = hours[0] > track.at[0]


def _breaches(key: str, condition: Condition, fence: Fence, cut: _Cut) -> list[Happened]:
    sign = -1.0 if condition.kind == "exclusion" else 1.0
    at = _looked_at(sign * fence.beyond_m(cut.east_m, cut.north_m), cut)
    beyond = sign * fence.beyond_m(*cut.track.positions(at))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (beyond > 0).astype(int), [0]))))
    return [
        Happened(
            key,
            _kind(condition, began=first == 0 and cut.begins_anew),
            iso(float(at[first])),
            iso(float(at[min(after, len(at) - 1)])),
            zone=condition.name,
            farthest_m=round(float(beyond[first:after].max()), 1),
        )
        for first, after in edges.reshape(-1, 2).tolist()
    ]


def _looked_at(beyond: Floats, cut: _Cut) -> Floats:
    """The knots, and each second of the stretches that may hold a breach."""
    length = np.hypot(np.diff(cut.east_m), np.diff(cut.north_m))
    risky = np.flatnonzero((beyond[:-1] + beyond[1:] + length > 0) & (length > 0))
    seconds = [np.arange(np.ceil(cut.at[i]), cut.at[i + 1]) for i in risky.tolist()]
    return np.unique(np.concatenate([cut.at, *seconds]))


def _kind(condition: Condition, *, began: bool) -> BreachKind:
    match condition.kind:
        case "exclusion":
            return "entered_exclusion"
        case "inclusion":
            return "left_inclusion"
        case "home_curfew":
            return "absent_when_curfew_began" if began else "left_home_in_curfew"


def iso(at: float) -> str:
    """Epoch seconds as ISO 8601 in UTC, such as 2025-03-03T17:00:00Z."""
    return moment(at).isoformat().replace("+00:00", "Z")
