# SPDX-License-Identifier: EUPL-1.2
"""From a batch of arrivals to places that count, and to changes of presence in each facet."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from tarazy.supervision.judging.facets import shift_m
from tarazy.supervision.judging.knowing import hearing, known_of, usable
from tarazy.supervision.judging.subjects import (
    LATE_AFTER,
    Arrival,
    Late,
    Seen,
    Subject,
    Watched,
    Wearer,
)
from tarazy.supervision.judging.walk import Heard, Report
from tarazy.supervision.presence.geometry import Extent, Measured, measured
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge, stale_after_s
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.passage import follow

Floats = npt.NDArray[np.float64]
Measure = Callable[[Extent, Floats, Floats], Measured]
"""How far inside a zone some places lie, by latitude and longitude, and how far it reaches."""


def in_order(arrivals: Sequence[Arrival], heard_at: datetime | None) -> list[Arrival]:
    """The same arrivals with arrival times that never go back, and no event after its arrival."""
    ordered: list[Arrival] = []
    clock = heard_at
    for arrival in arrivals:
        clock = max(clock, arrival.known_at) if clock else arrival.known_at
        at, place = min(arrival.at, clock), arrival.place
        if (clock, at) != (arrival.known_at, arrival.at) or (place and place.at != at):
            place = place._replace(at=at) if place else None
            ordered.append(replace(arrival, known_at=clock, at=at, place=place))
        else:  # nearly all of them
            ordered.append(arrival)
    return ordered


@dataclass(frozen=True, slots=True)
class Listened:
    """The wearer after some arrivals, and the places that count: no outliers, none that is late."""

    wearer: Wearer
    seen: list[Seen]
    reports: list[Report]


def listen(wearer: Wearer, arrivals: Sequence[Arrival]) -> Listened:
    """Take in arrivals, in order."""
    track, known = wearer.track, known_of(wearer)
    device_id, speed_kmh, late = wearer.device_id, wearer.speed_kmh, wearer.late
    seen, reports = list[Seen](), list[Report]()
    for arrival in arrivals:
        device_id, known = arrival.device_id, hearing(known, arrival)
        reports.append((arrival.known_at, known))
        place = usable(arrival)
        if place is None:
            continue
        if is_late(track.end, place, arrival.known_at):
            late = gathered(late, place, arrival.known_at)
            continue
        track = track.follow(place)
        if track.believed is place:
            seen += witnesses(track, place, arrival.known_at)
            speed_kmh = arrival.speed_kmh
    moved = known._asdict()
    del moved["placed_at"]  # it follows from the places
    after = replace(
        wearer,
        **moved,
        device_id=device_id,
        speed_kmh=speed_kmh,
        late=late,
        place=track.believed,
        doubted=track.doubted,
        throws=track.throws or wearer.throws,
    )
    return Listened(after, seen, reports)


def witnesses(track: Track, place: Sighting, known_at: datetime) -> list[Seen]:
    """A place that is believed, after those that count with it after all."""
    earlier = [Seen(one, known_at, owed=True) for one in track.owed]
    if track.stayed:
        earlier.append(Seen(track.stayed, known_at, stayed=True))
    return [*earlier, Seen(place, known_at, track.thrown, leapt=track.leapt)]


def before_settling(
    wearer: Wearer, arrivals: Sequence[Arrival], most: int
) -> tuple[int, datetime | None]:
    """How many arrivals, of the most that may be taken at once, come before late places are to be
    judged, and when that is, where some wait by then."""
    late, end = wearer.late, wearer.track.end
    for index, arrival in enumerate(arrivals[:most]):
        if late is not None and arrival.known_at > late.settles_at():
            return index, late.settles_at()
        place = usable(arrival)
        if place is not None:
            if is_late(end, place, arrival.known_at):
                late = gathered(late, place, arrival.known_at)
            else:
                end = place.at
    return min(most, len(arrivals)), late.settles_at() if late else None


def is_late(end: datetime | None, place: Sighting, known_at: datetime) -> bool:
    """Whether its moment was judged without it; `end` is the time of the last place."""
    return known_at - place.at > LATE_AFTER or (end is not None and place.at <= end)


def gathered(late: Late | None, place: Sighting, known_at: datetime) -> Late:
    """With one more late place."""
    if late is None:
        return Late(place.at, known_at, known_at, place.at)
    return Late(min(late.since, place.at), late.first, known_at, max(late.newest, place.at))


@dataclass(frozen=True, slots=True)
class _Part:
    """What was seen while a condition applies, and how far inside its zone: for all its facets."""

    seen: Sequence[Seen]
    distance_m: Floats
    outer_m: float
    """How far the zone reaches from its middle."""


def presence(
    subjects: Sequence[Subject],
    seen: Mapping[int, Sequence[Seen]],
    measure: Measure = measured,
) -> tuple[dict[int, State], dict[int, list[Change]]]:
    """States and changes for each facet, by its key; `seen` is by the order's key."""
    told_of = _measured(subjects, seen, measure)
    fenced, stale_s, parts = list[Watched](), list[float](), list[_Part]()
    states, changes = dict[int, State](), dict[int, list[Change]]()
    for subject in subjects:
        for one in subject.watched:
            found = told_of[subject.order_id, one.condition_id]
            if one.facet == "passage":
                continue
            fenced.append(one)
            stale_s.append(stale_after_s(subject.report_interval_s))
            shift = shift_m(one)
            parts.append(_Part(found.seen, found.distance_m + shift, found.outer_m + shift))
    judged = judge([one.state for one in fenced], stale_s, _batch(parts))
    for one, state, turned in zip(fenced, *judged, strict=True):
        states[one.id], changes[one.id] = state, turned
    for subject in subjects:
        held = {one.condition_id: one.state for one in subject.watched if one.facet == "zone"}
        for one in subject.watched:
            if one.facet == "passage":
                found = told_of[subject.order_id, one.condition_id]
                told = [(sight.sighting, sight.known_at) for sight in found.seen]
                entered = partial(_entered, held[one.condition_id], changes[one.condition_id])
                states[one.id], changes[one.id] = follow(
                    one.state, one.zone, told, found.distance_m.tolist(), entered
                )
    return states, changes


def _entered(before: State, changes: Sequence[Change], moment: datetime) -> bool:
    """Whether the person was held to be inside just before a moment."""
    last = [change.presence for change in changes if change.at < moment]
    return (last[-1] if last else before.presence) is Presence.INSIDE


def _measured(
    subjects: Sequence[Subject], seen: Mapping[int, Sequence[Seen]], measure: Measure
) -> dict[tuple[int, int], _Part]:
    """By order and condition. Of each zone all distances at once, and each of them once."""
    columns: dict[Extent, list[tuple[Subject, Watched, list[Seen]]]] = defaultdict(list)
    for subject in subjects:
        for one in subject.watched:
            if one.facet == "zone":
                told = seen.get(subject.order_id, ())
                own = [
                    sight
                    for sight in told
                    if one.period.contains(sight.sighting.at) and not _elsewhere(sight, one)
                ]
                columns[one.zone].append((subject, one, own))
    found = {}
    for zone, parts in columns.items():
        every = [sight.sighting for *_, own in parts for sight in own]
        lat, lon = np.array([one.lat for one in every]), np.array([one.lon for one in every])
        (distance_m, outer_m), start = measure(zone, lat, lon), 0
        for subject, one, own in parts:
            part = _Part(own, distance_m[start : start + len(own)], outer_m)
            if one.kind == "exclusion" and any(each.leapt or each.stayed for each in own):
                part = _waited_for(part, _reach_m(subject, one))
            found[subject.order_id, one.condition_id] = part
            start += len(own)
    return found


def _elsewhere(sight: Seen, zone: Watched) -> bool:
    """Whether a place is news for zones of the other kind alone."""
    return sight.owed if zone.kind == "exclusion" else sight.thrown or sight.stayed


def _waited_for(part: _Part, reach_m: float) -> _Part:
    """Without the places in a zone to keep out of to which a device leapt, and with those that it
    had leapt to when the next report says that it was away: one stray report is no entry."""
    near = part.distance_m > -reach_m
    kept = [
        n
        for n, one in enumerate(part.seen)
        if (near[n] if one.stayed else not (one.leapt and near[n]))
    ]
    return _Part([part.seen[n] for n in kept], part.distance_m[kept], part.outer_m)


def _reach_m(subject: Subject, zone: Watched) -> float:
    """How far beyond a zone's fence its buffer reaches."""
    return max(shift_m(one) for one in subject.watched if one.condition_id == zone.condition_id)


def _batch(parts: Sequence[_Part]) -> Batch:
    """One batch of all facets, the fixes of each in their order."""
    seen, counts = [one for part in parts for one in part.seen], [len(one.seen) for one in parts]
    accuracy = [
        math.nan if one.sighting.accuracy_m is None else one.sighting.accuracy_m for one in seen
    ]
    return Batch(
        np.repeat(np.arange(len(parts)), counts),
        np.concatenate([np.empty(0), *(part.distance_m for part in parts)]),
        np.repeat(np.array([part.outer_m for part in parts]), counts),
        np.array(accuracy, dtype=np.float64),
        [one.sighting for one in seen],
        [one.known_at for one in seen],
    )


def hear(
    subjects: Sequence[Subject],
    arrivals: Mapping[int, Sequence[Arrival]],
    measure: Measure = measured,
) -> dict[int, Heard]:
    """For each order: what arrived, and what the presence kernel made of it."""
    ordered = {
        subject.order_id: in_order(arrivals.get(subject.order_id, ()), subject.wearer.heard_at)
        for subject in subjects
    }
    listened = {
        subject.order_id: listen(subject.wearer, ordered[subject.order_id]) for subject in subjects
    }
    seen = {key: one.seen for key, one in listened.items()}
    states, changes = presence(subjects, seen, measure)
    return {
        subject.order_id: Heard(
            listened[subject.order_id].wearer,
            listened[subject.order_id].reports,
            {one.id: states[one.id] for one in subject.watched},
            {one.id: changes[one.id] for one in subject.watched},
        )
        for subject in subjects
    }
