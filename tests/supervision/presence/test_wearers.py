# SPDX-License-Identifier: EUPL-1.2
"""Everybody in columns, held against one state for each wearer and zone, fix by fix."""

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.supervision.presence import constants
from tarazy.supervision.presence.geometry import (
    Circle,
    Corridor,
    Polygon,
    Zone,
    measured,
)
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.kernel import PRESENCES, Batch, judge, micros, moment
from tarazy.supervision.presence.shared import index
from tarazy.supervision.presence.watching import ELSEWHERE, OWN, RING, SHARED, Fixes
from tarazy.supervision.presence.wearers import Turns, Wearers
from tarazy.supervision.presence.zones import compile_zones

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
LAT, LON = 43.2, 76.9
STEP = 0.004
"""Degrees between the middles of the shared zones: about 400 m."""
WEARERS, OWN_EACH, SHARED_ALL = 3, 2, 12
STALE_S = [900.0, 900.0, 3_600.0]

Row = tuple[int, datetime, datetime, float, float, float | None]


def box(lat: float, lon: float, size: float) -> Polygon:
    ring = ((lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size), (lon, lat))
    return Polygon((ring,))


def own_zones() -> list[Zone]:
    return [
        zone
        for n in range(WEARERS)
        for zone in (
            Circle(LAT + n * STEP, LON, 120.0 - 80.0 * (n % 2)),
            box(LAT, LON + n * STEP, STEP / 2),
        )
    ]


def shared_zones() -> list[Zone]:
    """Some near each other, one far away, one that is too large for the grid."""
    found: list[Zone] = [
        Circle(LAT + (n % 3) * STEP, LON + (n // 3) * STEP, 60.0 + 20 * n)
        for n in range(SHARED_ALL - 3)
    ]
    found.append(box(LAT + 1.0, LON, STEP))
    found.append(Corridor(((LON - STEP, LAT), (LON + 3 * STEP, LAT + STEP)), 50.0))
    found.append(box(LAT - 3.0, LON - 3.0, 3.001))
    return found


def wearers() -> Wearers:
    first = list(range(0, WEARERS * OWN_EACH + 1, OWN_EACH))
    return Wearers(compile_zones(own_zones()), first, STALE_S, index(shared_zones()))


def columns(rows: list[Row]) -> Fixes:
    return Fixes(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([micros(row[1]) for row in rows], dtype=np.int64),
        np.array([micros(row[2]) for row in rows], dtype=np.int64),
        np.array([row[3] for row in rows], dtype=np.float64),
        np.array([row[4] for row in rows], dtype=np.float64),
        np.array([math.nan if row[5] is None else row[5] for row in rows], dtype=np.float64),
    )


class Dense:
    """The same with a state for each wearer and zone."""

    def __init__(self) -> None:
        own, self.shared = own_zones(), shared_zones()
        self.zones = [
            [*own[n * OWN_EACH : (n + 1) * OWN_EACH], *self.shared] for n in range(WEARERS)
        ]
        self.states = [[FRESH] * len(zones) for zones in self.zones]

    def hear(self, row: Row) -> list[list[Change]]:
        wearer, at, known, lat, lon, accuracy_m = row
        zones = self.zones[wearer]
        told = [measured(z, np.array([lat]), np.array([lon])) for z in zones]
        count = len(zones)
        batch = Batch(
            np.arange(count),
            np.array([one.distance_m[0] for one in told]),
            np.array([one.outer_m for one in told]),
            np.full(count, math.nan if accuracy_m is None else accuracy_m),
            [Sighting(at, lat, lon, accuracy_m)] * count,
            [known] * count,
        )
        stale_s = [STALE_S[wearer]] * count
        self.states[wearer], changes = judge(self.states[wearer], stale_s, batch)
        return changes


def visited(kept: Wearers, wearer: int) -> dict[int, Any]:
    found, visit = {}, int(kept.kept.wearers[wearer]["visit"])
    while visit >= 0:
        one = kept.kept.visits[visit]
        found[int(one["zone"])] = one
        visit = int(one["next"])
    return found


def told(record: Any) -> tuple[Presence, datetime, datetime, float, int]:
    times = moment(int(record["since"])), moment(int(record["confirmed"]))
    kept = int(record["kept"])
    return (PRESENCES[record["presence"]], *times, float(record["log_odds"]), kept)


def asked(state: State) -> tuple[Presence, datetime, datetime, float, int]:
    kept = len(state.evidence)
    return (state.presence, state.since, state.confirmed_at, state.log_odds, kept)


def of_zone(turns: Turns) -> dict[tuple[int, int], list[Change]]:
    found: dict[tuple[int, int], list[Change]] = defaultdict(list)
    for _, scope, zone, change in turns.changes():
        found[scope, zone].append(change)
    return found


places = st.one_of(
    st.tuples(st.floats(-0.3, 2.3), st.floats(-0.3, 3.3)),
    st.tuples(st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from([0.0, 1.0, 2.0])),
    st.tuples(st.floats(-400, 400), st.floats(-400, 400)),
)
reports = st.lists(
    st.tuples(
        st.integers(0, WEARERS - 1),
        st.one_of(st.floats(1, 120), st.floats(1, 4_000), st.just(-5.0)),
        places,
        st.one_of(st.none(), st.floats(1, 40), st.floats(1, 2_000)),
        st.one_of(st.just(0.0), st.floats(0, 3_000)),
    ),
    max_size=40,
)


def rows_of(given_reports: list[Any]) -> list[Row]:
    clock, found = [0.0] * WEARERS, []
    for wearer, gap_s, (north, east), accuracy_m, delay_s in given_reports:
        clock[wearer] += gap_s
        at = START + timedelta(seconds=round(clock[wearer], 3))
        lat, lon = LAT + north * STEP, LON + east * STEP
        found.append((wearer, at, at + timedelta(seconds=delay_s), lat, lon, accuracy_m))
    return found


@settings(max_examples=300, deadline=None)
@given(reports)
def test_it_is_exactly_one_state_for_each_wearer_and_zone(given_reports: list[Any]) -> None:
    ours, dense = wearers(), Dense()
    for row in rows_of(given_reports):
        wearer = row[0]
        before = visited(ours, wearer)
        found = of_zone(ours.judge(columns([row])))
        changes = dense.hear(row)
        after = visited(ours, wearer)
        for n in range(OWN_EACH):
            zone = wearer * OWN_EACH + n
            assert found[OWN, zone] == changes[n]
            state = dense.states[wearer][n]
            if state.at != NEVER:
                assert told(ours.kept.own[zone]) == asked(state)
        for n in range(SHARED_ALL):
            expected = changes[OWN_EACH + n]
            alone = n in before or n in after or (SHARED, n) in found
            assert found[(SHARED, n) if alone else (ELSEWHERE, -1)] == expected
            state = dense.states[wearer][OWN_EACH + n]
            if n in after:
                assert _but_since(told(after[n])) == _but_since(asked(state))
            elif n not in before and state.at != NEVER:
                like = told(ours.kept.elsewhere[wearer])
                assert _but_since(like) == _but_since(asked(state))


def _but_since(state: tuple[Any, ...]) -> tuple[Any, ...]:
    """Since when is forgotten with a visit, once no change depends on it."""
    return (state[0], *state[2:])


@settings(max_examples=50, deadline=None)
@given(reports, st.lists(st.integers(0, 50), max_size=4))
def test_cutting_into_batches_changes_nothing(given_reports: list[Any], cuts: list[int]) -> None:
    rows = rows_of(given_reports)
    whole, pieces = wearers(), wearers()
    expected = list(whole.judge(columns(rows)).changes())
    found: list[tuple[int, int, int, Change]] = []
    edges = [0, *sorted(cuts), len(rows)]
    for start, end in pairwise(edges):
        found.extend(pieces.judge(columns(rows[start:end])).changes())
    assert found == expected
    for one, other in zip(whole.kept, pieces.kept, strict=True):
        assert repr(one.tolist()) == repr(other.tolist())


@settings(max_examples=50, deadline=None)
@given(reports)
def test_the_order_between_wearers_does_not_matter(given_reports: list[Any]) -> None:
    rows = rows_of(given_reports)
    mixed, sorted_by = wearers(), wearers()
    found = sorted(mixed.judge(columns(rows)).changes(), key=lambda one: one[0])
    in_turn = sorted(rows, key=lambda row: row[0])
    assert list(sorted_by.judge(columns(in_turn)).changes()) == found


def test_visits_end_when_a_wearer_has_gone() -> None:
    """And room for them is found where there is none, and used again."""
    crowd: list[Zone] = [Circle(LAT, LON, 100.0 + n) for n in range(1_500)]
    ours = Wearers(compile_zones([]), [0, 0, 0], [900.0, 900.0], index(crowd))

    def go(minute: int, lat: float) -> Turns:
        at = START + timedelta(minutes=minute)
        return ours.judge(columns([(n, at, at, lat, LON, 10.0) for n in range(2)]))

    assert len(go(0, LAT)) == 2 * len(crowd)
    assert len(visited(ours, 0)) == len(visited(ours, 1)) == len(crowd)
    room = len(ours.kept.visits)
    for minute in range(1, 8):
        go(minute, LAT + 0.1)
    assert visited(ours, 0) == visited(ours, 1) == {}
    assert int(ours.kept.free[1]) == room
    go(8, LAT)
    assert len(ours.kept.visits) == room


def test_nobody_and_nothing() -> None:
    ours = Wearers(compile_zones([]), [0], [])
    assert list(ours.judge(columns([])).changes()) == []
    alone = Wearers(compile_zones([]), [0, 0], [900.0])
    assert len(alone.judge(columns([(0, START, START, LAT, LON, None)]))) == 0
    assert alone.bytes < 1_000


@pytest.mark.parametrize("shared", [False, True])
def test_a_change_carries_its_evidence(*, shared: bool) -> None:
    home = compile_zones([Circle(LAT, LON, 80.0)])
    empty = compile_zones([])
    ours = (
        Wearers(empty, [0, 0], [900.0], index([Circle(LAT, LON, 80.0)]))
        if shared
        else Wearers(home, [0, 1], [900.0])
    )
    times = [START + timedelta(minutes=n) for n in range(5)]
    rows: list[Row] = [
        (0, at, at, LAT + (0.0 if n < 2 else 0.01), LON, None if n == 3 else 10.0)
        for n, at in enumerate(times)
    ]
    entered, left = (
        change for _, scope, _, change in ours.judge(columns(rows)).changes() if scope != ELSEWHERE
    )
    assert (entered.presence, entered.at, entered.evidence) == (
        Presence.INSIDE,
        times[0],
        (Sighting(times[0], LAT, LON, 10.0),),
    )
    assert (left.presence, left.at) == (Presence.OUTSIDE, times[4])
    assert [one.accuracy_m for one in left.evidence] == [10.0, 10.0, None, 10.0]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"wearer": np.array([WEARERS])}, "nobody"),
        ({"wearer": np.array([-1])}, "nobody"),
        ({"lat": np.array([math.nan])}, "on earth"),
        ({"lon": np.array([math.inf])}, "on earth"),
        ({"lat": np.array([90.1])}, "on earth"),
        ({"known": np.empty(0, dtype=np.int64)}, "one length"),
    ],
)
def test_what_is_no_batch_of_these_wearers_never_reaches_the_loop(
    broken: dict[str, Any], reason: str
) -> None:
    batch = columns([(0, START, START, LAT, LON, 10.0)])._replace(**broken)
    with pytest.raises(ValueError, match=reason):
        wearers().judge(batch)


def test_no_more_evidence_is_asked_for_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = wearers()
    monkeypatch.setattr(constants, "EVIDENCE_MAX", constants.EVIDENCE_MAX + 1)
    with pytest.raises(ValueError, match="more evidence"):
        ours.judge(columns([(0, START, START, LAT, LON, 10.0)]))


BUFFERS_M = [250.0, -40.0, 0.0, -60.0, 700.0, 0.0]


def test_a_buffer_is_a_second_fence_and_changes_nothing_of_the_first() -> None:
    """Held against the plain kernel, with the distance to a fence that lies elsewhere."""
    rng = np.random.default_rng(11)
    rows: list[Row] = []
    for n in range(1_500):
        at = START + n * timedelta(seconds=20)
        near = rng.normal(0, 1.2 * STEP, 2) if rng.random() < 0.9 else rng.normal(0, 0.3, 2)
        accuracy = [None, 5.0, 30.0, 300.0, 2_000.0][int(rng.integers(5))]
        place = (LAT + float(near[0]), LON + float(near[1]))
        rows.append((n % WEARERS, at, at, *place, accuracy))
    first = list(range(0, WEARERS * OWN_EACH + 1, OWN_EACH))
    ringed = Wearers(compile_zones(own_zones()), first, STALE_S, None, BUFFERS_M)
    plain = Wearers(compile_zones(own_zones()), first, STALE_S)
    turns = of_zone(ringed.judge(columns(rows)))
    without = of_zone(plain.judge(columns(rows)))
    assert {key: found for key, found in turns.items() if key[0] == OWN} == without
    seen = 0
    for zone, shape in enumerate(own_zones()):
        own = [row for row in rows if row[0] == zone // OWN_EACH]
        lat, lon = (np.array([row[n] for row in own]) for n in (3, 4))
        distance_m, outer_m = measured(shape, lat, lon)
        batch = Batch(
            np.zeros(len(own), dtype=np.int64),
            distance_m + BUFFERS_M[zone],
            np.full(len(own), outer_m + BUFFERS_M[zone]),
            np.array([math.nan if row[5] is None else row[5] for row in own]),
            [Sighting(row[1], row[3], row[4], row[5]) for row in own],
            [row[2] for row in own],
        )
        (state,), (changes,) = judge([FRESH], [STALE_S[zone // OWN_EACH]], batch)
        if BUFFERS_M[zone]:
            assert turns.get((RING, zone), []) == changes
            assert told(ringed.kept.buffers[zone]) == asked(state)
            seen += len(changes)
        else:
            assert (RING, zone) not in turns
    assert seen > 20
