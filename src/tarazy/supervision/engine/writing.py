# SPDX-License-Identifier: EUPL-1.2
"""What a step found, on its way to the tables: turns of alerts, changes of presence, last reports.

Whoever was only heard quietly gets the columns of a report and no more; a person's whole row is
written where something else about them has changed.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from tarazy.core.access import Actor
from tarazy.supervision.actions import judgement
from tarazy.supervision.actions.episodes import take_turns
from tarazy.supervision.actions.judgement import Derived, Finding, LastReports
from tarazy.supervision.actions.turns import Act, Verb
from tarazy.supervision.engine import loading
from tarazy.supervision.engine.pairs import ALARMING, colour
from tarazy.supervision.engine.roster import Member, Roster
from tarazy.supervision.engine.rounds import Outcome, Rounds
from tarazy.supervision.judging import pace
from tarazy.supervision.judging import signs as shown
from tarazy.supervision.judging.subjects import FACET_KEYS, FACETS, Cause, Turn, TurnKind
from tarazy.supervision.judging.walk import ORDER_ENDED
from tarazy.supervision.models import (
    Alert,
    EngineCheckpoint,
    WearerState,
)
from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.packing import packed
from tarazy.supervision.rules.interface import Breach

VERBS: Mapping[TurnKind, Verb] = {
    "raised": "raise",
    "reopened": "raise",
    "changed": "update",
    "cleared": "update",
    "withdrawn": "withdraw",
}


class Alerts:
    """Turns of alerts, written in the order in which they came."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.count: Counter[str] = Counter()
        self._named: dict[tuple[int, Cause, int], Alert] = {}
        """Those that have taken a turn in this step, by order, cause and number."""

    def forget(self, order_id: int) -> None:
        """An order's alerts have been read anew, with their keys."""
        for name in [name for name in self._named if name[0] == order_id]:
            del self._named[name]

    def write(self, turns: Sequence[Turn]) -> None:
        """Let alerts take these turns."""
        self.count.update(turn.kind for turn in turns)
        acts = [
            Act(
                VERBS[turn.kind],
                _finding(turn),
                turn.until or (self.now if turn.kind == "withdrawn" else None),
                (turn.order_id, turn.cause, turn.number),
            )
            for turn in turns
        ]
        take_turns(self.actor, acts, self.now, self._named)

    def end(self, orders: Collection[int]) -> None:
        """End the running alerts of orders that are no longer in force."""
        ends = [_end(alert, self.now) for alert in loading.running_alerts(orders)] if orders else []
        take_turns(self.actor, ends, self.now)


@dataclass(frozen=True, slots=True)
class Also:
    """What is written with the last of everybody."""

    checkpoint: EngineCheckpoint
    ended: Collection[int]
    """Orders that are no longer in force."""
    of_pairs: Sequence[Turn]


def keep_changes(outcome: Outcome, until: datetime) -> None:
    """Write changes of presence."""
    found = [(key, change) for key, each in outcome.changes.items() for change in each]
    superseded = [
        (key % FACET_KEYS, FACETS[key // FACET_KEYS], one.presence.value, one.at)
        for key, denied in outcome.superseded.items()
        for one in denied
    ]
    judgement.keep_changes(found, superseded, until)


def keep(roster: Roster, rounds: Rounds, also: Also) -> None:
    """Write the last of everybody who was heard or walked, with the checkpoint."""
    for turn in also.of_pairs:
        if turn.cause[0] in ALARMING and turn.order_id in roster.members:
            rounds.loud[turn.order_id] = roster.members[turn.order_id]
    for member in roster.leapt():
        rounds.loud[member.terms.order_id] = member
    loud = sorted(rounds.loud.values(), key=lambda one: one.terms.in_force)
    slots = np.array([one.slot for one in loud], dtype=np.int64)
    states = packed(roster.crowd, slots)
    heard = roster.slots(rounds.batch.orders)
    heard = np.setdiff1d(heard[heard >= 0], slots)
    derived = Derived(also.checkpoint, ended={*also.ended, *rounds.over})
    for member, told in zip(loud, states, strict=True):
        # Where one order follows another in this step, the person's row is the later one's.
        derived.wearers[member.terms.person_id] = _wearer_row(roster, member, told)
        moved = {one.id for one in member.terms.watched} & rounds.moved
        held = roster.states(member) if moved else {}
        derived.states.update((key, held[key]) for key in moved)
    colour(derived.wearers, also.of_pairs)
    for member in loud:
        row = derived.wearers[member.terms.person_id]
        if row.order_id == member.terms.order_id and row.urgency != member.rest.urgency:
            member.rest = replace(member.rest, urgency=row.urgency)
    derived.heard = LastReports(roster.last_reports(heard), packed(roster.crowd, heard))
    judgement.keep(derived)


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
        begun=turn.begun,
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


def _wearer_row(roster: Roster, member: Member, states: bytes) -> WearerState:
    wearer = roster.wearer(member)
    place, doubted = wearer.place, wearer.doubted
    return WearerState(
        person_id=member.terms.person_id,
        order_id=member.terms.order_id,
        device_id=wearer.device_id,
        heard_at=wearer.heard_at,
        at=place.at if place else None,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        accuracy_m=place.accuracy_m if place else None,
        speed_kmh=wearer.speed_kmh,
        battery_percent=wearer.battery_percent,
        battery_at=wearer.battery_at,
        doubted=judgement.places([doubted])[0] if doubted else None,
        rested_s=wearer.throws.rested_s,
        throws=thrown.kept(wearer.throws),
        clock_fault_at=wearer.clock_fault_at,
        mock_at=wearer.mock_at,
        unplaced_at=wearer.unplaced_at,
        signs=shown.kept(wearer.signs, place),
        pace=wearer.pace,
        suspected_at=wearer.suspected_at,
        pending=pace.kept(wearer.pending),
        alarms=[
            {
                "name": one.name,
                "at": one.at.isoformat(),
                "known_at": one.known_at.isoformat(),
                "count": one.count,
                "begun_at": one.begun_at and one.begun_at.isoformat(),
            }
            for one in wearer.alarms
        ],
        late=judgement.late_told(wearer.late) if wearer.late else None,
        states=states,
        urgency=wearer.urgency,
    )
