# SPDX-License-Identifier: EUPL-1.2
"""A quiet report changes nothing of a person but the last report: the compiled loop against the
plain one, one report after the other."""

import inspect
import math
import re
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from supervision.trails import MINUTE, arrival, at, circle, condition, order

from tarazy.supervision.engine.roster import Roster
from tarazy.supervision.judging.knowing import Known, known_of, told
from tarazy.supervision.judging.quiet import LOUD_MARKS, SILENT, calm
from tarazy.supervision.judging.seeing import listen as hear
from tarazy.supervision.judging.subjects import Arrival, Subject, Wearer
from tarazy.supervision.judging.walk import facts_of
from tarazy.supervision.presence import crowd, listening
from tarazy.supervision.presence.kernel import micros
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.rules import RULES

ORDER = order(condition("home_curfew"), condition("exclusion", circle(3_000, 200), buffer_m=100))
PLACES = st.sampled_from([0.0, 0.0, 20.0, -150.0, 700.0, 60_000.0])
ACCURACIES = st.sampled_from([None, 10.0, 40.0, 499.0, 800.0])
SPEEDS = st.sampled_from([None, 0.0, 4.9, 30.0])
FLAGS = st.sampled_from([None, True, False])
PERCENTS = st.sampled_from([None, 80.0, 79.0, 52.0, 50.0, 49.0, 46.0, 44.0, 20.0, 27.0])
DELAYS = st.sampled_from([0, 0, 0, 1, 3, 7])
REPORT = st.tuples(PLACES, ACCURACIES, SPEEDS, FLAGS, PERCENTS, FLAGS, DELAYS)


@pytest.fixture(scope="module")
def subject() -> Subject:
    (read,) = read_orders(msgspec.json.encode(ORDER))
    return subject_of(read, 1)


def report(minute: int, *shown: Any) -> Arrival:
    away, accuracy, speed, moving, percent, charging, delay = shown
    known = at("10:00") + minute * MINUTE
    return arrival(
        *(known - delay * MINUTE, away, known),
        accuracy_m=accuracy,
        speed_kmh=speed,
        moving=moving,
        battery_percent=percent,
        charging=charging,
    )


def reports(one: Arrival) -> crowd.Reports:
    def number(value: float | None) -> Any:
        return np.array([math.nan if value is None else value])

    def flag(value: bool | None) -> Any:
        return np.array([-1 if value is None else int(value)], dtype=np.int8)

    place = one.place
    return crowd.Reports(
        np.array([micros(one.at)]),
        np.array([micros(one.known_at)]),
        np.array([one.device_id]),
        number(place.lat if place else None),
        number(place.lon if place else None),
        number(place.accuracy_m if place else None),
        number(one.speed_kmh),
        number(one.battery_percent),
        flag(one.charging),
        flag(one.moving),
        np.array([place is None or bool(one.marks & LOUD_MARKS or one.alarms)]),
    )


def heard(subject: Subject, wearer: Wearer, one: Arrival) -> tuple[int, Wearer]:
    """Why the loop stopped, and what it made of the person."""
    roster = Roster()
    member = roster.put(Subject(*(1, 1, subject.in_force, 60, None, wearer, subject.watched)))
    for name in ("due", "next"):
        roster.crowd.wearers[name] = crowd.ENDLESS
    row = (np.array([member.slot]), np.array([0]), np.array([1]), np.array([crowd.DONE]))
    segments = crowd.Segments(*row)
    listening.listen(roster.crowd, reports(one), segments, crowd.room(50), 0)
    return int(segments.why[0]), roster.wearer(member)


def asked(subject: Subject, wearer: Wearer) -> tuple[object, ...]:
    return told(known_of(facts_of(subject, at("20:00"), (), wearer)))


@settings(deadline=None)  # the first call compiles
@given(st.lists(REPORT, min_size=1, max_size=8), REPORT)
@example(  # off the charger with half of it left, and full the next time
    before=[(0.0, None, None, None, 50.0, True, 0), (0.0, None, None, None, 52.0, None, 0)],
    last=(0.0, None, None, None, 80.0, None, 0),
)
def test_what_is_quiet_changes_only_the_last_report(
    subject: Subject, before: list[tuple[Any, ...]], last: tuple[Any, ...]
) -> None:
    wearer = hear(Wearer(), [report(n, *one) for n, one in enumerate(before)]).wearer
    one = report(len(before), *last)
    after = hear(wearer, [one]).wearer
    why, found = heard(subject, wearer, one)
    if why == crowd.LOUD:
        return
    assert calm(wearer, {})
    assert replace(found, device_id=0) == after
    assert asked(subject, wearer) == asked(subject, after)


@pytest.mark.parametrize(
    ("shown", "quiet"),
    [
        pytest.param({}, True, id="as always"),
        pytest.param({"away_m": 25}, True, id="a few steps"),
        pytest.param({"away_m": 70_000}, False, id="from where nobody can come"),
        pytest.param({"accuracy_m": 800}, False, id="coarse"),
        pytest.param({"battery_percent": 79.0}, True, id="above half is no concern"),
        pytest.param({"battery_percent": 50.0}, False, id="a step lower"),
        pytest.param({"moving": True}, True, id="it moves, and did not rest"),
        pytest.param({"moving": False}, False, id="it begins to rest"),
        pytest.param({"speed_kmh": 30.0}, False, id="a speed, and the same place"),
        pytest.param({"speed_kmh": 30.0, "away_m": 25}, True, id="a speed, and another place"),
        pytest.param({"marks": frozenset({"mock"})}, False, id="invented"),
        pytest.param({"marks": frozenset({"rolled_over"})}, True, id="a mark for people"),
        pytest.param({"alarms": ("sos",)}, False, id="an alarm"),
        pytest.param({"away_m": None}, False, id="without a place"),
        pytest.param({"minutes": SILENT // MINUTE + 1}, False, id="after a long silence"),
    ],
)
def test_what_is_loud(subject: Subject, shown: dict[str, Any], quiet: bool) -> None:
    facts = {"away_m": 0, "minutes": 1, "accuracy_m": 10.0, "battery_percent": 80.0} | shown
    minutes, away = facts.pop("minutes"), facts.pop("away_m")
    wearer = hear(Wearer(), [report(n, 0.0, 10.0, None, None, 80.0, None, 0) for n in range(3)])
    one = arrival(at("10:02") + minutes * MINUTE, away, **facts)
    why, _ = heard(subject, wearer.wearer, one)
    assert (why != crowd.LOUD) == quiet


@pytest.mark.parametrize(
    "rule", [one for one in RULES if one.CONDITIONS], ids=lambda one: one.CARD.code
)
def test_a_rule_about_a_condition_asks_for_nothing_that_was_heard(rule: Any) -> None:
    facts = set(re.findall(r"\bfacts\.(\w+)", inspect.getsource(rule)))
    assert facts
    assert not facts & {*Known._fields, "report_interval_s", "monitored_since", "check_ins"}
