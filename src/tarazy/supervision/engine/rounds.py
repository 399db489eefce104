# SPDX-License-Identifier: EUPL-1.2
"""A batch of reports through the columns, round by round, and everybody whose timers are due.

In a round the compiled loop takes in the quiet reports of everybody until each one's next loud
report, change or timer; those are walked by the rules; then the next round goes on behind them. So
a person's reports, changes and timers are judged in the order in which they became known, one by
one, however they are cut into batches: an engine that starts again finds what one that ran on
found.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from tarazy.supervision.engine.batch import FixBatch
from tarazy.supervision.engine.roster import Made, Member, Roster
from tarazy.supervision.judging.seeing import hear
from tarazy.supervision.judging.subjects import Arrival, Cause, Episode, Judged, Subject, Turn
from tarazy.supervision.judging.walk import Heard, Span, walk
from tarazy.supervision.presence import crowd as columns
from tarazy.supervision.presence.hearing import NEVER
from tarazy.supervision.presence.interface import Change, State
from tarazy.supervision.presence.kernel import MICROSECOND, micros, moment
from tarazy.supervision.presence.listening import listen

BUDGET_S = 0.4
"""Timers and late places take no more of a step than this: what is left waits for the next one,
and meanwhile other people's reports are judged."""
GROUP = 40
"""People who are walked, or whose late places are judged, between two looks at the clock."""
TOGETHER = 500
"""People whose loud reports are heard together: each is some objects meanwhile."""
BEHIND = timedelta(minutes=2)
"""An engine that is so far behind catches up first, and lets nothing wait."""
PACED = timedelta(hours=1)
"""What was suspected longer ago, and is no alert, is not looked at: no device can be asked any
more to have reported more often then."""


@dataclass(slots=True)
class Belief:
    """What was believed of one order, as far back as a walk looks."""

    changes: Mapping[int, tuple[Change, ...]]
    """By the key of the condition's facet."""
    episodes: Mapping[Cause, tuple[Episode, ...]]


@dataclass(slots=True)
class Outcome:
    """What came out so far and is not written yet."""

    turns: list[Turn] = field(default_factory=list)
    changes: dict[int, list[Change]] = field(default_factory=dict)
    """By the key of the condition's facet; so also `superseded`."""
    superseded: dict[int, list[Change]] = field(default_factory=dict)


T = TypeVar("T")


def groups(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, so many at a time."""
    return (items[n : n + size] for n in range(0, len(items), size))


def make_ready() -> None:
    """Compile the loop, where no engine of this version has done so: it takes up to half a minute,
    and no report should wait for it."""
    whole, measured, told = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int8)
    nothing = columns.Reports(
        at=whole,
        known=whole,
        device=whole,
        lat=measured,
        lon=measured,
        accuracy_m=measured,
        speed_kmh=measured,
        battery=measured,
        charging=told,
        moving=told,
        odd=np.zeros(0, np.bool_),
    )
    nobody = columns.Segments(whole, whole, whole, whole)
    listen(Roster().crowd, nothing, nobody, columns.room(1), 0)


Believe = Callable[[Collection[int]], Mapping[int, Belief]]
Again = Callable[[Sequence[tuple[int, datetime]]], Mapping[int, Judged]]


class Rounds:
    """One step's judging; `believe` reads what was believed, `again` judges late places."""

    def __init__(self, roster: Roster, batch: FixBatch, span: Span, now: datetime) -> None:
        self.roster, self.batch = roster, batch
        self.span = replace(span, paced_from=now - PACED)
        self.outcome = Outcome()
        self.beliefs: dict[int, Belief] = {}
        self.made: Made = {}
        self.loud: dict[int, Member] = {}
        """Whose row is to be written as a whole, by the order's key."""
        self.over: set[int] = set()
        self.moved: set[int] = set()
        """Facets of conditions whose state has changed, by key."""
        self.people = 0
        self.until, self.paced_from = micros(span.until), micros(now - PACED)
        self.deadline_s = time.monotonic() + BUDGET_S
        last = batch.known_last()
        self.behind = last is not None and now - last > BEHIND

    def run(self, believe: Believe, again: Again) -> None:
        """Hear all reports, then whatever is due by the end of the span."""
        self._hear(believe, again)
        while self._timers(believe) and self._late(believe, again):
            pass

    def _hear(self, believe: Believe, again: Again) -> None:
        slots = self.roster.slots(self.batch.orders)
        here = slots >= 0
        starts, ends = self.batch.first[:-1][here], self.batch.first[1:][here]
        segments = columns.Segments(slots[here], starts.copy(), ends, np.zeros_like(starts))
        self.people += len(starts)
        while len(segments.wearer):
            found = columns.room(self._room(segments))
            listen(self.roster.crowd, self.batch.reports, segments, found, self.paced_from)
            (stopped,) = np.nonzero(
                (segments.why != columns.DONE) & (segments.why != columns.CROWDED)
            )
            orders = self.roster.orders[segments.wearer[stopped]].tolist()
            self._believe(orders, believe)
            self._look_at_all(segments, stopped.tolist(), self.roster.told(found), again)
            left = segments.start < segments.end
            segments = columns.Segments._make(column[left] for column in segments)

    def _room(self, segments: columns.Segments) -> int:
        counts = self.roster.crowd.wearers["count"][segments.wearer]
        return max(1_024, int(2 * counts.max()) + 1, min(int(counts.sum()), 20_000))

    def _look_at_all(
        self,
        segments: columns.Segments,
        stopped: Sequence[int],
        told: Mapping[int, Mapping[int, Sequence[Change]]],
        again: Again,
    ) -> None:
        """At why the loop stopped for these; loud reports of all of them are heard together."""
        settling, loud = list[tuple[int, datetime]](), list[tuple[Member, range]]()
        for n in stopped:
            slot, row, why = int(segments.wearer[n]), int(segments.start[n]), int(segments.why[n])
            member = self.roster.members[int(self.roster.orders[slot])]
            if why == columns.CHANGED:
                self._rest(member, told.get(slot, {}))
            elif why == columns.DUE and self.batch.reports.known[row] > self._since(member):
                self._due_before(member, row, settling)
            else:
                after = self._after(member, row, int(segments.end[n]))
                loud.append((member, range(row, after)))
                segments.start[n] = after
        for some in groups(loud, TOGETHER):
            self._loud(some)
        self._again(settling, again)
        for n in stopped if self.over else ():
            if not self.roster.orders[segments.wearer[n]]:
                segments.start[n] = segments.end[n]

    def _after(self, member: Member, row: int, end: int) -> int:
        """The row after a loud report, and after those that were read too late for their moment."""
        after, since = row + 1, self._since(member)
        while after < end and self.batch.reports.known[after] <= since:
            after += 1
        return after

    def _loud(self, loud: Sequence[tuple[Member, range]]) -> None:
        """Hear reports as they are."""
        subjects, coming = list[Subject](), dict[int, list[Arrival]]()
        for member, rows in loud:
            belief = self.beliefs[member.terms.order_id]
            subjects.append(
                self.roster.subject(
                    member, belief.changes, belief.episodes, states=True, made=self.made
                )
            )
            coming[member.terms.order_id] = [self.batch.arrival(n) for n in rows]
        heard = hear(subjects, coming, self.roster.ground.measured)
        for (member, _), subject in zip(loud, subjects, strict=True):
            one = heard[subject.order_id]
            self._walk(member, subject, one, one.reports[-1][0])

    def _rest(
        self,
        member: Member,
        changes: Mapping[int, Sequence[Change]],
        until: datetime | None = None,
    ) -> None:
        """Walk on from the columns as they are: up to the last report, or to a later moment."""
        belief = self.beliefs[member.terms.order_id]
        subject = self.roster.subject(member, belief.changes, belief.episodes, made=self.made)
        states = self.roster.states(member, evidence=False)
        moments = [one for one in (until, subject.wearer.heard_at) if one is not None]
        heard = Heard(subject.wearer, (), states, changes)
        self._walk(member, subject, heard, max(moments, default=None))

    def _due_before(self, member: Member, row: int, settling: list[tuple[int, datetime]]) -> None:
        """Timers up to the next report, and late places that settle before it."""
        late = self.roster.wearer(member).late
        known = moment(int(self.batch.reports.known[row]))
        if late is None or late.settles_at() >= known or self.roster.deferred(member):
            self._wait(member, known)
            return
        if self.roster.timer(member) <= micros(late.settles_at()):
            self._wait(member, late.settles_at())
        if member.terms.order_id not in self.over:
            settling.append((member.terms.order_id, late.settles_at()))

    def _wait(self, member: Member, until: datetime) -> None:
        """Walk to a moment at which nothing was heard."""
        self._rest(member, {}, until)

    def _timers(self, believe: Believe) -> bool:
        """Walk whoever is due; whether there was time for all of them."""
        found = np.zeros(len(self.roster.orders), dtype=np.int64)
        count = columns.overdue(self.roster.crowd, self.until, found)
        orders = [order for order in self.roster.orders[found[:count]].tolist() if order]
        self.people += count
        for group in groups(orders, GROUP):
            if self.late_now:
                return False
            self._believe(group, believe)
            for order_id in group:
                self._overdue(self.roster.members[order_id])
        return True

    def _overdue(self, member: Member) -> None:
        """Walk to the end of the span, or to where late places are to be judged before it."""
        late, until = self.roster.wearer(member).late, self.span.until
        if late is not None and not self.roster.deferred(member):
            until = min(until, late.settles_at())
        if self.roster.timer(member) <= micros(until):
            self._wait(member, until)

    def _late(self, believe: Believe, again: Again) -> bool:
        """Judge late places that have settled; whether timers are to be looked at again."""
        waiting = self.roster.settled(self.until)
        for group in groups(waiting, GROUP):
            if self.late_now:
                return False
            self._believe(group, believe)
            settling = []
            for order_id in group:
                wearer = self.roster.wearer(self.roster.members[order_id])
                settles = wearer.late.settles_at() if wearer.late else self.span.until
                settling.append((order_id, max(settles, wearer.heard_at or settles)))
            self._again(settling, again)
        return bool(waiting)

    @property
    def late_now(self) -> bool:
        """Whether this step has had its time."""
        return not self.behind and time.monotonic() > self.deadline_s

    def _again(self, settling: Sequence[tuple[int, datetime]], again: Again) -> None:
        for group in groups(settling, GROUP):
            if self.late_now:
                for order_id, _ in group:
                    self.roster.defer(self.roster.members[order_id])
                continue
            for order_id, judged in again(group).items():
                member = self.roster.members[order_id]
                self.take(member, judged, {}, changed=True)
                member.walked = max(member.walked, micros(dict(group)[order_id]))

    def _believe(self, orders: Iterable[int], believe: Believe) -> None:
        unknown = [one for one in orders if one not in self.beliefs]
        if unknown:
            self.beliefs.update(believe(unknown))

    def _since(self, member: Member) -> int:
        return micros(self.span.since) if member.walked == NEVER else member.walked

    def _walk(self, member: Member, subject: Subject, heard: Heard, until: datetime | None) -> None:
        """Let the rules see what came."""
        since = moment(self._since(member))
        until = max(since, until or since)
        changes = (one for each in heard.changes.values() for one in each)
        anew = member.walked == NEVER or any(one.known_at <= since for one in changes)
        if until > since and not anew:
            since += MICROSECOND  # that moment itself has been judged, with what was known at it
        span = replace(self.span, since=since, until=until)
        judged = walk(subject, heard, span)
        came = bool(heard.reports)
        changed = came or judged.wearer != subject.wearer
        self.take(member, judged, {} if came else heard.states, changed=changed)
        member.walked = max(member.walked, micros(span.until))

    def gather(self, judged: Judged) -> None:
        """What is to be written of alerts and changes."""
        self.outcome.turns += judged.turns
        for key, added in judged.changes.items():
            if added:
                self.outcome.changes.setdefault(key, []).extend(added)
        for key, denied in judged.superseded.items():
            if denied:
                self.outcome.superseded.setdefault(key, []).extend(denied)

    def take(
        self, member: Member, judged: Judged, held: Mapping[int, State], *, changed: bool
    ) -> None:
        """Remember what a walk came to, and gather what is to be written; `held` are the states
        that are in the columns already."""
        order_id = member.terms.order_id
        self.gather(judged)
        moved = {key for key, added in judged.changes.items() if added}
        self.moved |= moved
        changed = changed or bool(moved)
        self.beliefs[order_id] = Belief(dict(judged.believed), judged.episodes)
        if judged.wearer is None:
            self.over.add(order_id)
            self.loud.pop(order_id, None)
            self.roster.drop(order_id)
            return
        self.roster.take(judged, member, held)
        if changed:
            self.loud[order_id] = member
