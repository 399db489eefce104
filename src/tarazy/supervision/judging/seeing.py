# SPDX-License-Identifier: EUPL-1.2
"""From a batch of arrivals to places that count, and to changes of presence in each zone."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from tarazy.supervision.judging.subjects import (
    LATE_AFTER,
    Arrival,
    Late,
    Seen,
    Subject,
    Wearer,
)
from tarazy.supervision.judging.walk import Heard, hearing, usable
from tarazy.supervision.presence.geometry import Zone, signed_distance_m
from tarazy.supervision.presence.interface import Change, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge, stale_after_s
from tarazy.supervision.presence.motion import Track


def in_order(arrivals: Sequence[Arrival], heard_at: datetime | None) -> list[Arrival]:
    """The same arrivals with arrival times that never go back, and no event after its arrival."""
    ordered: list[Arrival] = []
    clock = heard_at
    for arrival in arrivals:
        clock = max(clock, arrival.known_at) if clock else arrival.known_at
        at = min(arrival.at, clock)
        place = arrival.place._replace(at=at) if arrival.place else None
        ordered.append(replace(arrival, known_at=clock, at=at, place=place))
    return ordered


@dataclass(frozen=True, slots=True)
class Listened:
    """The wearer after some arrivals, and the places that count: no outliers, none that is late."""

    wearer: Wearer
    seen: list[Seen]


def listen(wearer: Wearer, arrivals: Sequence[Arrival]) -> Listened:
    """Take in arrivals, in order."""
    track = Track(wearer.place, wearer.doubted)
    seen: list[Seen] = []
    for arrival in arrivals:
        wearer = replace(wearer, device_id=arrival.device_id, **hearing(wearer, arrival))
        place = usable(arrival)
        if place is None:
            continue
        if is_late(track.end, place, arrival.known_at):
            wearer = replace(wearer, late=_gathered(wearer.late, place, arrival.known_at))
            continue
        track = track.follow(place)
        if track.believed is place:
            seen.append(Seen(place, arrival.known_at))
            wearer = replace(wearer, speed_kmh=arrival.speed_kmh)
    after = replace(wearer, place=track.believed, doubted=track.doubted)
    return Listened(after, seen)


def before_settling(
    wearer: Wearer, arrivals: Sequence[Arrival], most: int
) -> tuple[int, datetime | None]:
    """How many arrivals, of the most that may be taken at once, come before late places are to be
    judged, and when that is, where some wait by then."""
    late, end = wearer.late, Track(wearer.place, wearer.doubted).end
    for index, arrival in enumerate(arrivals[:most]):
        if late is not None and arrival.known_at > late.settles_at():
            return index, late.settles_at()
        place = usable(arrival)
        if place is not None:
            if is_late(end, place, arrival.known_at):
                late = _gathered(late, place, arrival.known_at)
            else:
                end = place.at
    return min(most, len(arrivals)), late.settles_at() if late else None


def is_late(end: datetime | None, place: Sighting, known_at: datetime) -> bool:
    """Whether its moment was judged without it; `end` is the time of the last place."""
    return known_at - place.at > LATE_AFTER or (end is not None and place.at <= end)


def _gathered(late: Late | None, place: Sighting, known_at: datetime) -> Late:
    if late is None:
        return Late(place.at, known_at, known_at)
    return Late(min(late.since, place.at), late.first, known_at)


@dataclass(slots=True)
class _Column:
    """Fixes against one zone, and whose condition each one is for."""

    subject: list[int] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


def presence(
    subjects: Sequence[Subject], seen: Mapping[int, Sequence[Seen]]
) -> tuple[dict[int, State], dict[int, list[Change]]]:
    """States and changes for each condition, by its key; `seen` is by the order's key."""
    watched = [(subject, one) for subject in subjects for one in subject.watched]
    columns: dict[Zone, _Column] = defaultdict(_Column)
    for index, (subject, one) in enumerate(watched):
        for sight in seen.get(subject.order_id, ()):
            if one.period.contains(sight.sighting.at):
                columns[one.zone].subject.append(index)
                columns[one.zone].seen.append(sight)
    stale_s = [stale_after_s(subject.report_interval_s) for subject, _ in watched]
    states, changes = judge([one.state for _, one in watched], stale_s, _batch(columns))
    keys = [one.id for _, one in watched]
    return dict(zip(keys, states, strict=True)), dict(zip(keys, changes, strict=True))


def _batch(columns: Mapping[Zone, _Column]) -> Batch:
    """One batch of all zones. A condition has one zone, so the order of its fixes stays."""
    subject, distance, seen = [np.empty(0, np.int64)], [np.empty(0)], list[Seen]()
    for zone, column in columns.items():
        lat = np.array([one.sighting.lat for one in column.seen])
        lon = np.array([one.sighting.lon for one in column.seen])
        subject.append(np.array(column.subject, dtype=np.int64))
        distance.append(signed_distance_m(zone, lat, lon))
        seen.extend(column.seen)
    accuracy = [
        math.nan if one.sighting.accuracy_m is None else one.sighting.accuracy_m for one in seen
    ]
    return Batch(
        np.concatenate(subject),
        np.concatenate(distance),
        np.array(accuracy, dtype=np.float64),
        [one.sighting for one in seen],
        [one.known_at for one in seen],
    )


def hear(
    subjects: Sequence[Subject], arrivals: Mapping[int, Sequence[Arrival]]
) -> dict[int, Heard]:
    """For each order: what arrived, and what the presence kernel made of it."""
    ordered = {
        subject.order_id: in_order(arrivals.get(subject.order_id, ()), subject.wearer.heard_at)
        for subject in subjects
    }
    listened = {
        subject.order_id: listen(subject.wearer, ordered[subject.order_id]) for subject in subjects
    }
    states, changes = presence(subjects, {key: one.seen for key, one in listened.items()})
    return {
        subject.order_id: Heard(
            listened[subject.order_id].wearer,
            ordered[subject.order_id],
            {one.id: states[one.id] for one in subject.watched},
            {one.id: changes[one.id] for one in subject.watched},
        )
        for subject in subjects
    }
