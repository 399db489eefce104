# SPDX-License-Identifier: EUPL-1.2
"""The engine's way, in columns and in any batches, against a replay's plain one: bit for bit."""

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from supervision.trails import NIGHTS, arrival, at, circle, condition, order, place
from typing_extensions import override

from tarazy.supervision.engine.batch import FixBatch, stated
from tarazy.supervision.engine.roster import Roster
from tarazy.supervision.engine.rounds import Belief, Rounds
from tarazy.supervision.judging.judge import rejudge
from tarazy.supervision.judging.knowing import usable
from tarazy.supervision.judging.late import Past, Snapshot, unheard
from tarazy.supervision.judging.quiet import LOUD_MARKS
from tarazy.supervision.judging.subjects import Arrival, Judged, Seen, Subject, Turn, Wearer
from tarazy.supervision.judging.walk import Span
from tarazy.supervision.presence.crowd import Reports
from tarazy.supervision.presence.interface import State
from tarazy.supervision.presence.kernel import micros
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.packing import packed, unpacked
from tarazy.supervision.presence.thrown import NOTHING
from tarazy.supervision.replay.course import Replayed, replay
from tarazy.supervision.replay.orders import read_orders, subject_of

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RING = [[*reversed(place(away))] for away in (3_000, 5_000)]
SQUARE = {
    "kind": "polygon",
    "rings": [
        [
            *([RING[0][0], RING[0][1] - 0.01], [RING[1][0], RING[1][1] - 0.01]),
            *([RING[1][0], RING[1][1] + 0.01], [RING[0][0], RING[0][1] + 0.01]),
            [RING[0][0], RING[0][1] - 0.01],
        ]
    ],
}
LATER = {"since": at("14:00").isoformat(), "until": at("20:00").isoformat()}
CONDITIONS = (
    condition("home_curfew", timetable=NIGHTS),
    condition("inclusion", circle(radius_m=4_500), buffer_m=700),
    condition("exclusion", SQUARE, buffer_m=400),
    condition("exclusion", circle(8_000, 400), name="later", period=LATER),
    condition("exclusion", circle(1_800, 300), name="on the way"),
    condition("inclusion", circle(radius_m=40), name="a small one"),
)
SCHOOLS = condition(
    "exclusion", {"kind": "places", "place_class": "school"}, name="schools", buffer_m=200
)
SETTINGS = {
    "rule_settings": [
        {"name": "still_h", "value": 4, "since": at("06:00").isoformat()},
        {"name": "battery_low_percent", "value": 40, "since": at("13:00").isoformat()},
        {"name": "silence_reports", "value": 5, "since": at("18:00").isoformat()},
    ],
    "check_ins": [
        {"asked_at": at(f"{hour}:00").isoformat(), "until": at(f"{hour}:30").isoformat()}
        for hour in (9, 12, 15, 18)
    ],
}
ORDERS = {
    "in columns": order(*CONDITIONS, **SETTINGS),
    "with a class of places": order(
        *(*CONDITIONS, SCHOOLS),
        shared_zones=[
            {"name": f"School {n}", "place_class": "school", "zone": circle(away, 100)}
            for n, away in enumerate((3_600, 8_300, 20_000))
        ],
        **SETTINGS,
    ),
}


@dataclass
class Life:
    """Somebody who comes and goes; whose phone errs, lies, falls silent, and sends late."""

    chance: random.Random
    away: float = 0.0
    waits: int = 0
    mock: int = 0
    frozen: int = 0
    thrown: int = 0
    thrown_to: float = 0.0
    rests: bool = False
    battery: float = 90.0
    last: float = 0.0

    def minute(self, n: int) -> list[Arrival]:
        """What is sent of a minute, if anything."""
        chance = self.chance
        self.go(n)
        when = at("08:00") + n * MINUTE + chance.uniform(0, 20) * SECOND
        known = max(at("08:00") + self.waits * MINUTE, when) + chance.uniform(1, 9) * SECOND
        if self.waits > n and chance.random() < 0.5:
            return []
        marks, alarms = frozenset[str](), tuple[str, ...]()
        if n < self.mock:
            marks = frozenset({"mock"})
        elif chance.random() < 0.01:
            marks = frozenset({chance.choice(["clock_fault", "stale", "rolled_over"])})
        if chance.random() < 0.012:
            calls = ["jamming", "power_cut", "charging_started", "sos", "check_in", "movement"]
            alarms = (chance.choice(calls),)
        away = self.thrown_to if n < self.thrown else self.away
        where = away + chance.gauss(0, 15) + (60_000 if chance.random() < 0.01 else 0)
        where = self.last = self.last if n < self.frozen else where
        lost = chance.random() < 0.01 or "clock_fault" in marks
        moving = False if self.rests else chance.choice([None, None, True, False])
        one = arrival(
            *(when, None if lost else where, known),
            accuracy_m=chance.choice([8.0, 15.0, 15.0, 40.0, None, 1_200.0]),
            battery_percent=chance.choice([None, self.battery, self.battery]),
            charging=chance.choice([None, None, None, False, self.battery > 94]),
            moving=moving,
            speed_kmh=30.0 if n < self.frozen else chance.choice([None, 0.0, 3.0, 3.0]),
            marks=marks,
            alarms=alarms,
        )
        return [one, one] if chance.random() < 0.01 else [one]

    def go(self, n: int) -> None:
        """What changes with this minute."""
        chance = self.chance
        self.battery = 95.0 if self.battery < 4 else self.battery - chance.choice([0, 0, 0.3, 0.5])
        if chance.random() < 0.02:
            self.away = chance.choice([0, 0, 80, 3_500, 4_000, 8_000, 9_000])
        if chance.random() < 0.01:
            self.waits = n + chance.randint(3, 70)
        if chance.random() < 0.004:
            self.mock = n + chance.randint(1, 8)
        if chance.random() < 0.004:
            self.frozen = n + chance.randint(5, 30)
        if chance.random() < 0.02:
            self.thrown, self.thrown_to = n + chance.randint(1, 4), chance.choice([700, 4_000])
        if chance.random() < 0.01:
            self.rests = not self.rests


@dataclass
class Lied(Life):
    """Somebody at home, whose phone is thrown a little way or far, for a report or some."""

    @override
    def go(self, n: int) -> None:
        chance = self.chance
        self.away = 3_500.0 if n > 800 else 0.0
        if n > self.thrown + 12 or chance.random() < 0.1:
            self.thrown = n + chance.choice([1, 1, 2, 2, 2, 3])
            self.thrown_to = chance.choice([-1, 1]) * chance.uniform(300, 3_000)
        if chance.random() < 0.005:
            self.waits = n + chance.randint(3, 70)


@dataclass
class Drifting(Life):
    """Somebody at home, whose phone goes to and fro past the fences."""

    @override
    def go(self, n: int) -> None:
        self.away = min(max(self.away + self.chance.uniform(-45, 45), 0.0), 170.0)


def trail(seed: int, kind: type[Life] = Life) -> list[Arrival]:
    """A day and more."""
    life = kind(random.Random(seed))
    found = [one for n in range(900) for one in life.minute(n)]
    return sorted(found, key=lambda one: (one.known_at, one.at))


def batch_of(arrivals: Sequence[Arrival]) -> FixBatch:
    """As the fix store gives them."""

    def column(values: Any) -> Any:
        return np.array([math.nan if one is None else one for one in values], dtype=np.float64)

    def flags(values: Any) -> Any:
        return np.array([-1 if one is None else int(one) for one in values], dtype=np.int8)

    seen = [one.place for one in arrivals]
    reports = Reports(
        np.array([micros(one.at) for one in arrivals], dtype=np.int64),
        np.array([micros(one.known_at) for one in arrivals], dtype=np.int64),
        np.array([one.device_id for one in arrivals], dtype=np.int64),
        column(one and one.lat for one in seen),
        column(one and one.lon for one in seen),
        column(one and one.accuracy_m for one in seen),
        column(one.speed_kmh for one in arrivals),
        column(one.battery_percent for one in arrivals),
        flags(one.charging for one in arrivals),
        flags(one.moving for one in arrivals),
        np.array(
            [one.place is None or bool(one.marks & LOUD_MARKS or one.alarms) for one in arrivals]
        ),
    )
    told = {n: (one.marks, one.alarms) for n, one in enumerate(arrivals) if one.marks or one.alarms}
    count = len(arrivals)
    orders = np.array([1] if count else [], dtype=np.int64)
    first = np.array([0, count] if count else [0], dtype=np.int64)
    return FixBatch(orders, first, reports, told, count, 1, count, full=False)


@dataclass
class Machine:
    """An engine without a database."""

    subject: Subject
    roster: Roster = field(default_factory=Roster)
    beliefs: dict[int, Belief] = field(default_factory=dict)
    heard: list[Arrival] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    since: datetime = field(default_factory=lambda: at("06:00"))
    again: int = 0

    def __post_init__(self) -> None:
        self.roster.put(self.subject)
        self.beliefs[1] = Belief({}, {})

    def step(self, arrivals: Sequence[Arrival], until: datetime) -> None:
        self.heard += arrivals
        until = max(until, self.since)
        rounds = Rounds(self.roster, batch_of(arrivals), Span(self.since, until), until)
        rounds.behind = True  # no hurry: nothing is put off
        rounds.beliefs = self.beliefs  # as if each step had written and read them
        rounds.run(self._believed, self._again)
        self.turns += rounds.outcome.turns
        self.since = until

    def _believed(self, orders: Collection[int]) -> Mapping[int, Belief]:
        return {key: self.beliefs[key] for key in orders}

    def _again(self, settled: Sequence[tuple[int, datetime]]) -> Mapping[int, Judged]:
        ((key, moment),) = settled
        self.again += 1
        member = self.roster.members[key]
        states, belief = self.roster.states(member), self.beliefs[key]
        whole = self.roster.subject(member, belief.changes, belief.episodes, states=True)
        places: dict[Any, Seen] = {}
        for one in self.heard:
            sighting = usable(one)
            if sighting is not None and one.known_at <= moment:
                places.setdefault(sighting, Seen(sighting, one.known_at))
        seen = sorted(places.values(), key=lambda one: (one.sighting.at, one.known_at))
        unknown = {one.id: unheard(one) for one in whole.watched}
        blank = Snapshot(Track(throws=NOTHING), unknown, dict.fromkeys(states, 0))
        return {key: rejudge(whole, Past(blank, seen), Span(moment, moment))}


def judged(
    seed: int, name: str, kind: type[Life] = Life
) -> tuple[Subject, list[Arrival], Replayed, datetime]:
    (read,) = read_orders(msgspec.json.encode(ORDERS[name]))
    subject, coming, until = subject_of(read, 1), trail(seed, kind), at("02:00", day=1)
    return subject, coming, replay(subject, coming, until), until


@pytest.mark.parametrize(
    ("seed", "name", "kind"),
    [
        *((seed, name, Life) for name in ORDERS for seed in range(5)),
        *((seed, "in columns", kind) for kind in (Lied, Drifting) for seed in range(2)),
    ],
)
def test_columns_in_any_batches_and_a_replay_take_the_same_turns(
    seed: int, name: str, kind: type[Life]
) -> None:
    subject, coming, done, until = judged(seed, name, kind)
    chance, machine = random.Random(seed), Machine(subject)
    rest = list(coming)
    while rest:
        count = chance.choice([1, 1, 2, 7, 60, 400])
        some, rest = rest[:count], rest[count:]
        machine.step(some, some[-1].known_at if chance.random() < 0.8 else machine.since)
    machine.step([], until)
    assert machine.again == done.judgements_again
    assert told(machine.turns) == told(done.turns)
    member = machine.roster.members[1]
    assert at_last(machine.roster.states(member)) == at_last(
        {one.id: one.state for one in done.subject.watched}
    )
    assert known(machine.roster.wearer(member)) == known(done.subject.wearer)
    slots = np.array([member.slot], dtype=np.int64)
    (kept,) = packed(machine.roster.crowd, slots)
    assert unpacked(kept) == machine.roster.states(member)


def known(wearer: Wearer) -> Wearer:
    """But the device, and what is noted at each look, for the two look at other moments."""
    return replace(wearer, device_id=None, urgency="", pace="usual", suspected_at=None, pending=())


def at_last(states: Mapping[int, State]) -> dict[int, State]:
    """Of a condition that is over, when its last fix was known depends on where hearing began."""
    over = {key for key, state in states.items() if state.at < at("20:00")}
    return {
        key: state._replace(known_at=state.at) if key in over else state
        for key, state in states.items()
    }


def told(turns: Sequence[Turn]) -> list[Any]:
    """In one order: which of two causes of the same moment comes first is nobody's concern."""
    return sorted(
        (
            (one.known_at, str(one.cause), one.kind, one.number, str(one.breach), one.until)
            for one in turns
        ),
        key=str,
    )


def test_a_real_is_read_as_the_number_that_it_stands_for() -> None:
    values = [0.0, 12.3, 0.1, 5.0, 1e-12, 3.4e38, 123_456.7, -7.25, 33.333332, math.nan]
    found = stated(np.array(values, dtype=np.float32)).tolist()
    assert found[:4] == [0.0, 12.3, 0.1, 5.0]
    assert [str(np.float32(one)) for one in found] == [str(np.float32(one)) for one in values]
    assert found[:-1] == [float(str(np.float32(one))) for one in values[:-1]]
