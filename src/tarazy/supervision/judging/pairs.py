# SPDX-License-Identifier: EUPL-1.2
"""Judge a pair through time: places become changes of near / apart, changes become turns of alerts.

There is one way for what came in time and for what came late. Pairs are judged on the beats of a
clock (`bonds.BEAT`). What became known since the beat before is put among the places that were
heard, in the order in which they happened, and all of it is heard from the last snapshot that is
older than the first new place. What comes out otherwise than believed is superseded, and alerts
follow as they do for one person (ledger.py). The beats do not depend on the steps of the engine, so
a replay of the same places finds the same.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from tarazy.supervision.judging.bonds import BEAT, Bond, PairWatched, beat_after, beat_before
from tarazy.supervision.judging.ledger import Ledger
from tarazy.supervision.judging.spells import Question
from tarazy.supervision.judging.subjects import Cause, Episode, Subject, Turn, Wearer
from tarazy.supervision.presence import pairs as kernel
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.pairs import LATE_MAX, Found, Memory, Placed
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import PAIR_RULES
from tarazy.supervision.rules.interface import Facts

SNAPSHOT_EVERY = timedelta(hours=1)
BLINK = timedelta(seconds=1)
ALL_OVER = timedelta(days=1)
"""After a demand's end rules are asked once more, so that they can say that it is over."""
Changes = tuple[tuple[Change, ...], ...]
"""For each radius those that are believed, in the order of what happened."""


@dataclass(frozen=True, slots=True)
class PairBefore:
    """What was believed of a pair, and what a judgement may have to hear again."""

    judged_to: datetime
    snapshots: tuple[Memory, ...]
    """Oldest first; the last one is after the last place that was heard."""
    heard: Sequence[Placed]
    """Every place since the last of these snapshots, in order."""
    changes: Changes
    episodes: Mapping[Cause, tuple[Episode, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PairJudged:
    """What came out."""

    after: PairBefore
    added: Changes
    """Changes that are believed now and were not before."""
    superseded: Changes
    """And those that were believed before, and are not any more."""
    turns: tuple[Turn, ...]
    due: datetime | None
    """When to look again if nothing is heard; None once the demand is over."""
    unheard_since: datetime | None = None
    """Time of the first place that is not known yet by then."""


def unheard(bond: Bond) -> PairBefore:
    """A pair before anything was heard of it."""
    begin = bond.periods[0].since
    blank = _blank(bond, begin)
    return PairBefore(beat_before(begin), (blank,), (), tuple(() for _ in bond.radii))


def judge_pair(
    bond: Bond,
    before: PairBefore,
    fresh: Sequence[Placed],
    until: datetime,
    outages: tuple[Interval, ...] = (),
) -> PairJudged:
    """Judge up to the last beat that is not later than a moment.

    `fresh` are the places that were not heard yet; those that are not known by then are left out,
    and are to be given again.
    """
    walk = _Walk(bond, before, outages)
    last = max(beat_before(until), before.judged_to)
    usable = [one for one in fresh if one.known_at - one.sighting.at <= LATE_MAX]
    waiting = sorted(usable, key=lambda one: (one.known_at, order_of(one)))
    start, moment = 0, before.judged_to
    while True:
        due = walk.lapses_after(moment)
        beats = [] if due is None else [beat_after(due)]
        if start < len(waiting):
            beats.append(max(beat_after(waiting[start].known_at), moment + BEAT))
        moment = min(beats, default=last + BEAT)
        if moment > last:
            break
        stop = start
        while stop < len(waiting) and waiting[stop].known_at <= moment:
            stop += 1
        walk.beat(moment, waiting[start:stop])
        start = stop
    return walk.done(last, waiting[start:])


class _Walk:
    """One pair on its way through some beats."""

    def __init__(self, bond: Bond, before: PairBefore, outages: tuple[Interval, ...]) -> None:
        self.bond, self.before, self.terms = bond, before, bond.terms
        self.heard = list(before.heard)
        self.snapshots = list(before.snapshots)
        self.start = self.head
        """Of what was before it no place is at hand: nothing is heard again from further back."""
        self.changes = [list(one) for one in before.changes]
        self.facts = Facts(
            now=before.judged_to,
            order_id=str(bond.order_id),
            report_interval_s=int(bond.intervals_s[0]),
            outages=outages,
            in_force=bond.in_force,
            monitored_since=bond.monitored_since,
            settings=bond.settings,
        )
        self.ledgers = [
            (n, self._ledger(watched, number))
            for n, watched in enumerate(bond.watched)
            for number, rule in enumerate(PAIR_RULES)
            if watched.kind in rule.CONDITIONS
        ]
        for n, ledger in self.ledgers:
            begin = max([before.judged_to, *(one.at for one in self.changes[n][-1:])])
            ledger.learn(self.facts, self.changes[n], begin, before.judged_to)

    def _ledger(self, watched: PairWatched, number: int) -> Ledger:
        bond, rule = self.bond, PAIR_RULES[number]
        subject = Subject(
            *(bond.order_id, bond.person_id, bond.in_force, int(bond.intervals_s[0]), None),
            Wearer(),
            episodes=self.before.episodes,
        )
        over_at = watched.period.until + ALL_OVER
        return Ledger(subject, Question(rule, watched, over_at), self.before.judged_to)

    @property
    def head(self) -> Memory:
        """After the last place."""
        return self.snapshots[-1]

    def lapses_after(self, moment: datetime) -> datetime | None:
        """The next moment after one at which something is lost by time alone."""
        return min((one for one in self._lapses() if one > moment), default=None)

    def _lapses(self) -> list[datetime]:
        found = [kernel.lapses_at(self.terms, self.head, n) for n in range(len(self.bond.radii))]
        end = _end_of(self.bond, self.head)
        return [min(one, end) for one in found if one is not None]

    def beat(self, moment: datetime, fresh: Sequence[Placed]) -> None:
        """Take in what became known by a moment."""
        for one in fresh:
            insort(self.heard, one, key=order_of)
        if fresh:
            self._rewind(min(one.sighting.at for one in fresh))
        begin = self.head.at
        found = self._hear(moment)
        for n, changes in enumerate(self.changes):
            first = bisect_right(changes, begin, key=lambda one: one.at)
            after = [change for number, change in found if number == n]
            altered = self._believe(n, first, after, moment)
            if altered is not None:
                self._tell(n, changes, altered, moment)

    def _rewind(self, earliest: datetime) -> None:
        while len(self.snapshots) > 1 and self.snapshots[-1].at >= earliest:
            self.snapshots.pop()

    def _hear(self, moment: datetime) -> list[Found]:
        """Every place after the head, up to what time alone has made unknown by a moment."""
        memory, found = self.head, list[Found]()
        base = [*self.snapshots[:-1], memory]
        for one in self.heard[bisect_right(self.heard, memory.at, key=_at) :]:
            period = self.bond.period_of(one.sighting.at)
            if period is None:
                continue
            if memory.at < period.since - BLINK:
                _, lost = _lapsed(self.bond, memory, period.since)
                found += lost
                memory = _blank(self.bond, period.since)
            if memory.at - base[-1].at >= SNAPSHOT_EVERY and one.sighting.at > memory.at:
                base.append(memory)
            memory, changed = kernel.hear(self.terms, memory, one)
            found += changed
        self.snapshots = base if memory is base[-1] else [*self._settled(base), memory]
        return found + _lapsed(self.bond, memory, moment)[1]

    def _settled(self, snapshots: list[Memory]) -> list[Memory]:
        """Without the head of before, unless it is a snapshot to keep, or the start."""
        kept = [one for one in snapshots[:-1] if one is not self.start or self._whole(one)]
        last = snapshots[-1]
        if last is self.start or not kept or last.at - kept[-1].at >= SNAPSHOT_EVERY:
            return snapshots
        return snapshots[:-1]

    def _whole(self, one: Memory) -> bool:
        """Whether a start is a snapshot like the others."""
        before = self.before.snapshots[:-1]
        return not before or one.at - before[-1].at >= SNAPSHOT_EVERY

    def _believe(
        self, n: int, first: int, after: Sequence[Change], moment: datetime
    ) -> datetime | None:
        """What is believed from now on; from when on it is something else, if it is."""
        changes = self.changes[n]
        before = changes[first:]
        old = {(one.presence, one.at): one for one in before}
        merged = [old.get((one.presence, one.at)) or replace(one, known_at=moment) for one in after]
        for was, now in zip(before, merged, strict=False):
            if was is not now:
                altered = min(was.at, now.at)
                break
        else:
            longer = before if len(before) > len(merged) else merged
            if len(before) == len(merged):
                return None
            altered = longer[min(len(before), len(merged))].at
        self.changes[n] = [*changes[:first], *merged]
        return altered

    def _tell(self, n: int, before: list[Change], altered: datetime, moment: datetime) -> None:
        for number, ledger in self.ledgers:
            if number == n:
                ledger.advance(self.facts, before, moment)
                ledger.learn(self.facts, self.changes[n], altered, moment)

    def done(self, last: datetime, waiting: Sequence[Placed]) -> PairJudged:
        """What is believed at the end, and when to look again."""
        for n, ledger in self.ledgers:
            ledger.advance(self.facts, self.changes[n], last)
        episodes = {**self.before.episodes, **{one.cause: one.episodes for _, one in self.ledgers}}
        turns = [turn for _, ledger in self.ledgers for turn in ledger.turns]
        turns.sort(key=lambda turn: (turn.known_at, str(turn.cause)))
        changes = tuple(tuple(one) for one in self.changes)
        snapshots = [
            one
            for one in self.snapshots
            if one is not self.start or one is self.head or self._whole(one)
        ]
        after = PairBefore(last, tuple(snapshots), self.heard, changes, episodes)
        return PairJudged(
            after,
            _without(changes, self.before.changes),
            _without(self.before.changes, changes),
            tuple(turns),
            self._due(last, waiting),
            min((one.sighting.at for one in waiting), default=None),
        )

    def _due(self, last: datetime, waiting: Sequence[Placed]) -> datetime | None:
        if last > self.bond.periods[-1].until:
            return None
        dues = [ledger.due for _, ledger in self.ledgers]
        dues += [one for one in (self.lapses_after(last),) if one is not None]
        dues += [one.known_at for one in waiting[:1]]
        return max(beat_after(min(dues)), last + BEAT)


def _blank(bond: Bond, since: datetime) -> Memory:
    return kernel.blank(bond.terms, since)._replace(at=since - BLINK)


def _end_of(bond: Bond, memory: Memory) -> datetime:
    """The end of the stretch to which a memory belongs."""
    ends = (one.until for one in bond.periods if memory.at < one.until)
    return next(ends, bond.periods[-1].until)


def _lapsed(bond: Bond, memory: Memory, now: datetime) -> tuple[Memory, list[Found]]:
    """What is lost by a moment: by time, or because the demand does not apply any more."""
    end = _end_of(bond, memory)
    after, found = kernel.lapse(bond.terms, memory, min(now, end))
    if now >= end:
        found += [
            (n, Change(Presence.UNKNOWN, end, now))
            for n, level in enumerate(after.levels)
            if level.presence is not Presence.UNKNOWN
        ]
    return after, found


def _without(some: Changes, others: Changes) -> Changes:
    return tuple(
        tuple(one for one in mine if one not in set(theirs))
        for mine, theirs in zip(some, others, strict=True)
    )


def _at(placed: Placed) -> datetime:
    return placed.sighting.at


def order_of(placed: Placed) -> tuple[datetime, int, datetime, float, float]:
    """By what places are put in the order in which they happened, always the same."""
    sighting = placed.sighting
    return sighting.at, placed.side, placed.known_at, sighting.lat, sighting.lon
