# SPDX-License-Identifier: EUPL-1.2
"""One subject from its first report to an end, step by step as the engine takes them.

The engine's memory is the fix store and its tables; here it is a list of places and some snapshots.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tarazy.supervision.judging.judge import carried, judge, rejudge
from tarazy.supervision.judging.late import Past, Snapshot
from tarazy.supervision.judging.permits import Permit, moments, permit, permitted_at
from tarazy.supervision.judging.seeing import before_settling
from tarazy.supervision.judging.subjects import Arrival, Seen, Subject, Turn
from tarazy.supervision.judging.walk import Span, usable
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.timetable import Interval

ARRIVALS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """The subject at the end, and every turn that its alerts took, in order of knowledge."""

    subject: Subject
    turns: tuple[Turn, ...]
    judgements_again: int
    """How often late places were taken in."""


def replay(
    subject: Subject,
    arrivals: Sequence[Arrival],
    until: datetime,
    outages: tuple[Interval, ...] = (),
    permits: Sequence[Permit] = (),
) -> Replayed:
    """Judge all that became known by a moment; `arrivals` in the order of `known_at`.

    `permits` that are known from the beginning are in the subject already.
    """
    memory, turns, again = _Memory(), list[Turn](), 0
    memory.remember(subject)
    known = [one for one in arrivals if one.known_at <= until]
    since, start = min([subject.in_force.since, *(one.known_at for one in known[:1])]), 0
    stops = [*(at for at in moments(permits) if at < until), until]
    while True:
        end = bisect_right(known, stops[0], key=_known_at)
        count, settles = before_settling(subject.wearer, known[start:end], ARRIVALS_AT_ONCE)
        taken, start = known[start : start + count], start + count
        following = known[start].known_at if start < end else stops[0]
        if settles is not None and settles <= following:
            span = Span(since, max(since, settles), outages)
        elif start < end:
            span = Span(since, max(since, taken[-1].known_at), outages)
        else:
            span = Span(since, max(since, stops[0]), outages)
        (judged,) = judge([subject], {subject.order_id: taken}, span)
        memory.add(taken)
        turns += judged.turns
        subject, since = carried(judged), span.until
        if judged.wearer is None or (start == len(known) and since >= until):
            return Replayed(subject, tuple(turns), again)
        late = judged.wearer.late
        if late is not None and late.settles_at() <= since:
            judged = rejudge(subject, memory.past(late.since), Span(since, since, outages))
            turns += judged.turns
            subject, again = carried(judged), again + 1
        if start == end and since >= stops[0] and len(stops) > 1:
            permitted = permitted_at(permits, stops.pop(0))
            judged = permit(subject, permitted, Span(since, since, outages))
            turns += judged.turns
            subject = carried(judged)
        if subject.wearer.late is None:
            memory.remember(subject)


@dataclass(slots=True)
class _Memory:
    """Every usable place so far, in the order of what happened, and snapshots along them."""

    places: list[Seen] = field(default_factory=list)
    known: set[Sighting] = field(default_factory=set)
    snapshots: list[Snapshot] = field(default_factory=list)

    def add(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            place = usable(arrival)
            if place is not None and place not in self.known:
                self.known.add(place)
                insort(self.places, Seen(place, arrival.known_at), key=_order)

    def remember(self, subject: Subject) -> None:
        """A snapshot of what is believed now."""
        track = Track(subject.wearer.place, subject.wearer.doubted)
        states = {one.id: one.state for one in subject.watched}
        told = {one.id: len(one.changes) for one in subject.watched}
        self.snapshots.append(Snapshot(track, states, told))

    def past(self, since: datetime) -> Past:
        """From the last snapshot before a moment; later ones are out of date from now on."""
        while not self.snapshots[-1].serves(since) and len(self.snapshots) > 1:
            self.snapshots.pop()
        snapshot = self.snapshots[-1]
        end = snapshot.track.end
        first = 0 if end is None else bisect_right(self.places, end, key=_at)
        return Past(snapshot, self.places[first:])


def _known_at(arrival: Arrival) -> datetime:
    return arrival.known_at


def _at(seen: Seen) -> datetime:
    return seen.sighting.at


def _order(seen: Seen) -> tuple[datetime, datetime]:
    return seen.sighting.at, seen.known_at
