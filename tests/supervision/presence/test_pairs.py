# SPDX-License-Identifier: EUPL-1.2
"""Near, apart, unknown: what two people's reports say of them, and what they do not."""

import json
from datetime import timedelta

import msgspec
import pytest
from supervision.pairing import (
    MINUTE,
    OTHER,
    OWN,
    SECOND,
    contact,
    judged,
    moment,
    placed,
    states,
    stay,
    victim,
)

from tarazy.supervision.presence.interface import Presence, Sighting
from tarazy.supervision.presence.pairs import (
    DUE_S_MIN,
    REACH_M_S,
    REST_M_S,
    Memory,
    Placed,
    Terms,
    blank,
    hear,
    lapses_at,
)

AT_HOME = stay(OTHER, 0.5, 60, 0)


def test_who_comes_is_near_within_two_reports_and_who_goes_is_apart() -> None:
    moves = [*stay(OWN, 0, 20, 2000), *stay(OWN, 20, 10, 50), *stay(OWN, 30, 10, 3000)]
    found = judged(victim(), [*moves, *AT_HOME], 40)
    (apart, _), near, again = states(found)
    assert (apart, near[0], again[0]) == ("apart", "near", "apart")
    assert 20 < near[1] <= 21
    assert 30 < again[1] <= 32
    assert states(found, 1) == states(found)


def test_two_who_meet_with_coarse_phones_had_just_been_far_apart() -> None:
    there = stay(OTHER, 0.5, 60, 0, accuracy_m=40.0)
    comes = [*stay(OWN, 0, 20, 2000), *stay(OWN, 20, 12, 30, accuracy_m=54.0)]
    (apart, _), near = states(judged(victim(), [*comes, *there], 32), 1)
    assert (apart, near[0]) == ("apart", "near")
    assert 23 < near[1] <= 26
    passes = [*stay(OWN, 0, 20, 2000), *stay(OWN, 20, 2, 30, accuracy_m=54.0)]
    found = judged(victim(), [*passes, *stay(OWN, 22, 10, 2000), *there], 32)
    assert [state for state, _ in states(found, 1)] == ["apart"]


@pytest.mark.parametrize("speed_m_min", [600, 900, 1500])
def test_a_bus_that_passes_is_no_meeting(speed_m_min: float) -> None:
    rides = [placed(OWN, moment(n), -6000 + n * speed_m_min) for n in range(10)]
    found = judged(contact(), [*rides, *AT_HOME], 10)
    assert [state for state, _ in states(found)] == ["apart"]


@pytest.mark.parametrize("side", [OWN, OTHER])
def test_an_outlier_is_no_meeting(side: int) -> None:
    here = {OWN: 0.0, OTHER: 3_000.0}
    places = [
        *(one for one in stay(OWN, 0, 30, 0) if side == OTHER or one.sighting.at != moment(10)),
        *(
            one
            for one in stay(OTHER, 0.5, 30, 3_000)
            if side == OWN or one.sighting.at != moment(10.5)
        ),
        placed(side, moment(10 if side == OWN else 10.5), here[1 - side]),
    ]
    assert [state for state, _ in states(judged(victim(), places, 30))] == ["apart"]


def test_a_doubted_place_is_no_witness_until_the_next_lies_near_it() -> None:
    jump = [placed(OWN, moment(10), 80_000)]
    found = judged(victim(), [*stay(OWN, 0, 10, 20), *jump, *stay(OWN, 11, 10, 20), *AT_HOME], 21)
    assert [state for state, _ in states(found)] == ["near"]


@pytest.mark.parametrize("apart_min", [20, 300])
def test_passing_each_other_twice_is_no_meeting(apart_min: int) -> None:
    """Evidence that was not enough, hours ago, makes no meeting of one place now."""
    passes = [
        placed(side, moment(10 + n) + side * SECOND, 0) for n in (0, apart_min) for side in (0, 1)
    ]
    assert states(judged(victim(), passes, 12 + apart_min)) == []


def test_neighbours_are_not_near_and_not_unknown() -> None:
    found = judged(victim(), [*stay(OWN, 0, 60, 600), *AT_HOME], 60)
    assert [state for state, _ in states(found)] == ["apart"]


def test_two_phones_at_rest_that_report_each_five_minutes() -> None:
    one = [placed(OWN, moment(5 * n), 30) for n in range(12)]
    other = [placed(OTHER, moment(5 * n + 2.5), 0) for n in range(12)]
    assert [state for state, _ in states(judged(victim(), [*one, *other], 60), 1)] == ["near"]


def test_near_is_lost_when_either_is_overdue() -> None:
    found = judged(victim(), [*stay(OWN, 0, 10, 20), *AT_HOME], 60)
    assert states(found)[-1] == ("unknown", 9 + DUE_S_MIN / 60)


def test_apart_is_lost_when_they_could_have_met() -> None:
    both = [*stay(OWN, 0, 10, 60_000), *stay(OTHER, 0.5, 10, 0)]
    (_, (state, when)) = states(judged(victim(), both, 120))
    quiet = 9.5 + DUE_S_MIN / 60
    assert state == "unknown"
    assert when == pytest.approx(quiet + 60_000 / (2 * REACH_M_S) / 60, abs=0.6)


def test_somebody_who_drives_reaches_further_than_somebody_at_rest() -> None:
    drives = [placed(OWN, moment(n), 30_000 - 1_000 * n) for n in range(10)]
    rests = stay(OWN, 0, 10, 21_000)
    lost = [states(judged(victim(), [*way, *AT_HOME], 60))[1][1] for way in (drives, rests)]
    assert lost[0] < lost[1]


@pytest.mark.parametrize("accuracy_m", [1_000.0, 3_000.0, 50_000.0])
def test_a_coarse_place_says_neither_near_nor_apart(accuracy_m: float) -> None:
    found = judged(victim(), [*stay(OWN, 0, 60, 400, accuracy_m=accuracy_m), *AT_HOME], 60)
    assert states(found) == []


def test_an_unknown_accuracy_is_unknown_and_never_perfect() -> None:
    known, unknown = (
        judged(victim(), [*stay(OWN, 0, 9, 80, accuracy_m=accuracy), *AT_HOME], 9)
        for accuracy in (5.0, None)
    )
    assert [state for state, _ in states(known, 1)] == ["near"]
    assert states(unknown, 1) == []


def test_evidence_is_of_the_own_places_alone() -> None:
    found = judged(victim(), [*stay(OWN, 0, 20, 50), *AT_HOME], 20)
    own = {one.sighting for one in stay(OWN, 0, 20, 50)}
    assert {place for one in found.after.changes[0] for place in one.evidence} <= own


def test_a_burst_of_places_is_not_many_witnesses() -> None:
    burst = [placed(OWN, moment(10) + 0.2 * n * SECOND, 30) for n in range(40)]
    places = [*stay(OWN, 0, 10, 3_000), *burst, *stay(OWN, 11, 5, 3_000), *AT_HOME]
    assert [state for state, _ in states(judged(victim(), places, 16))] == ["apart"]


@pytest.mark.parametrize("lat", [0.0, 43.0, 69.5, 89.99])
@pytest.mark.parametrize("lon", [0.0, 179.9995, -179.9995])
def test_anywhere_on_earth(lat: float, lon: float) -> None:
    terms, near = Terms((300.0,), (60.0, 60.0)), lon + 0.0002
    near = near - 360 if near > 180 else near
    memory = blank(terms, moment(0))
    for n in range(4):
        for side, east in ((OWN, lon), (OTHER, near)):
            when = moment(n) + side * 20 * SECOND
            memory, _ = hear(terms, memory, Placed(side, Sighting(when, lat, east, 10.0), when))
    assert memory.levels[0].presence is Presence.INSIDE


def test_the_same_place_twice_and_an_older_one_change_nothing() -> None:
    terms, memory = Terms((300.0,), (60.0, 60.0)), blank(Terms((300.0,), (60.0, 60.0)), moment(0))
    memory, _ = hear(terms, memory, placed(OWN, moment(5), 0))
    assert hear(terms, memory, placed(OWN, moment(5), 900)) == (memory, [])
    assert hear(terms, memory, placed(OWN, moment(4), 900)) == (memory, [])
    assert lapses_at(terms, memory, 0) is None


def test_a_memory_goes_through_json_bit_for_bit() -> None:
    places = [*stay(OWN, 0, 20, 123.4), *stay(OTHER, 0.31, 20, 0)]
    head = judged(victim(), places, 20).after.snapshots[-1]
    assert head.sides[OWN].speed_m_s == REST_M_S
    through = json.loads(json.dumps(msgspec.to_builtins(head)))
    assert msgspec.convert(through, Memory) == head


def test_a_loss_comes_after_the_place_that_it_follows() -> None:
    late = placed(OTHER, moment(9) + timedelta(seconds=DUE_S_MIN) + MINUTE, 0)
    found = judged(victim(outer_m=5_000), [*stay(OWN, 0, 10, 20), *AT_HOME[:10], late], 60)
    times = [one.at for one in found.after.changes[0]]
    assert times == sorted(set(times))
