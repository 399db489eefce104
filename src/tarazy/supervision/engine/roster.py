# SPDX-License-Identifier: EUPL-1.2
"""Everybody whom the engine knows, between steps: terms as objects, the last report in columns.

All of it is derived: it can be dropped at any moment and is read again (loading.py) from what the
last step has committed. Per person there is one small object, for each condition another; what
moves with each report (times, places, evidence) is in the columns of `presence/crowd.py`. Fields of
`Wearer` that no quiet report moves stay in `Member.rest` as the last loud report left them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from tarazy.supervision.engine import records
from tarazy.supervision.engine.records import LIMITS
from tarazy.supervision.judging.facets import shift_m
from tarazy.supervision.judging.pace import TOLD
from tarazy.supervision.judging.subjects import (
    Cause,
    Episode,
    Judged,
    Late,
    Subject,
    Watched,
    Wearer,
)
from tarazy.supervision.presence import crowd as columns
from tarazy.supervision.presence.constants import EVIDENCE_MAX
from tarazy.supervision.presence.geometry import Places
from tarazy.supervision.presence.ground import Ground
from tarazy.supervision.presence.hearing import NEVER
from tarazy.supervision.presence.interface import Change, Presence, State
from tarazy.supervision.presence.kernel import (
    EPOCH,
    MICROSECOND,
    micros,
    moment,
    stale_after_s,
)
from tarazy.supervision.presence.law import law

ROWS = {"zone": columns.FENCE, "buffer": columns.RING, "passage": columns.PASSAGE}
BLANK = State(Presence.UNKNOWN, EPOCH, EPOCH, EPOCH, EPOCH, 0.0)
"""In place of a condition's state, which is in the columns."""
ASKED_MAX = 30_000
"""Members of whom it is kept when each rule wants to be asked; of more, all are asked again."""
SPARE = 1.5
MEASURES = ("lat", "lon", "accuracy_m", "rested_s", "speed_kmh", "battery")
Made = dict[int, tuple[Watched, Watched]]
"""A condition as its terms have it, and with its changes, by its key."""


@dataclass(slots=True)
class Member:
    """One order: its terms, and what moves rarely."""

    slot: int
    terms: Subject
    """Without states, changes and alerts."""
    rest: Wearer
    unkept: bool
    """Whether something of it is not for the columns: then each report is walked."""
    walked: int = NEVER
    """Up to when its rules have been asked, in microseconds."""
    asked: Mapping[Cause, datetime] = field(default_factory=dict)
    """When they want to be asked next."""


class Roster:
    """All members and their columns."""

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}
        self.ground = Ground()
        self.orders: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        """Whose each slot is; 0 where it is free."""
        self.turning: dict[int, datetime] = {}
        """When the interval of somebody's device will be another one: then all is read anew."""
        self._slots: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._free: list[int] = []
        self._blocks: dict[int, list[int]] = {}
        self._used = [0, 0]
        self._wearers = np.zeros(0, columns.WEARER)
        self._conditions = np.zeros(0, columns.CONDITION)
        self._sights = np.zeros((0, EVIDENCE_MAX, columns.SIGHT))

    @property
    def crowd(self) -> columns.Crowd:
        """The columns as the compiled loops take them."""
        return columns.Crowd(
            *(self._wearers[: self._used[0]], self._conditions, self._sights),
            *(self.ground.zones, law(), LIMITS),
        )

    @property
    def bytes(self) -> int:
        """Memory of the columns, zones included."""
        moved = (self._wearers, self._conditions, self._sights)
        return sum(one.nbytes for one in moved) + self.ground.zones.bytes

    def slots(self, orders: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The slot of each order; -1 for who is not here."""
        if not len(self._slots):
            return np.full(len(orders), -1)
        within = np.minimum(orders, len(self._slots) - 1)
        return np.where(orders < len(self._slots), self._slots[within], -1)

    def meet(self, subjects: Iterable[Subject]) -> None:
        """Have the zones of people who are to be taken in ready, all at once."""
        zones = (watched.zone for one in subjects for watched in one.watched)
        self.ground.learn(zone for zone in zones if not isinstance(zone, Places))

    def put(self, subject: Subject, turns_at: datetime | None = None) -> Member:
        """Take somebody in, as read from the database, or anew after a change of terms."""
        self.drop(subject.order_id)
        slot = self._slot(subject.order_id)
        row = self._wearers[slot]
        row["first"], row["count"] = self._block(len(subject.watched)), len(subject.watched)
        row["stale"] = round(stale_after_s(subject.report_interval_s) * 1e6)
        row["due"], row["next"], row["leapt"] = NEVER, NEVER, 0
        row["hours"] = row["silence"] = row["silence_due"] = columns.ENDLESS
        row["ends"] = micros(subject.in_force.until)
        self._put_conditions(int(row["first"]), subject.watched)
        blank = tuple(replace(one, state=BLANK, changes=()) for one in subject.watched)
        terms = replace(subject, watched=blank, wearer=Wearer(), episodes={}, asked={})
        unkept = any(isinstance(one.zone, Places) for one in blank)
        member = Member(slot, terms, subject.wearer, unkept)
        self.members[subject.order_id] = member
        self._put_wearer(member, subject.wearer, subject.episodes)
        if turns_at is not None:
            self.turning[subject.order_id] = turns_at
        return member

    def drop(self, order_id: int) -> None:
        """Forget somebody."""
        member = self.members.pop(order_id, None)
        self.turning.pop(order_id, None)
        if member is None:
            return
        row = self._wearers[member.slot]
        self._blocks.setdefault(int(row["count"]), []).append(int(row["first"]))
        row["count"], row["next"], row["late_first"] = 0, columns.ENDLESS, NEVER
        row["due"] = row["hours"] = row["silence"] = row["ends"] = columns.ENDLESS
        self.orders[member.slot], self._slots[order_id] = 0, -1
        self._free.append(member.slot)

    def wearer(self, member: Member) -> Wearer:
        """What is known of the person by now."""
        return records.wearer_of(self._wearers[member.slot], member.rest)

    def subject(
        self,
        member: Member,
        changes: Mapping[int, tuple[Change, ...]],
        episodes: Mapping[Cause, tuple[Episode, ...]],
        *,
        states: bool = False,
        made: Made | None = None,
    ) -> Subject:
        """Somebody as a walk takes them, which does not look at the states in `watched`.

        `made` are conditions as they were made for earlier walks, to be used again.
        """
        watched = tuple(
            _walked(one, changes.get(one.id, ()), {} if made is None else made)
            for one in member.terms.watched
        )
        if states:
            held = self.states(member)
            watched = tuple(replace(one, state=held[one.id]) for one in watched)
        wearer, asked = self.wearer(member), member.asked
        return replace(member.terms, wearer=wearer, watched=watched, episodes=episodes, asked=asked)

    def states(self, member: Member, *, evidence: bool = True) -> dict[int, State]:
        """The state of each condition, by its key; a walk asks for no evidence."""
        own = self._own(member)
        return records.states_of(self._conditions[own], self._sights[own], evidence=evidence)

    def take(self, judged: Judged, member: Member, held: Mapping[int, State]) -> None:
        """What a walk came to: states that are not those which are `held`, timers and wearer."""
        row, first = self._wearers[member.slot], self._own(member).start
        for n, watched in enumerate(member.terms.watched, first):
            state = judged.states[watched.id]
            if state is not held.get(watched.id):
                records.put_state(self._conditions[n], self._sights[n], state)
        if judged.wearer is not None:
            self._put_wearer(member, judged.wearer, judged.episodes)
        member.asked = judged.asked if len(self.members) <= ASKED_MAX else {}
        row["due"] = columns.ENDLESS if judged.timer is None else micros(judged.timer)
        row["hours"] = columns.ENDLESS if judged.hours is None else micros(judged.hours)
        row["silence"] = row["silence_due"] = columns.ENDLESS
        if judged.silence is not None:
            row["silence"] = judged.silence.after // MICROSECOND
            row["silence_due"] = micros(judged.silence.due)
        row["next"] = NEVER

    def told(self, found: columns.Found) -> dict[int, dict[int, list[Change]]]:
        """Changes as objects, by slot and by the condition's key."""
        return records.changes_of(found, self._conditions["id"])

    def settled(self, until: int) -> list[int]:
        """Orders whose late places are to be judged by a moment, longest waiting first."""
        rows = self._wearers[: self._used[0]]
        (waiting,) = np.nonzero(rows["late_first"] != NEVER)
        some = rows[waiting]
        settles = np.minimum(
            some["late_last"] + LIMITS.settle, some["late_first"] + LIMITS.settle_max
        )
        due = waiting[settles <= until]
        by_age = np.argsort(rows["late_first"][due], kind="stable")
        found: list[int] = self.orders[due[by_age]].tolist()
        return found

    def anew(self, until: datetime, now: datetime) -> set[int]:
        """Orders that seem to end by a moment (they may have been extended), and those whose
        devices are to report more often or more rarely by now."""
        rows = self._wearers[: self._used[0]]
        ending = self.orders[: self._used[0]][rows["ends"] <= micros(until)].tolist()
        return {*ending, *(key for key, at in self.turning.items() if at <= now)}

    def aged(self, orders: npt.NDArray[np.int64], until: int, before: datetime) -> set[int]:
        """Of these, and of whom a timer is due, those of whom something is known from so long ago
        that it may be kept nowhere any more."""
        slots = self.slots(orders)
        (due,) = np.nonzero(self._wearers["next"][: self._used[0]] <= until)
        slots = np.union1d(slots[slots >= 0], due)
        old = np.zeros(len(slots), dtype=np.bool_)
        columns.aged(self.crowd, slots, micros(before), old)
        return set(self.orders[slots[old]].tolist()) - {0}

    def leapt(self) -> list[Member]:
        """Whose leaps began or ended in the columns since this was asked."""
        flags = self._wearers["leapt"][: self._used[0]]
        (slots,) = np.nonzero(flags)
        flags[slots] = 0
        return [self.members[order] for order in self.orders[slots].tolist() if order]

    def look(self, orders: Iterable[int]) -> None:
        """Let these be walked at the next opportunity, and asked everything."""
        for order_id in orders:
            member = self.members.get(order_id)
            if member is not None:
                row, member.asked = self._wearers[member.slot], {}
                row["due"] = row["next"] = NEVER

    def last_reports(self, slots: npt.NDArray[np.int64]) -> dict[str, list[Any]]:
        """What each report moves, as columns of the table."""
        rows = self._wearers[slots]
        members = [self.members[order] for order in self.orders[slots].tolist()]
        late = zip(*(rows[f"late_{name}"].tolist() for name in Late._fields), strict=True)
        return {
            "person": [one.terms.person_id for one in members],
            "court": self.orders[slots].tolist(),
            **{name: rows[name].tolist() for name in ("device", "heard", "at", *MEASURES)},
            "battery_at": rows["battery_at"].tolist(),
            "late": [None if one[1] == NEVER else Late(*map(moment, one)) for one in late],
        }

    def timer(self, member: Member) -> int:
        """When somebody must be looked at if nothing is heard, late places aside."""
        return int(columns.timer(self.crowd, member.slot))

    def deferred(self, member: Member) -> bool:
        """Whether late places wait for a step that has more time."""
        return bool(self._wearers[member.slot]["deferred"])

    def defer(self, member: Member) -> None:
        """Let late places wait for a step that has more time."""
        self._wearers[member.slot]["deferred"] = True

    def _own(self, member: Member) -> slice:
        first = int(self._wearers["first"][member.slot])
        return slice(first, first + len(member.terms.watched))

    def _put_conditions(self, first: int, watched: Iterable[Watched]) -> None:
        every, widest = list(enumerate(watched, first)), dict[int, float]()
        for n, one in every:
            row, shift = self._conditions[n], shift_m(one)
            row["zone"], row["facet"] = columns.NOWHERE, columns.UNKEPT
            if not isinstance(one.zone, Places):
                row["zone"] = self.ground.number(one.zone)
                row["facet"] = ROWS[one.facet]
            row["id"], row["shift_m"] = one.id, shift
            row["told"], row["forbidden"] = one.kind in TOLD, one.kind == "exclusion"
            row["begins"], row["ends"] = micros(one.period.since), micros(one.period.until)
            widest[int(row["zone"])] = max(widest.get(int(row["zone"]), 0.0), abs(shift))
            records.put_state(row, self._sights[n], one.state)
        for n, _ in every:
            self._conditions[n]["around_m"] = widest[int(self._conditions[n]["zone"])]

    def _put_wearer(
        self, member: Member, wearer: Wearer, episodes: Mapping[Cause, tuple[Episode, ...]]
    ) -> None:
        row = self._wearers[member.slot]
        member.rest = wearer
        records.put_wearer(row, wearer, episodes, unkept=member.unkept)

    def _slot(self, order_id: int) -> int:
        if self._free:
            slot = self._free.pop()
        else:
            slot, self._used[0] = self._used[0], self._used[0] + 1
            if slot >= len(self._wearers):
                self._wearers = _grown(self._wearers, slot + 1)
                self.orders = _grown(self.orders, slot + 1)
        if order_id >= len(self._slots):
            known = len(self._slots)
            self._slots = _grown(self._slots, order_id + 1)
            self._slots[known:] = -1
        self._slots[order_id], self.orders[slot] = slot, order_id
        return slot

    def _block(self, count: int) -> int:
        """Where so many conditions stand in a row."""
        free = self._blocks.get(count)
        if free:
            return free.pop()
        first, self._used[1] = self._used[1], self._used[1] + count
        if self._used[1] > len(self._conditions):
            self._conditions = _grown(self._conditions, self._used[1])
            self._sights = _grown(self._sights, self._used[1])
        return first


def _walked(one: Watched, changes: tuple[Change, ...], made: Made) -> Watched:
    """A condition with its changes."""
    if not changes:
        return one
    terms, found = made.get(one.id, (None, one))
    if terms is not one or found.changes != changes:
        found = replace(one, changes=changes)
        made[one.id] = one, found
    return found


def _grown(column: Any, wanted: int) -> Any:
    grown = np.zeros((int(SPARE * wanted) + 16, *column.shape[1:]), dtype=column.dtype)
    grown[: len(column)] = column
    return grown
