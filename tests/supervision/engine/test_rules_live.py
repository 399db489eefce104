# SPDX-License-Identifier: EUPL-1.2
"""Each rule about the person raises in the engine what it raises in a replay of the reports."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from supervision.trails import arrival, judged, order

from tarazy.supervision.engine.step import TIMER_GRACE
from tarazy.supervision.judging.knowing import STATES
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import Alert, AlertVersion, CheckIn, Order
from tarazy.supervision.replay.course import Replayed

MINUTE = timedelta(minutes=1)
HALF, NOT_AT_ALL = timedelta(seconds=30), timedelta()
EVERY = timedelta(minutes=7)
BEHIND = timedelta(seconds=5)
JUMP_M = 700_000
Told = tuple[datetime, float | None, dict[str, Any]]


def each(since: datetime, minutes: int, away_m: float | None = 0, **shown: Any) -> Iterator[Told]:
    """A report a minute."""
    for n in range(minutes):
        yield since + n * MINUTE, away_m, shown


def draining(since: datetime) -> Iterator[Told]:
    for n in range(300):
        yield since + n * MINUTE, 0, {"battery_percent": max(30.0 - n / 5, 12.0)}


def wavering(since: datetime) -> Iterator[Told]:
    """About a limit, on a charger now and then, and older figures that come late."""
    for n in range(90):
        percent = (22.0, 19.0, 20.0, 24.0, 9.5)[n % 5 if n > 60 else n % 4]
        yield since + n * MINUTE, 0, {"battery_percent": percent, "charging": 20 < n % 30 < 25}
        if n % 7 == 3:
            waited = {"late": 40 * MINUTE, "battery_percent": 5.0, "charging": n % 2 == 0}
            yield since + n * MINUTE + HALF, (0 if n % 2 else None), waited


def anything(since: datetime) -> Iterator[Told]:
    """States of all kinds, of which a third come late."""
    chance = Random(7)
    alarms = [one for one in sorted(STATES) if one != "location_off"]
    yield since, 0, {"battery_percent": 12.0}
    for n in range(1, 150):
        shown: dict[str, Any] = {"late": chance.choice([0, 0, 0, 1, 4, 35]) * MINUTE}
        shown["battery_percent"] = chance.choice([None, 8.0, 12.0, 19.0, 22.0, 31.0, 80.0])
        shown["charging"] = chance.choice([None, None, True, False])
        if chance.random() < 0.15:
            shown["alarms"] = [chance.choice(alarms)]
        if chance.random() < 0.05:
            shown["marks"] = ["mock"]
        yield since + n * MINUTE, chance.choice([0, 0, 0, 0, None]), shown


def life(at: Any) -> dict[str, tuple[str, list[Told]]]:
    """By a name: the rule that is to be raised, and what the device reports."""
    ten = at("10:00")
    later = ten + 30 * MINUTE
    return {
        "silent for long": ("S-SIGNAL-LOST-LONG", [*each(ten, 5), *each(at("13:00"), 5)]),
        "not charged": ("S-BATTERY-NOT-CHARGED", [*draining(ten)]),
        "asleep": (
            "S-APP-RESTRICTED",
            [
                *each(ten, 5),
                (at("10:05"), None, {"alarms": ["battery_optimisation"]}),
                *each(at("10:06"), 20),
                (at("10:26"), None, {"alarms": ["phone_in_order"]}),
                *each(at("10:27"), 5),
            ],
        ),
        "on the move unseen": (
            "S-MOTION-UNSEEN",
            [*each(ten, 5), *each(at("10:05"), 20, None, moving=True), *each(at("10:25"), 5)],
        ),
        "left on a table": ("S-NO-MOTION", [*each(at("06:01"), 480, moving=False)]),
        "there and back": (
            "S-IMPOSSIBLE-JUMP",
            [*each(ten, 30), *each(later, 10, JUMP_M), *each(later + 10 * MINUTE, 20)],
        ),
        "frozen": ("S-FROZEN-PLACE", [*each(ten, 20, 0, speed_kmh=50.0), *each(later, 5, 10)]),
        "another card": (
            "S-DEVICE-CHANGED",
            [*each(ten, 5), (at("10:05"), 0, {"alarms": ["sim_changed"]}), *each(at("10:06"), 5)],
        ),
        "no answer": ("S-MISSED-CHECKIN", [*each(ten, 60)]),
        "answered late": (
            "S-MISSED-CHECKIN",
            [*each(ten, 50), (at("10:50"), 0, {"alarms": ["check_in"]}), *each(at("10:51"), 9)],
        ),
        "heard late": (
            "S-MISSED-CHECKIN",
            [
                *each(ten, 50),
                (at("10:50"), 0, {"alarms": ["check_in"], "late": 30 * MINUTE}),
                *each(at("10:51"), 9),
            ],
        ),
    }


def states(at: Any) -> dict[str, tuple[str, list[Told]]]:
    """The same for what a device says of itself, some of it late."""
    ten = at("10:00")
    return {
        "wavering": ("S-BATTERY-LOW", [*wavering(ten)]),
        "anything": ("S-BATTERY-LOW", [*anything(ten)]),
        "plugged in": (
            "S-POWER-CUT",
            [
                *each(ten, 10, charging=False),
                (at("10:10"), None, {"alarms": ["power_cut"]}),
                *each(at("10:11"), 20, charging=True),
                (at("10:31"), None, {"alarms": ["power_cut"], "late": 30 * MINUTE}),
                *each(at("10:32"), 5, charging=True),
            ],
        ),
        "jammed": (
            "S-JAMMING",
            [
                *each(ten, 5),
                *((at("10:05"), 0, {"alarms": ["jamming"]}),),
                *each(at("10:06"), 20),
                (at("10:26"), 0, {"alarms": ["jamming"], "late": 10 * MINUTE}),
                *each(at("10:27"), 20),
            ],
        ),
        "invented": (
            "S-MOCK-LOCATION",
            [
                *each(ten, 5),
                *each(at("10:05"), 10, marks=["mock"]),
                *each(at("10:15"), 10),
                *each(at("10:25"), 5, marks=["mock"], late=15 * MINUTE),
                *each(at("10:30"), 10),
            ],
        ),
    }


NAMES = (
    *("silent for long", "not charged", "asleep", "on the move unseen", "left on a table"),
    *("there and back", "frozen", "another card", "no answer", "answered late"),
    *("wavering", "anything", "plugged in", "jammed", "invented", "heard late"),
)


def arrivals(told: Iterable[Told]) -> list[Arrival]:
    found = []
    for when, away_m, shown in told:
        facts = dict(shown)
        alarms, marks = tuple(facts.pop("alarms", ())), frozenset(facts.pop("marks", ()))
        at = when - facts.pop("late", NOT_AT_ALL)
        found.append(arrival(at, away_m, when, alarms=alarms, marks=marks, **facts))
    return found


def ask(ward: Any, asked_at: datetime) -> dict[str, Any]:
    until = asked_at + 30 * MINUTE
    CheckIn.objects.create(
        order=ward.order,
        route="call",
        state="asked",
        due_at=asked_at,
        answer_min=30,
        asked_at=asked_at,
        until=until,
    )
    return {"asked_at": asked_at.isoformat(), "until": until.isoformat(), "by_call": True}


def replayed(ward: Any, told: list[Told], until: datetime, **terms: Any) -> Replayed:
    in_force = {
        "since": ward.order.in_force.lower.isoformat(),
        "until": ward.order.in_force.upper.isoformat(),
    }
    return judged(order(in_force=in_force, **terms), arrivals(told), until)


def believed(done: Replayed) -> set[tuple[str, datetime, datetime | None, str]]:
    return {
        (code, one.since, one.until, one.last.ended or one.last.breach.sentence)
        for (code, _), episodes in done.subject.episodes.items()
        for one in episodes
    }


def alerts(ward: Any) -> set[tuple[str, datetime, datetime | None, str]]:
    found = Alert.objects.filter(person=ward.person).exclude(state="withdrawn")
    return {
        (one.rule, one.since, one.until, one.versions.get(number=one.version).sentence)
        for one in found
    }


def versions(ward: Any) -> Counter[tuple[str, datetime, datetime | None]]:
    found = AlertVersion.objects.filter(alert__person=ward.person)
    return Counter(found.values_list("alert__rule", "since", "until"))


def turns(done: Replayed) -> Counter[tuple[str, datetime, datetime | None]]:
    return Counter((one.cause[0], one.breach.since, one.until) for one in done.turns)


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_and_a_replay_raise_the_same(world: Any, at: Any, name: str) -> None:
    rule, told = (life(at) | states(at))[name]
    ward = world.ward()
    settings = [{"name": "still_h", "value": 4, "since": at("06:05").isoformat()}]
    Order.objects.filter(pk=ward.order.pk).update(rule_settings=settings)
    check_ins = [ask(ward, at("10:05"))] if rule == "S-MISSED-CHECKIN" else []
    waiting, now = list(told), told[0][0]
    last = told[-1][0] + 3 * MINUTE
    while now <= last:
        while waiting and waiting[0][0] <= now:
            when, away_m, shown = waiting.pop(0)
            late = shown.get("late", NOT_AT_ALL)
            facts = {name: one for name, one in shown.items() if name != "late"}
            world.report(ward, when - late, away_m, known_at=when, **facts)
        world.step(now + BEHIND)
        if now.minute % 2 == 0:
            world.restart()  # what the engine remembers must be in the tables
        now += EVERY
    until = now - EVERY + BEHIND - TIMER_GRACE
    terms = {"rule_settings": settings, "check_ins": check_ins}
    done = replayed(ward, told, until, **terms)
    assert rule in {turn.cause[0] for turn in done.turns}
    assert alerts(ward) == believed(done)
    assert versions(ward) == turns(done)


def test_every_name_is_tried(at: Any) -> None:
    assert {*life(at), *states(at)} == set(NAMES)
