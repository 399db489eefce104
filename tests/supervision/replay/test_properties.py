# SPDX-License-Identifier: EUPL-1.2
"""What holds for any trail: the same again, in any order of arrival, with any accuracy told."""

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supervision.presence import plain
from supervision.trails import ZONE, arrival, at, circle, condition, judged, order

from tarazy.supervision.cli_replay import records
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.presence.interface import Presence, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge
from tarazy.supervision.replay.course import Replayed

ORDER = order(condition("inclusion", circle(radius_m=200)), condition("exclusion", circle(3_000)))
SECOND = timedelta(seconds=1)
NEVER = at("00:00", day=-20_000)
FRESH = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)

reports = st.lists(
    st.tuples(
        st.one_of(st.integers(5, 120), st.integers(5, 2_500)),
        st.one_of(st.floats(0, 500), st.sampled_from([0.0, 310.0, 900.0, 3_000.0]), st.just(6e5)),
        st.one_of(st.none(), st.floats(3, 60), st.floats(60, 100_000)),
        st.sampled_from([0, 0, 0, 90, 300, 7_000]),
    ),
    max_size=80,
)
Reports = list[tuple[int, float, float | None, int]]


def trail_of(given_reports: Reports, *, late: bool) -> list[Arrival]:
    found, clock = [], at("07:00")
    for gap_s, away_m, accuracy_m, delay_s in given_reports:
        clock += gap_s * SECOND
        known_at = clock + (delay_s if late else 0) * SECOND
        found.append(arrival(clock, away_m, known_at, accuracy_m=accuracy_m))
    return found


def believed(done: Replayed) -> list[Any]:
    """Where the person was and what was raised for it, as it stands in the end."""
    episodes = [
        [(spell.since, spell.until) for one in each for spell in one.spells]
        for cause, each in sorted(done.subject.episodes.items(), key=str)
        if cause[0] == ZONE
    ]
    changes = [
        [(change.presence, change.at) for change in one.changes] for one in done.subject.watched
    ]
    return [changes, [one for one in episodes if one]]


@settings(max_examples=60, deadline=None)
@given(reports)
def test_the_same_again_and_in_any_order_of_arrival(given_reports: Reports) -> None:
    end = at("07:00", day=3)
    late = judged(ORDER, trail_of(given_reports, late=True), end)
    again = judged(ORDER, trail_of(given_reports, late=True), end)
    assert (again.turns, again.subject) == (late.turns, late.subject)
    in_time = judged(ORDER, trail_of(given_reports, late=False), end)
    assert believed(late) == believed(in_time)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-300, 5_000), st.floats(700, 100_000)), max_size=90),
    st.sampled_from([60, 300, 900]),
)
def test_places_that_are_not_known_say_neither_in_nor_out(
    told: list[tuple[float, float]], every_s: int
) -> None:
    """However many lie in a home's circle by chance: it is unknown."""
    trail = [
        arrival(at("07:00") + n * every_s * SECOND, away_m, accuracy_m=accuracy_m)
        for n, (away_m, accuracy_m) in enumerate(told)
    ]
    done = judged(order(condition("inclusion", circle(radius_m=100))), trail, at("07:00", day=2))
    (watched,) = done.subject.watched
    assert (watched.changes, watched.state.presence) == ((), Presence.UNKNOWN)


HOSTILE = [0.0, -0.0, -1.0, -1e300, math.nan, 5e-324, 1e-9, 1e9, 1e300]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.001, 4_000), st.floats(-1e7, 1e7), st.sampled_from(HOSTILE)),
        max_size=40,
    )
)
def test_hostile_accuracies_do_no_harm(told: list[tuple[float, float, float]]) -> None:
    times = np.cumsum([row[0] for row in told])
    sightings = [Sighting(at("07:00") + float(s) * SECOND, 43.0, 76.0, None) for s in times]
    batch = Batch(
        np.zeros(len(told), dtype=np.int64),
        np.array([row[1] for row in told]),
        np.full(len(told), 30.0),
        np.array([row[2] for row in told]),
        sightings,
        [one.at for one in sightings],
    )
    (state,), (changes,) = found = judge([FRESH], [900.0], batch)
    assert found == plain.judge([FRESH], [900.0], batch)
    assert math.isfinite(state.log_odds)
    assert all(change.probability is None or 0.5 < change.probability <= 1 for change in changes)


@pytest.mark.parametrize("told", ["0", "-1", "-1e9", "null"])
def test_no_accuracy_is_unknown_whatever_it_is_called(tmp_path: Path, told: str) -> None:
    assert _printed(tmp_path, told) == _printed(tmp_path, None)


def test_an_accuracy_without_end_is_a_place_that_nobody_knows(tmp_path: Path) -> None:
    (summary,) = [one for one in _printed(tmp_path, "1e9") if one["record"] == "summary"]
    assert summary["refused"] == 0
    stays = [one["state"] for one in _printed(tmp_path, "1e9") if one["record"] == "presence"]
    assert stays == ["unknown"]


@pytest.mark.parametrize("told", ["NaN", "Infinity", "1e999", '"near"'])
def test_what_is_no_number_is_refused_by_its_line(tmp_path: Path, told: str) -> None:
    readable = json.dumps({"at": at("07:05").isoformat(), "lat": 43.238, "lon": 76.945})
    found = _printed(tmp_path, told, readable)
    refused = [one["line"] for one in found if one["record"] == "refused"]
    assert refused == [1, 2, 3, 4, 5]


def _printed(folder: Path, accuracy: str | None, *others: str) -> list[Any]:
    """The records of five reports in the zone with an accuracy as it is written, and of others."""
    told = order(condition("inclusion", circle(radius_m=200)))
    (folder / "order.json").write_bytes(msgspec.json.encode(told))
    lines = []
    for minute in range(5):
        when = at("07:00") + minute * 60 * SECOND
        known = {"at": when.isoformat(), "lat": 43.238, "lon": 76.945}
        line = json.dumps(known)
        lines.append(line if accuracy is None else f'{line[:-1]}, "accuracy_m": {accuracy}}}')
    (folder / "fixes.jsonl").write_text("\n".join((*lines, *others)))
    found = records(str(folder / "order.json"), str(folder / "fixes.jsonl"), None, None, [])
    return [json.loads(msgspec.json.encode(one)) for one in found]
