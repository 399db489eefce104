# SPDX-License-Identifier: EUPL-1.2
"""One subject from its first report to an end, step by step as the engine takes them.

The engine's memory is the fix store and its tables; here it is a list of places and some snapshots.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from tarazy.supervision.judging import afterwards
from tarazy.supervision.judging.judge import carried, judge, rejudge
from tarazy.supervision.judging.knowing import Known, usable
from tarazy.supervision.judging.late import Past, Snapshot
from tarazy.supervision.judging.permits import Permit, moments, permit, permitted_at
from tarazy.supervision.judging.seeing import before_settling
from tarazy.supervision.judging.subjects import (
    SETTLE_MAX,
    Arrival,
    Judged,
    Seen,
    Subject,
    Turn,
)
from tarazy.supervision.judging.walk import Span
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.replay.later import NOTHING, Later

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
    later: Later = NOTHING,
) -> Replayed:
    """Judge all that became known by a moment; `arrivals` in the order of `known_at`."""
    course = _Course(subject, outages)
    course.since = min([subject.in_force.since, *(one.known_at for one in arrivals[:1])])
    for seconds, stop in later.stops(subject.report_interval_s, until):
        course.subject = replace(course.subject, report_interval_s=seconds)
        if course.since <= stop and not course.run(arrivals, stop):
            break
        if stop < until:
            course.permit(later.permits, stop)
    if until > subject.in_force.until:
        course.go_on_after(arrivals, until)
    return Replayed(course.subject, tuple(course.turns), course.again)


class _Course:
    """How far it has come."""

    def __init__(self, subject: Subject, outages: tuple[Interval, ...]) -> None:
        self.subject, self.outages = subject, outages
        self.memory, self.turns, self.again = _Memory(), list[Turn](), 0
        self.memory.remember(subject)
        self.since, self.taken = subject.in_force.since, 0

    def run(self, arrivals: Sequence[Arrival], until: datetime) -> bool:
        """Judge what became known up to a moment; whether the order goes on after it."""
        last = bisect_right(arrivals, until, key=_known_at)
        last = min(last, bisect_left(arrivals, self.subject.in_force.until, key=_known_at))
        while True:
            count, settles = before_settling(
                self.subject.wearer, arrivals[self.taken : last], ARRIVALS_AT_ONCE
            )
            taken = arrivals[self.taken : self.taken + count]
            self.taken += count
            following = arrivals[self.taken].known_at if self.taken < last else until
            if settles is not None and settles <= following:
                end = settles
            else:
                end = taken[-1].known_at if self.taken < last else until
            span = Span(self.since, max(self.since, end), self.outages)
            (judged,) = judge([self.subject], {self.subject.order_id: taken}, span)
            self.memory.add(taken)
            self._take(judged)
            self.since = span.until
            if judged.wearer is None:
                return False
            if self.taken == last and self.since >= until:
                return True
            late = judged.wearer.late
            if late is not None and late.settles_at() <= self.since:
                self._take(rejudge(self.subject, self.memory.past(late.since), self._now()))
                self.again += 1
            if self.subject.wearer.late is None:
                self.memory.remember(self.subject)

    def go_on_after(self, arrivals: Sequence[Arrival], until: datetime) -> None:
        """Take in what became known after the order's end, as afterwards.py says."""
        end = self.subject.in_force.until
        recent = bisect_left(arrivals, end - SETTLE_MAX, key=_known_at)
        last = bisect_right(arrivals, until, key=_known_at)
        known = afterwards.known_before(arrivals[: self.taken])
        for upload in afterwards.uploads(end, arrivals[recent:last]):
            if upload.at > until:
                break
            known = self._hear_after(arrivals, upload.at, known)
            now = Span(upload.at, upload.at, self.outages)
            self._take(rejudge(self.subject, self.memory.past(upload.late.since), now))
            self.again += 1
        self._hear_after(arrivals, until, known)

    def _hear_after(self, arrivals: Sequence[Arrival], until: datetime, known: Known) -> Known:
        last = bisect_right(arrivals, until, key=_known_at)
        taken = arrivals[self.taken : last]
        self.taken = max(self.taken, last)
        self.memory.add(taken)
        found, known = afterwards.heard_after(self.subject, known, taken, self.outages)
        self.turns += found.turns
        self.subject = replace(self.subject, episodes=found.episodes)
        return known

    def permit(self, permits: Sequence[Permit], stop: datetime) -> None:
        """Take in what became known of permitted absences at a moment."""
        if stop in moments(permits):
            self._take(permit(self.subject, permitted_at(permits, stop), self._now()))

    def _now(self) -> Span:
        return Span(self.since, self.since, self.outages)

    def _take(self, judged: Judged) -> None:
        self.turns += judged.turns
        self.subject = carried(judged)


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
                seen = Seen(place, arrival.known_at)
                if not self.places or _order(self.places[-1]) <= _order(seen):
                    self.places.append(seen)
                else:
                    insort(self.places, seen, key=_order)

    def remember(self, subject: Subject) -> None:
        """A snapshot of what is believed now."""
        states = {one.id: one.state for one in subject.watched}
        told = {one.id: len(one.changes) for one in subject.watched}
        self.snapshots.append(Snapshot(subject.wearer.track, states, told))

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
