# SPDX-License-Identifier: EUPL-1.2
"""One step of the engine: a batch of fixes and all due timers, in one transaction with findings.

Everything that must survive is in the database and moves with the checkpoint: whoever is killed in
a step has not begun it. What an Engine holds in memory (whom it knows, when to look at whom again)
only spares work; a fresh one looks at everybody first, and finds what is written already. It is
forgotten where a step fails, and where the checkpoint is not the one that this engine wrote last.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tarazy.core.access import Actor
from tarazy.core.door import together
from tarazy.supervision.actions import judgement
from tarazy.supervision.actions.episodes import Act, Finding, Verb, take_turns
from tarazy.supervision.actions.judgement import Derived
from tarazy.supervision.engine import batch as batches
from tarazy.supervision.engine import demands, intake_watch, loading, past
from tarazy.supervision.engine.batch import FixBatch
from tarazy.supervision.engine.memory import Memory
from tarazy.supervision.engine.pairs import PairPlan, colour, judge_pairs
from tarazy.supervision.engine.sweep import Sweep
from tarazy.supervision.judging import pace
from tarazy.supervision.judging import signs as shown
from tarazy.supervision.judging.judge import carried, judge, rejudge
from tarazy.supervision.judging.permits import permit
from tarazy.supervision.judging.subjects import Judged, Subject, Turn, TurnKind
from tarazy.supervision.judging.walk import ORDER_ENDED, Span
from tarazy.supervision.models import (
    Alert,
    EngineCheckpoint,
    FacetState,
    PresenceChange,
    PresenceState,
    WearerState,
)
from tarazy.supervision.presence.interface import State
from tarazy.supervision.rules.interface import Breach

ACTOR = Actor.system("engine")
TIMER_GRACE = timedelta(seconds=2)
"""Timers run this far behind the clock: a report that came in time may not be committed yet."""
AGAIN_S = 0.5
"""Time a step for judging orders again: after an outage of ours everybody uploads at once, and
nobody's timers are to wait for all of them."""
AGAIN_AT_ONCE = 20
"""Orders whose pasts are read together; so many are judged again in any step."""
BEAT_EVERY = timedelta(seconds=10)
_VERBS: Mapping[TurnKind, Verb] = {
    "raised": "raise",
    "reopened": "raise",
    "withdrawn": "withdraw",
}


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
    """Whether fixes, or orders to be compared, may be waiting."""
    due: datetime | None = None
    """When the next timer is due."""


@dataclass(slots=True)
class _Plan:
    """What the engine remembers between steps."""

    due: dict[int, datetime] = field(default_factory=dict)
    sweep: Sweep = field(default_factory=Sweep)
    memory: Memory = field(default_factory=Memory)
    beat_at: datetime | None = None
    pairs: PairPlan = field(default_factory=PairPlan)
    left_at: tuple[int, int, datetime | None] | None = None
    """The checkpoint as the last step wrote it."""


class Engine:
    """Judges step by step. One may run at a time; a second one waits for its turn."""

    def __init__(self, fixes_max: int = batches.FIXES_MAX) -> None:
        self.fixes_max = fixes_max
        self._plan = _Plan()

    def step(self, now: datetime) -> StepResult:
        """Judge the next batch, and whatever was due by now. Raises Temporary."""
        plan, self._plan = self._plan, _Plan()
        with together():
            checkpoint = batches.take_turn()
            if plan.left_at not in (None, _stand(checkpoint)):
                plan = self._plan
            result = _Step(plan, checkpoint, now, self.fixes_max).run()
        self._plan = plan
        return result


class _Step:
    """The parts of one step, inside its transaction."""

    def __init__(
        self, plan: _Plan, checkpoint: EngineCheckpoint, now: datetime, fixes_max: int
    ) -> None:
        self.plan, self.checkpoint = plan, checkpoint
        self.now, self.fixes_max = now, fixes_max
        self.ended: set[int] = set()
        self.alerts: dict[Any, Alert] = {}
        """The alerts that this step has raised, by order, cause and number."""
        self.of_pairs: list[Turn] = []

    def run(self) -> StepResult:
        checkpoint = self.checkpoint
        batch = batches.read(checkpoint, self.fixes_max)
        intake = intake_watch.watch(ACTOR, self.now)
        span = self._span(checkpoint, batch, intake)
        concerned = self._concerned(batch, span)
        signs = loading.signs(span.since, self.now, only=concerned) if concerned else {}
        subjects = [
            one
            for one in self.plan.memory.take(concerned, signs, self.now, intake.listening_since)
            if one.in_force.until > span.since  # a late upload of an order that is over: only kept
        ]
        again = self._permit(subjects, span, intake.listening_since)
        waiting = [one for one in subjects if one.order_id not in again]
        again |= self._again(waiting, span, checkpoint, intake.listening_since)
        now = [carried(again[one.order_id]) if one.order_id in again else one for one in subjects]
        judged = [*again.values(), *judge(now, batch.arrivals, span)]
        turns = [turn for one in judged for turn in one.turns]
        take_turns(ACTOR, [self._act(turn) for turn in turns], self.now, self.alerts)
        self.of_pairs = judge_pairs(self.plan.pairs, batch, span, self.now)
        turns += self.of_pairs
        derived = self._keep(judged, batch, span, checkpoint)
        self.plan.memory.keep(judged, derived.wearers, signs, intake.listening_since)
        return self._result(batch, judged, turns)

    def _again(
        self,
        subjects: list[Subject],
        span: Span,
        checkpoint: EngineCheckpoint,
        listening_since: datetime | None,
    ) -> dict[int, Judged]:
        """Judge again where late places have come in and no other has for a while."""
        found, began_s = dict[int, Judged](), time.monotonic()
        waiting = [
            (late.first, one.order_id, late) for one in subjects if (late := one.wearer.late)
        ]
        due = sorted(each for each in waiting if each[2].settles_at() <= span.until)
        for start in range(0, len(due), AGAIN_AT_ONCE):
            if start and time.monotonic() - began_s > AGAIN_S:
                break
            lates = {key: late for _, key, late in due[start : start + AGAIN_AT_ONCE]}
            since = min(late.since for late in lates.values())
            whole = past.with_changes(lates, since, self.now, listening_since)
            asked = [(one, lates[one.order_id]) for one in whole]
            pasts = past.pasts(asked, checkpoint)
            for one, late in asked:
                moment = max(span.since, late.last)
                at_once = Span(moment, moment, span.outages)
                found[one.order_id] = rejudge(one, pasts[one.order_id], at_once)
        return found

    def _permit(
        self, subjects: list[Subject], span: Span, listening_since: datetime | None
    ) -> dict[int, Judged]:
        """Judge again where an absence was granted, or withdrawn, since the order was judged."""
        found = {}
        for key, told in demands.newly_permitted([one.order_id for one in subjects]).items():
            (whole,) = past.with_changes([key], told.since, self.now, listening_since)
            at_once = Span(span.since, span.since, span.outages)
            found[key] = permit(whole, told.absences, at_once)
        judgement.note_absences(found)
        return found

    def _act(self, turn: Turn) -> Act:
        verb, until = _VERBS.get(turn.kind, "update"), turn.until
        if turn.kind == "withdrawn":
            until = until or self.now
        name = turn.order_id, turn.cause, turn.number
        return Act(verb, _finding(turn), until, name)

    def _span(
        self, checkpoint: EngineCheckpoint, batch: FixBatch, intake: intake_watch.Intake
    ) -> Span:
        """Up to the clock, or, while more fixes wait, only as far as they have been read."""
        until = self.now - TIMER_GRACE
        known = [one.known_at for arrivals in batch.arrivals.values() for one in arrivals]
        if batch.full and known:
            until = min(until, max(known) - TIMER_GRACE)
        since = checkpoint.judged_at or min([until, *known])
        return Span(since, max(since, until), intake.outages)

    def _concerned(self, batch: FixBatch, span: Span) -> set[int]:
        plan = self.plan
        found = {key for key, due in plan.due.items() if due <= span.until}
        changed, self.ended = plan.sweep.go_on(span.since, self.now)
        found |= changed
        found |= set(batch.arrivals)
        for key in found:
            plan.due.pop(key, None)
        return found

    def _keep(
        self, judged: list[Judged], batch: FixBatch, span: Span, checkpoint: EngineCheckpoint
    ) -> Derived:
        if self.ended:
            ends = [_end(alert, self.now) for alert in loading.running_alerts(self.ended)]
            take_turns(ACTOR, ends, self.now)
        checkpoint.transaction, checkpoint.fix_id = batch.transaction, batch.fix_id
        checkpoint.judged_at = span.until
        ended = self.ended | {one.subject.order_id for one in judged if one.wearer is None}
        derived = Derived(checkpoint, ended=ended)
        # Where one order follows another in this step, the person's row is the later one's.
        for one in sorted(judged, key=lambda one: one.subject.in_force):
            _collect(one, derived)
            if one.due is not None:
                self.plan.due[one.subject.order_id] = one.due
        colour(derived.wearers, self.of_pairs)
        judgement.keep(derived)
        self.plan.memory.drop(derived.ended)
        if self.plan.beat_at is None or self.now - self.plan.beat_at >= BEAT_EVERY:
            judgement.beat(self.now)
            self.plan.beat_at = self.now
        self.plan.left_at = _stand(checkpoint)
        return derived

    def _result(self, batch: FixBatch, judged: list[Judged], turns: list[Turn]) -> StepResult:
        kinds = [turn.kind for turn in turns]
        return StepResult(
            fixes=batch.count,
            subjects=len(judged),
            raised=kinds.count("raised"),
            changed=kinds.count("changed"),
            cleared=kinds.count("cleared"),
            withdrawn=kinds.count("withdrawn"),
            more=batch.full or self.plan.sweep.next is not None,
            due=min([*self.plan.due.values(), *self.plan.pairs.due.values()], default=None),
        )


def _stand(checkpoint: EngineCheckpoint) -> tuple[int, int, datetime | None]:
    return checkpoint.transaction, checkpoint.fix_id, checkpoint.judged_at


def _finding(turn: Turn) -> Finding:
    rule, condition_id = turn.cause
    return Finding(
        person_id=turn.person_id,
        order_id=turn.order_id,
        condition_id=condition_id,
        rule=rule,
        rule_version=turn.rule_version,
        severity=turn.severity,
        breach=turn.breach,
        alert_id=turn.key,
    )


def _end(alert: Alert, now: datetime) -> Act:
    """End a running alert of an order that is no longer in force."""
    finding = Finding(
        person_id=alert.person_id or 0,
        order_id=alert.order_id or 0,
        condition_id=alert.condition_id,
        rule=alert.rule,
        rule_version=alert.rule_version,
        severity=alert.severity,
        breach=Breach(since=alert.since, sentence=ORDER_ENDED),
    )
    ended = alert.order.in_force.upper if alert.order else None
    return Act("update", finding, max(min(now, ended or now), alert.since))


def _collect(judged: Judged, derived: Derived) -> None:
    """Rows for whatever has changed."""
    subject = judged.subject
    for watched in subject.watched:
        derived.changes.extend(
            PresenceChange(
                condition_id=watched.condition_id,
                facet=watched.facet,
                state=change.presence.value,
                at=change.at,
                known_at=change.known_at,
                probability=change.probability,
                evidence=judgement.places(change.evidence),
            )
            for change in judged.changes[watched.id]
        )
        derived.superseded.extend(
            (watched.condition_id, watched.facet, change.presence.value, change.at)
            for change in judged.superseded.get(watched.id, ())
        )
        state = judged.states[watched.id]
        if judged.wearer is not None and state != watched.state:
            key, facet, columns = watched.condition_id, watched.facet, _columns(state)
            if facet == "zone":
                derived.presence[key] = PresenceState(condition_id=key, **columns)
            else:
                row = FacetState(condition_id=key, facet=facet, **columns)
                derived.facets[key, facet] = row
    if judged.wearer is not None and judged.wearer != subject.wearer:
        derived.wearers[subject.person_id] = _wearer_row(subject, judged)


def _columns(state: State) -> dict[str, Any]:
    return {
        "state": state.presence.value,
        "since": state.since,
        "at": state.at,
        "known_at": state.known_at,
        "confirmed_at": state.confirmed_at,
        "log_odds": state.log_odds,
        "evidence": judgement.places(state.evidence),
        "beyond_m": state.beyond_m,
        "crept_m": state.crept_m,
    }


def _wearer_row(subject: Subject, judged: Judged) -> WearerState:
    wearer = judged.wearer or subject.wearer
    place, doubted = wearer.place, wearer.doubted
    return WearerState(
        person_id=subject.person_id,
        order_id=subject.order_id,
        device_id=wearer.device_id,
        heard_at=wearer.heard_at,
        at=place.at if place else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        accuracy_m=place.accuracy_m if place else None,
        speed_kmh=wearer.speed_kmh,
        battery_percent=wearer.battery_percent,
        doubted=judgement.places([doubted])[0] if doubted else None,
        clock_fault_at=wearer.clock_fault_at,
        mock_at=wearer.mock_at,
        unplaced_at=wearer.unplaced_at,
        signs=shown.kept(wearer.signs),
        pace=wearer.pace,
        suspected_at=wearer.suspected_at,
        pending=pace.kept(wearer.pending),
        alarms=[
            {
                "name": one.name,
                "at": one.at.isoformat(),
                "known_at": one.known_at.isoformat(),
                "count": one.count,
            }
            for one in wearer.alarms
        ],
        late=(
            {name: at.isoformat() for name, at in wearer.late._asdict().items()}
            if wearer.late
            else None
        ),
        urgency=wearer.urgency,
    )
