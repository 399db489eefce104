# SPDX-License-Identifier: EUPL-1.2
"""Pairs in a step of the engine: which of them there is something new of, judged, and written.

In the transaction of the step, with a checkpoint of its own for the fixes of protected people.
What is held in memory (demands, when to look at whom) only spares work: a fresh one looks at every
demand, and finds in its row from when on places are not judged yet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from tarazy.core.access import Actor
from tarazy.supervision.actions import judgement
from tarazy.supervision.actions import pairs as writing
from tarazy.supervision.actions.judgement import Finding
from tarazy.supervision.actions.pairs import PAIRS, DerivedPairs
from tarazy.supervision.engine import pair_loading as loading
from tarazy.supervision.engine.batch import FixBatch
from tarazy.supervision.engine.pair_loading import Demand, ReadTo
from tarazy.supervision.judging.bonds import Bond, beat_after, beat_before
from tarazy.supervision.judging.pairs import PairBefore, PairJudged, judge_pair
from tarazy.supervision.judging.spells import CONDITION_ENDED
from tarazy.supervision.judging.subjects import Cause, Episode, Turn
from tarazy.supervision.judging.walk import Span
from tarazy.supervision.models import (
    Alert,
    AlertState,
    EngineCheckpoint,
    PairChange,
    PairSnapshot,
    PairState,
    WearerState,
)
from tarazy.supervision.presence import pairs as kernel
from tarazy.supervision.presence.interface import Change
from tarazy.supervision.presence.pairs import LATE_MAX
from tarazy.supervision.rules import PAIR_RULES
from tarazy.supervision.rules.interface import Breach

ACTOR = Actor.system("engine")
REFRESH_EVERY = timedelta(seconds=10)
FIXES_MAX = 5_000
EPISODES_FOR = timedelta(days=3)
"""Longer than this after an alert's end no late place changes it."""
SNAPSHOTS_FOR = timedelta(hours=48)
SWEEP_EVERY = timedelta(hours=1)
NOTHING_READ = (0, 0)
Named = tuple[Cause, int]
"""An alert by its cause and number."""
ALARMING = frozenset(rule.CARD.code for rule in PAIR_RULES if rule.URGENCY == "alert")


@dataclass(slots=True)
class PairPlan:
    """What is remembered between steps."""

    demands: dict[int, Demand] = field(default_factory=dict)
    due: dict[int, datetime] = field(default_factory=dict)
    unheard: dict[int, datetime] = field(default_factory=dict)
    read_at: datetime | None = None
    swept_at: datetime | None = None
    behind: bool = False
    """Whether more of protected people may wait than a step reads."""


def judge_pairs(plan: PairPlan, batch: FixBatch, span: Span, now: datetime) -> list[Turn]:
    """Judge the pairs of which something is new or due; the turns of their alerts, written."""
    if plan.read_at is None or now - plan.read_at >= REFRESH_EVERY:
        _refresh(plan, now)
    guarded = any(one.row.protected_id for one in plan.demands.values())
    read = _read_protected() if guarded else _Guarded({}, NOTHING_READ, None)
    _note(plan, _worn(plan, batch), read.news, now)
    plan.behind, until = read.known_to is not None, min(span.until, read.known_to or span.until)
    last = beat_before(until)
    concerned = [
        (demand, plan.unheard.get(key))
        for key, demand in plan.demands.items()
        if key in plan.due and plan.due[key] <= last
    ]
    if not concerned:
        return []
    derived, turns = DerivedPairs(), list[Turn]()
    read_to = ReadTo((batch.transaction, batch.fix_id), read.read_to)
    befores = loading.befores(concerned, read_to)
    for demand, _ in concerned:
        bond = demand.bond
        before, fresh = befores[bond.id]
        judged = judge_pair(bond, before, fresh, until, span.outages)
        keys = _written(judged.turns, now)
        turns += judged.turns
        _collect(bond, before, judged, keys, derived)
        _plan_again(plan, bond.id, judged)
    writing.keep_pairs(derived, until)
    return turns


def note_pairs(batch: FixBatch, now: datetime) -> None:
    """Remember of which pairs there is something new: an engine that has only a part of the people
    judges none, and the one that judges everybody again finds them in their rows."""
    plan = PairPlan(demands=loading.demands(now))
    _note(plan, _worn(plan, batch), {}, now)


def colour(wearers: dict[int, WearerState], turns: Sequence[Turn]) -> None:
    """Show on the map who has an alert about a pair; walking a person knows nothing of it."""
    fresh = {turn.person_id for turn in turns if turn.cause[0] in ALARMING and turn.until is None}
    for row in WearerState.objects.filter(person_id__in=fresh - set(wearers)):
        wearers[row.person_id] = row
    if not wearers:
        return
    running = Alert.objects.filter(person_id__in=wearers, until=None, rule__in=ALARMING)
    for person in running.exclude(state=AlertState.RESOLVED).values_list("person_id", flat=True):
        wearers[person or 0].urgency = "alert"


def _refresh(plan: PairPlan, now: datetime) -> None:
    """Read the demands anew; of those that are new to us, or other than before, judge at once."""
    found = loading.demands(now)
    states = {one.pk: one for one in PairState.objects.filter(pk__in=found)}
    for key, demand in found.items():
        before, state = plan.demands.get(key), states.get(key)
        if before is not None and before.bond == demand.bond:
            continue
        over = state is not None and state.due is None
        if state is not None and over and demand.bond.periods[-1].until < state.judged_to:
            continue  # it was judged to its end
        plan.due[key] = demand.bond.periods[0].since if state is None else state.judged_to
        if state is not None and state.unheard_since is not None:
            plan.unheard[key] = state.unheard_since
    for key in set(plan.demands) - set(found):
        plan.due.pop(key, None)
        plan.unheard.pop(key, None)
    plan.demands, plan.read_at = found, now
    _close_groundless(now, found)
    if plan.swept_at is None or now - plan.swept_at >= SWEEP_EVERY:
        writing.drop_old_snapshots(now - SNAPSHOTS_FOR)
        plan.swept_at = now


def _close_groundless(now: datetime, found: dict[int, Demand]) -> None:
    """End what runs about demands that have no ground any more, not even a past one.

    Such as where an order was annulled from its first day on, or a consent never was.
    """
    rest = Alert.objects.filter(no_contact__isnull=False, until=None).exclude(no_contact__in=found)
    for alert in rest.order_by("pk"):
        finding = Finding(
            person_id=alert.person_id or 0,
            order_id=alert.order_id or 0,
            condition_id=None,
            rule=alert.rule,
            rule_version=alert.rule_version,
            severity=alert.severity,
            breach=Breach(since=alert.since, sentence=CONDITION_ENDED),
            alert_id=alert.pk,
            no_contact_id=alert.no_contact_id,
        )
        judgement.update_alert(ACTOR, finding, max(now, alert.since), now)
    gone = PairState.objects.filter(due__isnull=False).exclude(pk__in=found)
    writing.forget_pairs(list(gone.values_list("pk", flat=True)))


class _News(NamedTuple):
    """New places of somebody: the time of the first, and when the first was known."""

    at: datetime
    known_at: datetime

    def with_(self, other: "_News | None") -> "_News":
        """Both together."""
        if other is None:
            return self
        return _News(min(self.at, other.at), min(self.known_at, other.known_at))


class _Guarded(NamedTuple):
    """Of which protected people there is something new; the last fix that was read, and when it
    became known, where more may wait: so far alone can pairs be judged."""

    news: dict[int, _News]
    read_to: tuple[int, int]
    known_to: datetime | None


def _read_protected() -> _Guarded:
    """What came of protected people since the last step."""
    checkpoint = EngineCheckpoint.objects.filter(name=PAIRS).first() or EngineCheckpoint(name=PAIRS)
    rows = loading.new_of_protected(checkpoint.transaction, checkpoint.fix_id, FIXES_MAX)
    news: dict[int, _News] = {}
    for one in rows:
        if one.known_at - one.at > LATE_MAX:
            continue
        news[one.protected_id] = _News(one.at, one.known_at).with_(news.get(one.protected_id))
    if rows:
        checkpoint.transaction, checkpoint.fix_id = rows[-1].transaction, rows[-1].id
        writing.move_checkpoint(checkpoint)
    known_to = rows[-1].known_at if len(rows) == FIXES_MAX else None
    return _Guarded(news, (checkpoint.transaction, checkpoint.fix_id), known_to)


def _worn(plan: PairPlan, batch: FixBatch) -> dict[int, _News]:
    """Of which of the demands' orders there is something new that is not too old to be judged."""
    rows = [one.row for one in plan.demands.values()]
    concerned = {key for one in rows for key in (one.order_id, one.other_order_id) if key}
    news: dict[int, _News] = {}
    for order in concerned:
        for one in batch.of(order):
            if one.place is not None and one.known_at - one.at <= LATE_MAX:
                found = _News(min(one.at, one.known_at), one.known_at)
                news[order] = found.with_(news.get(order))
    return news


def _note(
    plan: PairPlan, worn: dict[int, _News], protected: dict[int, _News], now: datetime
) -> None:
    """From when on places of whom are new, and that they are judged at the next beat."""
    waiting: dict[int, datetime] = {}
    for key, demand in plan.demands.items() if worn or protected else ():
        row, begin = demand.row, demand.judged_from(now)
        told = [
            *(worn[one] for one in (row.order_id, row.other_order_id) if one in worn),
            *(protected[one] for one in (row.protected_id,) if one in protected),
        ]
        for news in told if begin is not None else ():
            at = max(news.at, begin or news.at)
            since = min(at, plan.unheard.get(key, at))
            if plan.unheard.get(key) != since:
                waiting[key] = plan.unheard[key] = since
            beat = beat_after(news.known_at)
            plan.due[key] = min(beat, plan.due.get(key, beat))
    writing.note_unheard(waiting)


def _plan_again(plan: PairPlan, key: int, judged: PairJudged) -> None:
    plan.due.pop(key, None)
    plan.unheard.pop(key, None)
    if judged.due is not None:
        plan.due[key] = judged.due
    if judged.unheard_since is not None:
        plan.unheard[key] = judged.unheard_since


def _written(turns: Sequence[Turn], now: datetime) -> dict[Named, int]:
    """Write turns in their order; the keys of the alerts that were raised."""
    keys: dict[Named, int] = {}
    for turn in turns:
        name = turn.cause, turn.number
        key = _act(replace(turn, key=keys.get(name, turn.key)), now)
        if key is not None:
            keys[name] = key
        elif turn.kind == "withdrawn":
            keys.pop(name, None)  # the next of this number is another one
    return keys


def _act(turn: Turn, now: datetime) -> int | None:
    """Write one turn; the alert's key where it was raised."""
    rule, demand = turn.cause
    finding = Finding(
        person_id=turn.person_id,
        order_id=turn.order_id,
        condition_id=None,
        rule=rule,
        rule_version=turn.rule_version,
        severity=turn.severity,
        breach=turn.breach,
        alert_id=turn.key,
        no_contact_id=demand,
        begun=turn.begun,
    )
    if turn.kind == "withdrawn":
        judgement.withdraw_alert(ACTOR, finding, turn.until or now, now)
    elif turn.kind in {"raised", "reopened"}:
        return judgement.raise_alert(ACTOR, finding, now, turn.until).pk
    else:
        judgement.update_alert(ACTOR, finding, turn.until, now)
    return None


def _collect(
    bond: Bond,
    before: PairBefore,
    judged: PairJudged,
    keys: Mapping[Named, int],
    derived: DerivedPairs,
) -> None:
    """Rows for whatever has changed."""
    after = judged.after
    for n, (_, metres) in enumerate(bond.radii):
        derived.changes += [_change_row(bond.id, metres, one) for one in judged.added[n]]
        derived.superseded += [
            (bond.id, metres, one.presence.value, one.at) for one in judged.superseded[n]
        ]
    if len(before.snapshots) == 1:  # it was heard again from there on
        derived.rewound.append((bond.id, before.snapshots[0].at))
    over = judged.due is None
    if over:
        derived.over.append(bond.id)
    else:
        derived.snapshots += [
            PairSnapshot(no_contact_id=bond.id, at=one.at, memory=msgspec.to_builtins(one))
            for one in after.snapshots[1:-1]
        ]
    head = kernel.blank(bond.terms, after.judged_to) if over else after.snapshots[-1]
    derived.states.append(
        PairState(
            no_contact_id=bond.id,
            judged_to=after.judged_to,
            due=judged.due,
            unheard_since=judged.unheard_since,
            head=msgspec.to_builtins(head),
            episodes=_episodes_kept(after, keys),
        )
    )


def _episodes_kept(after: PairBefore, keys: Mapping[Named, int]) -> list[object]:
    kept: dict[str, list[Episode]] = defaultdict(list)
    for cause, episodes in after.episodes.items():
        told = _with_keys(cause, episodes, keys)
        kept[cause[0]] += [
            one
            for one in told
            if one is told[-1] or one.until is None or one.until >= after.judged_to - EPISODES_FOR
        ]
    return [[rule, msgspec.to_builtins(tuple(each))] for rule, each in kept.items()]


def _with_keys(
    cause: Cause, episodes: Sequence[Episode], keys: Mapping[Named, int]
) -> list[Episode]:
    """With the keys of their alerts. Of one that a person closed while the step judged, what came
    back is an alert of its own (actions/episodes.py)."""
    found, born = list[Episode](), max((one.number for one in episodes), default=0)
    for one in episodes:
        key, last = keys.get((cause, one.number), one.key), one
        if one.key not in {None, key}:
            born += 1
            found.append(replace(one, spells=one.spells[:-1]))
            last = replace(one, spells=one.spells[-1:], number=born)
        found.append(replace(last, key=key))
    return found


def _change_row(demand: int, metres: int, change: Change) -> PairChange:
    return PairChange(
        no_contact_id=demand,
        radius_m=metres,
        state=change.presence.value,
        at=change.at,
        known_at=change.known_at,
        probability=change.probability,
        evidence=judgement.places(change.evidence),
    )
