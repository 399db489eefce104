# SPDX-License-Identifier: EUPL-1.2
import csv
import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import compress, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tarazy.supervision.presence import constants
from tarazy.supervision.presence.geometry import WGS84, Circle, Zone, measured, signed_distance_m
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.kernel import (
    Batch,
    expire,
    expires_at,
    judge,
    log_odds_inside,
    sigma_m,
    stale_after_s,
)
from tarazy.supervision.presence.motion import Track, believed

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = Circle(43.238, 76.945, 80.0)
INSIDE, OUTSIDE, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = State(UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
STALE_S = stale_after_s(60)


def run(
    sightings: Sequence[Sighting],
    zone: Zone = HOME,
    state: State = FRESH,
    known_at: Sequence[datetime] | None = None,
    every_s: float = 60,
) -> tuple[State, list[Change]]:
    """One subject through the outlier filter and the kernel, as the engine does it."""
    counts, _ = believed(Track(), sightings)
    return judged(list(compress(sightings, counts)), zone, state, known_at, every_s)


def judged(
    used: Sequence[Sighting],
    zone: Zone = HOME,
    state: State = FRESH,
    known_at: Sequence[datetime] | None = None,
    every_s: float = 60,
) -> tuple[State, list[Change]]:
    """One subject through the kernel alone."""
    arrivals = known_at or [one.at for one in used]
    lat, lon = (np.array([getattr(one, name) for one in used]) for name in ("lat", "lon"))
    told = measured(zone, lat, lon)
    batch = Batch(
        np.zeros(len(used), dtype=np.int64),
        told.distance_m,
        np.full(len(used), told.outer_m),
        np.array([math.nan if one.accuracy_m is None else one.accuracy_m for one in used]),
        used,
        arrivals,
    )
    states, changes = judge([state], [stale_after_s(every_s)], batch)
    return states[0], changes[0]


def seen(
    at_s: float, away_m: float, accuracy_m: float | None = 10.0, bearing: float = 90
) -> Sighting:
    """A fix some metres from the middle of the home."""
    lon, lat, _ = WGS84.fwd(HOME.lon, HOME.lat, bearing, away_m)
    return Sighting(START + timedelta(seconds=at_s), lat, lon, accuracy_m)


def minutes(*away_m: float, accuracy_m: float | None = 10.0, every_s: float = 60) -> list[Sighting]:
    return [seen(n * every_s, away, accuracy_m) for n, away in enumerate(away_m)]


def states_of(changes: Sequence[Change]) -> list[str]:
    return [change.presence.value for change in changes]


@given(st.floats(-6, 6))
def test_log_odds_are_those_of_the_normal_distribution(z: float) -> None:
    found = float(log_odds_inside(np.array([z]), np.array([1.0]))[0])
    assert 1 / (1 + math.exp(-found)) == pytest.approx(0.5 * (1 + math.erf(z / 2**0.5)), abs=2e-4)


def test_unknown_accuracy_is_neither_perfect_nor_useless() -> None:
    perfect, known, unknown = sigma_m(np.array([1e-9, 10.0, math.nan])).tolist()
    assert perfect <= known < unknown < 1_000
    assert sigma_m(np.array([0.0, -1.0, -math.inf])).tolist() == [unknown] * 3


@pytest.mark.parametrize(
    ("sightings", "expected"),
    [
        pytest.param([], [], id="nothing heard"),
        pytest.param(minutes(0), ["inside"], id="one clear fix is enough to be inside"),
        pytest.param(minutes(600), [], id="one fix outside is not enough"),
        pytest.param(minutes(600, 600), ["outside"], id="two, at the beginning"),
        pytest.param(minutes(0, 400, 0, 0), ["inside"], id="one outlier is no exit"),
        pytest.param(minutes(0, 400, 400, 0, 0), ["inside"], id="nor are two"),
        pytest.param(minutes(0, 400, 450, 500), ["inside", "outside"], id="three are"),
        pytest.param(
            minutes(0, *[400] * 10, every_s=1), ["inside"], id="ten in ten seconds are not ten"
        ),
        pytest.param(
            minutes(0, *[400] * 10, every_s=15), ["inside", "outside"], id="each 15 s, it is time"
        ),
        pytest.param(
            minutes(0, 400, 450, 500, 0), ["inside", "outside", "inside"], id="back by one fix"
        ),
        pytest.param(minutes(0, *[95] * 9), ["inside"], id="beside the fence is not clear of it"),
        pytest.param(minutes(0, *[190] * 9), ["inside"], id="nor is 110 m beyond it far"),
        pytest.param(
            minutes(0, 190, 190, 190, 400, 0), ["inside"], id="near ones and one far are two"
        ),
        pytest.param(
            minutes(0, 190, 400, 450), ["inside", "outside"], id="one near and two far are three"
        ),
        pytest.param(
            minutes(0, 400, 450, 95, 500, 95, 550, 0),
            ["inside"],
            id="a fix beside the fence undoes half of what spoke for outside",
        ),
        pytest.param(
            minutes(0, 2_000, 180, 190, 2_000, 0), ["inside"], id="and one near it half of the rest"
        ),
        pytest.param(
            [*minutes(0, 400, 450), seen(180, 95, 200.0), seen(240, 500)],
            ["inside", "outside"],
            id="unless it is too coarse to have seen a departure",
        ),
        pytest.param(
            minutes(0, *[190] * 20), ["inside", "unknown"], id="so near for long is unknown"
        ),
        pytest.param(
            minutes(0, 120, 190, 260), ["inside", "outside"], id="who walks is told by the third"
        ),
        pytest.param(
            minutes(0, 120, 190, 120, 190, 120, 0), ["inside"], id="to and fro beside it is no way"
        ),
        pytest.param(
            minutes(0, 120, 190, 400, 0), ["inside"], id="one step and one far are not enough"
        ),
        pytest.param(
            [*minutes(0), *(seen(300 * n, 80 + 80 * n) for n in range(1, 3))],
            ["inside"],
            id="nor is a rare step alone",
        ),
        pytest.param(
            minutes(*range(60, 260, 9), 0), ["inside", "unknown", "inside"], id="a drift creeps"
        ),
        pytest.param(
            minutes(*range(60, 220, 9), *range(220, 480, 70)),
            ["inside", "unknown", "outside"],
            id="and who walks on from there is found",
        ),
        pytest.param(
            minutes(0, *[220] * 4), ["inside", "outside"], id="a jump is not taken for a drift"
        ),
        pytest.param(
            [*minutes(0, 190), *(seen(7_200 + 60 * n, away) for n, away in enumerate([500, 0]))],
            ["inside", "unknown", "inside"],
            id="an old doubt is no witness",
        ),
        pytest.param(
            minutes(0, *[140] * 16, accuracy_m=None),
            ["inside", "unknown"],
            id="unknown accuracy clears the fence later",
        ),
        pytest.param(
            minutes(0, *[400] * 3, accuracy_m=None), ["inside", "outside"], id="and yet it counts"
        ),
        pytest.param(
            [seen(0, 0), *[seen(60 * n, 9_000, 3_000.0) for n in range(1, 12)]],
            ["inside"],
            id="coarse fixes alone are no exit",
        ),
        pytest.param(
            [seen(0, 0), *[seen(60 * n, 9_000, 3_000.0) for n in range(1, 40)]],
            ["inside", "unknown"],
            id="but the place is unknown after a while",
        ),
        pytest.param(
            [seen(60 * n, 0, 3_000.0) for n in range(90)], [], id="in the zone by chance is nowhere"
        ),
        pytest.param(
            [*minutes(0, 400, 450, 500), *[seen(60 * n, 0, 300.0) for n in range(4, 90)]],
            ["inside", "outside", "unknown"],
            id="and no return",
        ),
        pytest.param(
            minutes(0, 50_000, 0, 60_000, 0, 70_000, 0), ["inside"], id="jumps are no witnesses"
        ),
        pytest.param(
            [seen(0, 0), seen(1_800, 0)], ["inside", "unknown", "inside"], id="a gap is unknown"
        ),
    ],
)
def test_changes(sightings: list[Sighting], expected: list[str]) -> None:
    state, changes = run(sightings)
    assert states_of(changes) == expected
    assert state.presence.value == (expected[-1] if expected else "unknown")


def test_a_rare_reporter_is_out_by_the_second_fix_not_by_the_first() -> None:
    _, one = run(minutes(0, 400, 0, every_s=600), every_s=600)
    _, two = run(minutes(0, 400, 400, every_s=600), every_s=600)
    assert (states_of(one), states_of(two)) == (["inside"], ["inside", "outside"])


def test_who_was_lost_inside_is_not_out_by_less_evidence() -> None:
    _, changes = run([seen(0, 0), seen(1_800, 400), seen(1_801, 400), seen(1_860, 0)])
    assert states_of(changes) == ["inside", "unknown", "inside"]


def test_a_late_fix_does_not_move_the_state_backwards() -> None:
    state, _ = run(minutes(0, 0, 0))
    again, changes = run([seen(30, 900), seen(60, 900), seen(90, 900)], state=state)
    assert (again, changes) == (state, [])


def test_silence_makes_the_place_unknown_without_any_message() -> None:
    state, _ = run(minutes(0, 0))
    due = expires_at(state, STALE_S)
    end = START + timedelta(seconds=60 + STALE_S)
    assert due == end + timedelta(seconds=constants.PROMPT_S), "a report may be on its way"
    assert expire(state, STALE_S, due - timedelta(seconds=1)) == (state, [])
    lost, changes = expire(state, STALE_S, due + timedelta(hours=3))
    assert changes == [Change(UNKNOWN, end, due)]
    assert (lost.presence, lost.since) == (UNKNOWN, end)
    assert expires_at(lost, STALE_S) is None


def test_what_was_uploaded_long_after_its_time_is_unknown_a_minute_later() -> None:
    arrival = START + timedelta(hours=7)
    state, _ = run(minutes(0, 0), known_at=[arrival] * 2)
    due = arrival + timedelta(seconds=constants.UPLOADING_S)
    assert expire(state, STALE_S, due - timedelta(seconds=1)) == (state, [])
    _, changes = expire(state, STALE_S, due)
    assert changes == [Change(UNKNOWN, START + timedelta(seconds=60 + STALE_S), due)]


@pytest.mark.parametrize(("away_m", "accuracy_m"), [(6_000, 5_000), (300, 400), (0, 5_000)])
def test_a_fix_that_tells_nothing_finds_nobody_again(away_m: float, accuracy_m: float) -> None:
    after = [seen(1_860 + n * 60, away_m, accuracy_m) for n in range(30)]
    state, changes = run([seen(0, 0), *after])
    assert states_of(changes) == ["inside", "unknown"]
    assert state.presence is UNKNOWN


def test_stored_fixes_that_are_uploaded_together_do_not_flicker() -> None:
    stored = minutes(*[0] * 120)
    arrival = START + timedelta(hours=3)
    _, changes = run(stored, known_at=[arrival] * 120)
    assert states_of(changes) == ["inside"]


def test_a_change_says_when_why_and_how_sure() -> None:
    _, (entered, left) = run(minutes(0, 400, 450, 500))
    assert entered.at == START
    assert left.at == START + timedelta(seconds=180)
    assert left.probability is not None
    assert 0.98 < left.probability < 1
    assert [round(one.at.timestamp() - START.timestamp()) for one in left.evidence] == [
        0,
        60,
        120,
        180,
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.5, 2_000),
            st.floats(0, 400),
            st.one_of(st.none(), st.floats(1, 3_000)),
            st.floats(0, 360),
        ),
        max_size=40,
    ),
    st.integers(0, 40),
)
@example([(1.0, 0.0, None, 0.0)] * 6 + [(0.5, 350.0, None, 1.0), (900.0, 0.0, None, 0.0)], 6)
def test_cutting_into_batches_changes_nothing(
    steps: list[tuple[float, float, float | None, float]], cut: int
) -> None:
    at_s, sightings = 0.0, []
    for gap_s, away_m, accuracy_m, bearing in steps:
        at_s += gap_s
        sightings.append(seen(round(at_s, 3), away_m, accuracy_m, bearing))
    whole, all_changes = run(sightings)
    before, track = believed(Track(), sightings[:cut])
    after, _ = believed(track, sightings[cut:])
    middle, first = judged(list(compress(sightings[:cut], before)))
    end, second = judged(list(compress(sightings[cut:], after)), state=middle)
    assert [*first, *second] == all_changes
    assert end == whole


def test_a_trial_with_other_numbers_needs_no_other_machine_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, before = run(minutes(0, 400, 450, 500))
    monkeypatch.setattr(constants, "EXIT", -8.0)
    _, after = run(minutes(0, 400, 450, 500))
    assert (states_of(before), states_of(after)) == (["inside", "outside"], ["inside"])


def test_a_batch_has_columns_of_one_length() -> None:
    short = Batch(np.zeros(2, dtype=np.int64), np.zeros(2), np.ones(2), np.zeros(1), [], [])
    with pytest.raises(ValueError, match="one length"):
        judge([FRESH], [STALE_S], short)


def test_noise_at_home_is_no_exit() -> None:
    """Ten days of a phone indoors: correlated drift that the device understates, and outliers."""
    noise = np.random.default_rng(7)
    drift = np.zeros(2)
    sightings = []
    for minute in range(10 * 24 * 60):
        drift = 0.97 * drift + noise.normal(0, 6.0, 2)  # 25 m in the long run
        east, north = drift + noise.normal(0, 5, 2)
        if noise.random() < 0.01:
            east, north = noise.normal(0, 400, 2)
        away, bearing = math.hypot(east, north), math.degrees(math.atan2(east, north))
        sightings.append(seen(60 * minute, away, 12.0, bearing))
    _, changes = run(sightings)
    assert OUTSIDE not in [change.presence for change in changes]
    unknown = timedelta()
    for lost, found in pairwise(changes):
        unknown += found.at - lost.at if lost.presence is UNKNOWN else timedelta()
    assert unknown < timedelta(hours=6)  # of 240: where the drift lies at the fence, we say so


def test_a_bus_that_leaves_a_zone(shared_data: Path) -> None:
    gpx = (shared_data / "trails" / "limerick_bus.gpx").read_text()
    points = re.findall(r'lat="([-\d.]+)" lon="([-\d.]+)">.*?<time>([^<]+)<', gpx, re.DOTALL)
    trail = [
        Sighting(datetime.fromisoformat(at), float(lat), float(lon), None)
        for lat, lon, at in points
    ]
    zone = Circle(trail[0].lat, trail[0].lon, 1_000.0)
    state, changes = run(trail, zone)
    away = -signed_distance_m(
        zone, np.array([one.lat for one in trail]), np.array([one.lon for one in trail])
    )
    crossed = next(one.at for one, metres in zip(trail, away, strict=True) if metres > 0)
    assert states_of(changes)[:2] == ["inside", "outside"]
    left = changes[1].at
    assert timedelta(0) <= left - crossed < timedelta(minutes=4)
    flips = sum(1 for change in changes if change.presence is OUTSIDE)
    visits = sum(1 for n in range(1, len(away)) if away[n] > 300 >= away[n - 1])
    assert flips <= max(visits, 1)
    assert state.at <= trail[-1].at


def test_an_iphone_with_coarse_fixes_does_not_leave_by_them(shared_data: Path) -> None:
    trail = []
    for line in (shared_data / "owntracks" / "demo-iphone.rec").read_text().splitlines():
        message = json.loads(line.split("\t")[-1])
        if message["_type"] == "location":
            at = datetime.fromtimestamp(message["tst"], UTC)
            trail.append(Sighting(at, message["lat"], message["lon"], float(message["acc"])))
    zone = Circle(trail[0].lat, trail[0].lon, 20_000.0)
    _, changes = run(trail, zone)
    outside = next(change for change in changes if change.presence is OUTSIDE)
    first_good = next(one.at for one in trail if (one.accuracy_m or 0) < 500)
    assert states_of(changes)[0] == "inside"
    assert outside.at >= first_good
    assert "unknown" in states_of(changes)


def test_geolife_walkers_do_not_flicker(shared_data: Path) -> None:
    trails: dict[str, list[Sighting]] = {}
    with (shared_data / "trails" / "geolife_sample.csv").open() as file:
        for row in csv.DictReader(file, delimiter=";"):
            at = datetime.fromisoformat(row["t"])
            one = Sighting(at, float(row["Y"]), float(row["X"]), None)
            trails.setdefault(row["trajectory_id"], []).append(one)
    for trail in trails.values():
        middle = trail[len(trail) // 2]
        _, changes = run(trail, Circle(middle.lat, middle.lon, 300.0))
        assert len(changes) <= 12
        assert INSIDE in [change.presence for change in changes]
