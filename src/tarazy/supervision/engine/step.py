# SPDX-License-Identifier: EUPL-1.2
"""One step of the engine: a batch of fixes and all due timers, in one transaction with findings.

Everything that must survive is in the database and moves with the checkpoint: whoever is killed in
a step has not begun it. What an Engine holds in memory (roster.py, sweep.py) is derived. It is
forgotten where a step fails, and where the checkpoint is not the one that it wrote last: another
engine has judged meanwhile.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from tarazy.core.access import Actor
from tarazy.core.collecting import not_collecting
from tarazy.core.door import together
from tarazy.supervision.actions import judgement
from tarazy.supervision.engine import afterwards, demands, intake_watch, loading, past, writing
from tarazy.supervision.engine import batch as batches
from tarazy.supervision.engine.ahead import Ahead, read_after
from tarazy.supervision.engine.pairs import PairPlan, judge_pairs, note_pairs
from tarazy.supervision.engine.part import WHOLE, Part
from tarazy.supervision.engine.roster import Roster
from tarazy.supervision.engine.rounds import Belief, Outcome, Rounds, groups
from tarazy.supervision.engine.sweep import Sweep
from tarazy.supervision.judging.judge import carried, rejudge
from tarazy.supervision.judging.permits import permit
from tarazy.supervision.judging.spells import CHANGES_MAX, recent
from tarazy.supervision.judging.subjects import Judged, Subject, Turn
from tarazy.supervision.judging.walk import Span
from tarazy.supervision.models import EngineCheckpoint
from tarazy.supervision.presence import crowd as columns
from tarazy.supervision.presence.interface import Change
from tarazy.supervision.presence.kernel import micros, moment
from tarazy.supervision.presence.timetable import Interval

ACTOR = Actor.system("engine")
TIMER_GRACE = timedelta(seconds=2)
"""Timers run this far behind the clock: a report that came in time may not be committed yet."""
BEAT_EVERY = timedelta(seconds=10)
READ_AT_ONCE = 500
"""Orders that are read at once; an engine that has just started reads for READ_S a step."""
READ_S = 0.5
YOUNG = timedelta(hours=72)
"""Places that are older are not kept here: some day they may be kept nowhere (retention.py)."""
TERMS_ALONE = 0
"""Changes that are read of who is taken in: their first walk reads what it needs."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did."""

    fixes: int = 0
    subjects: int = 0
    raised: int = 0
    changed: int = 0
    cleared: int = 0
    withdrawn: int = 0
    more: bool = False
    """Whether fixes, or people, may be waiting."""
    due: datetime | None = None
    """When the next timer is due."""


@dataclass(slots=True)
class Memory:
    """What the engine knows between steps."""

    roster: Roster = field(default_factory=Roster)
    sweep: Sweep = field(default_factory=Sweep)
    pairs: PairPlan = field(default_factory=PairPlan)
    left_at: tuple[int, int, datetime | None] | None = None
    """The checkpoint as the last step wrote it."""
    listening_since: datetime | None = None
    beat_at: datetime | None = None
    limit: int = 0
    """Rows of the next batch, while the engine is behind."""
    ahead: Ahead | None = None
    """The next batch, where it is being read."""
    after: dict[int, datetime] | None = None
    """When uploads settle that came after their order's end, by order; None: not known yet."""
    changes: dict[int, Mapping[int, tuple[Change, ...]]] = field(default_factory=dict)
    """While the engine is behind: the last changes of presence, by order and by condition."""


class Engine:
    """Judges step by step. One may run at a time; a second one waits for its turn."""

    def __init__(self, fixes_max: int = batches.FIXES_MAX, part: Part = WHOLE) -> None:
        self.fixes_max, self.part = fixes_max, part
        self._memory = Memory()

    def step(self, now: datetime) -> StepResult:
        """Judge the next batch, and whatever was due by now. Raises Temporary."""
        memory, self._memory = self._memory, Memory()
        with not_collecting(), together():
            checkpoint = batches.take_turn(self.part)
            if memory.left_at not in (None, _stand(checkpoint)):
                memory = self._memory
            result = _Step(memory, checkpoint, now, self.fixes_max, self.part).run()
        self._memory = memory
        return result

    def widen(self, checkpoint: EngineCheckpoint) -> None:
        """Judge everybody from this checkpoint on; what is known of a part is so at it."""
        self.part, self._memory.left_at = WHOLE, _stand(checkpoint)
        self._memory.after = None  # of the others' people the helpers alone knew

    @property
    def memory_bytes(self) -> int:
        """Of the columns, zones included."""
        return self._memory.roster.bytes


class _Step:
    """The parts of one step, inside its transaction."""

    def __init__(
        self,
        memory: Memory,
        checkpoint: EngineCheckpoint,
        now: datetime,
        fixes_max: int,
        part: Part,
    ) -> None:
        self.memory, self.roster = memory, memory.roster
        self.checkpoint, self.now, self.part = checkpoint, now, part
        self.batch = self._next_batch(fixes_max)
        self.intake = intake_watch.watch(ACTOR, now, record=part.whole)
        self.span = span_of(checkpoint, self.batch, now, self.intake.outages)
        self.rounds = Rounds(self.roster, self.batch, self.span, now)
        self.alerts = writing.Alerts(ACTOR, now)
        self.ended = set[int]()
        """Orders that were over before this step, and of which it reads something."""

    def run(self) -> StepResult:
        memory = self.memory
        if memory.listening_since != self.intake.listening_since:
            memory.listening_since = self.intake.listening_since
            memory.sweep.pending |= set(self.roster.members)
        memory.sweep.go_on(self.roster, self.span.since, self.now, self.part)
        self._read()
        self.rounds.run(self._believed, self._judged_again)
        self._flush()
        self._afterwards()
        of_pairs = self._pairs()
        self.alerts.count.update(turn.kind for turn in of_pairs)
        self._keep(of_pairs)
        return self._result()

    def _pairs(self) -> Sequence[Turn]:
        if self.part.whole:
            return judge_pairs(self.memory.pairs, self.batch, self.span, self.now)
        note_pairs(self.batch, self.now)
        return []

    def _next_batch(self, fixes_max: int) -> batches.FixBatch:
        """What comes after the checkpoint; while much waits, what follows it is read meanwhile."""
        memory, limit = self.memory, max(fixes_max, self.memory.limit)
        ahead, memory.ahead = memory.ahead, None
        batch = ahead.batch(self.checkpoint) if ahead else None
        batch = batch or batches.read(self.checkpoint, limit, self.part)
        memory.limit = batches.next_limit(batch, limit, self.now, self.part)
        memory.ahead = read_after(batch, memory.limit, self.part)
        return batch

    def _read(self) -> None:
        """Take in who reports and is not known, and then others, as far as there is time."""
        sweep, began_s = self.memory.sweep, time.monotonic()
        last = max(self.span.until, self.batch.known_last() or self.span.until)
        self._take_in(self.roster.anew(last, self.now))
        self._take_in(self.roster.aged(self.batch.orders, micros(last), self.now - YOUNG))
        reporting = set(self.batch.orders.tolist())
        unknown = {key for key in reporting if key not in self.roster.members}
        self._take_in(unknown | (sweep.pending & reporting))
        for group in groups(sorted(sweep.pending), READ_AT_ONCE):
            if time.monotonic() - began_s > READ_S:
                break
            self._take_in(group)

    def _take_in(self, orders: Collection[int]) -> None:
        listening, reach = self.intake.listening_since, loading.Reach(self.now, TERMS_ALONE)
        for group in groups(sorted(orders), READ_AT_ONCE):
            for key in group:
                self.memory.changes.pop(key, None)
            read = loading.read(group, self.now, listening, reach)
            self.roster.meet(one.subject for one in read)
            for one in read:
                if one.subject.in_force.until <= self.span.since:
                    self.ended.add(one.subject.order_id)
                else:
                    member = self.roster.put(one.subject, one.turns_at)
                    heard_at = one.subject.wearer.heard_at
                    if heard_at is not None and heard_at > self.span.since:
                        member.walked = micros(heard_at)
            self._permit(group)
            self.memory.sweep.pending -= set(group)

    def _permit(self, orders: Collection[int]) -> None:
        """Judge again where an absence was granted, or withdrawn, since the order was judged."""
        told = demands.newly_permitted([one for one in orders if one in self.roster.members])
        for key, permitted in told.items():
            listening = self.intake.listening_since
            (whole,) = past.with_changes([key], permitted.since, self.now, listening)
            at_once = replace(self.span, until=self.span.since)
            judged = permit(whole, permitted.absences, at_once)
            turns_at = self.roster.turning.get(key)
            member = self.roster.put(carried(judged), turns_at)
            self.rounds.take(member, judged, {}, changed=True)
        for permitted in told.values():
            judgement.note_absences(permitted.judged)

    def _afterwards(self) -> None:
        """Judge what came after the end of orders that are over by now."""
        read_to = (self.checkpoint.transaction, self.checkpoint.fix_id)
        after = self.memory.after
        if after is None:
            anew = afterwards.waiting(read_to, self.span, self.part)
            after = self.memory.after = dict.fromkeys(anew, self.span.since)
        over, reported = self.rounds.over, set(self.batch.orders.tolist())
        due = {key for key, settles in after.items() if settles <= self.span.until}
        told = afterwards.Step(
            *(self.batch, read_to, self.span, self.intake.listening_since),
            *(self.alerts.write, self._take_after),
        )
        for key in sorted(over | due | self.memory.sweep.gone | (self.ended & reported)):
            after.pop(key, None)
            settles = afterwards.judge(key, told, ran=key in over)
            if settles is not None:
                after[key] = settles

    def _take_after(self, judged: Judged) -> None:
        """Write an upload that came after the end; only what is believed, for nobody is shown."""
        self.alerts.forget(judged.subject.order_id)
        self.rounds.gather(judged)
        self._flush()

    def _believed(self, orders: Collection[int]) -> Mapping[int, Belief]:
        """What the last step has left of these."""
        members = {key: self.roster.members[key] for key in orders}
        watched = [(key, one) for key, member in members.items() for one in member.terms.watched]
        kept = self.memory.changes
        unread = [one for key, one in watched if key not in kept]
        changes = demands.changes(unread, CHANGES_MAX)
        episodes = loading.episodes(orders, self.span.since - loading.RECENT)
        return {
            key: Belief(
                kept.get(key)
                or {one.id: tuple(changes.get(one.id, ())) for one in member.terms.watched},
                episodes.get(key, {}),
            )
            for key, member in members.items()
        }

    def _judged_again(self, settled: Sequence[tuple[int, datetime]]) -> Mapping[int, Judged]:
        """Judge late places of some people, each at a moment, by their past in the fix store."""
        self._flush()
        moments = dict(settled)
        lates = [self.roster.wearer(self.roster.members[key]).late for key in moments]
        since = min(late.since for late in lates if late is not None)
        asked = [past.Asked(one, moments[one.order_id]) for one in self._wholes(moments, since)]
        pasts = past.pasts(asked, self.batch)
        found = {}
        for one in asked:
            key, at = one.subject.order_id, one.moment
            self.alerts.forget(key)
            found[key] = rejudge(one.subject, pasts[key], Span(at, at, self.span.outages))
        return found

    def _wholes(self, orders: Collection[int], since: datetime) -> list[Subject]:
        """As known by now, with all changes and alerts that judging again from a moment on may
        touch."""
        members = [self.roster.members[key] for key in orders]
        watched = [one for member in members for one in member.terms.watched]
        changes = demands.changes(watched, past.CHANGES_MAX)
        told = {key: tuple(each) for key, each in changes.items()}
        episodes = loading.episodes(orders, past.reach(since).alerts_since)
        return [
            self.roster.subject(one, told, episodes.get(key, {}), states=True)
            for key, one in zip(orders, members, strict=True)
        ]

    def _flush(self) -> None:
        """Write what was found so far, inside the step's transaction."""
        outcome, self.rounds.outcome = self.rounds.outcome, Outcome()
        self.alerts.write(outcome.turns)
        writing.keep_changes(outcome, self.span.until)

    def _keep(self, of_pairs: Sequence[Turn]) -> None:
        checkpoint, batch, memory = self.checkpoint, self.batch, self.memory
        self.alerts.end(memory.sweep.ended)
        checkpoint.transaction, checkpoint.fix_id = batch.transaction, batch.fix_id
        checkpoint.judged_at = self.span.until
        writing.keep(
            self.roster, self.rounds, writing.Also(checkpoint, memory.sweep.ended, of_pairs)
        )
        due = memory.beat_at is None or self.now - memory.beat_at >= BEAT_EVERY
        if due and self.part.number == 0:
            judgement.beat(self.now)
            memory.beat_at = self.now
        memory.left_at = _stand(checkpoint)
        self._remember()

    def _remember(self) -> None:
        """What the next step would read again, if it follows at once."""
        if not self.batch.full:
            self.memory.changes = {}
            return
        for key, belief in self.rounds.beliefs.items():
            last = {one: tuple(recent(each)) for one, each in belief.changes.items()}
            self.memory.changes[key] = last

    def _result(self) -> StepResult:
        count = self.alerts.count
        soonest = columns.soonest(self.roster.crowd)
        waiting = bool(self.memory.sweep.waits) or soonest <= self.rounds.until
        soonest = max(soonest, self.rounds.until)
        others = [*self.memory.pairs.due.values(), *(self.memory.after or {}).values()]
        return StepResult(
            fixes=self.batch.count,
            subjects=self.rounds.people,
            raised=count["raised"],
            changed=count["changed"],
            cleared=count["cleared"],
            withdrawn=count["withdrawn"],
            more=self.batch.full or waiting or self.memory.pairs.behind,
            due=min(
                [*([moment(soonest)] if soonest < columns.ENDLESS else []), *others], default=None
            ),
        )


def span_of(
    checkpoint: EngineCheckpoint,
    batch: batches.FixBatch,
    now: datetime,
    outages: tuple[Interval, ...] = (),
) -> Span:
    """Up to the clock, or, while more fixes wait, only as far as they have been read."""
    until = now - TIMER_GRACE
    last, first = batch.known_last(), batch.known_first()
    if batch.full and last is not None:
        until = min(until, last - TIMER_GRACE)
    since = checkpoint.judged_at or min([until, *([first] if first else [])])
    return Span(since, max(since, until), outages)


def _stand(checkpoint: EngineCheckpoint) -> tuple[int, int, datetime | None]:
    return checkpoint.transaction, checkpoint.fix_id, checkpoint.judged_at
