# SPDX-License-Identifier: EUPL-1.2
"""Ways between fixes: the same however they are cut, at the edge of the map too, nothing vague."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tarazy.supervision.presence.geometry import WGS84, Circle, Extent, signed_distance_m
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.passage import deepest_between, follow, way

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
MINUTE = timedelta(minutes=1)
MIDDLE = (43.2, 76.9)


def sightings(middle: tuple[float, float], *away_m: float, accuracy: Any = 10.0) -> list[Sighting]:
    """A place each minute, so many metres east of a middle."""
    found = []
    for n, each in enumerate(away_m):
        lon, lat, _ = WGS84.fwd(middle[1], middle[0], 90, each)
        found.append(Sighting(START + n * MINUTE, lat, lon, accuracy))
    return found


def followed(
    zone: Extent, places: list[Sighting], cut: int = 10_000, *, entered: bool = False
) -> tuple[State, list[Change]]:
    """With so many places at once, each known three seconds after its time."""
    state, changes = FRESH, list[Change]()
    for start in range(0, len(places), cut):
        part = places[start : start + cut]
        lat, lon = np.array([one.lat for one in part]), np.array([one.lon for one in part])
        seen = [(one, one.at + timedelta(seconds=3)) for one in part]
        away_m = signed_distance_m(zone, lat, lon).tolist()
        state, more = follow(state, zone, seen, away_m, lambda _: entered)
        changes += more
    return state, changes


def test_a_way_through_is_known_one_place_after_its_end() -> None:
    places = sightings(MIDDLE, -1_500, -900, 900, 1_500)
    state, (begin, end) = followed(Circle(*MIDDLE, 300), places)
    assert (begin.presence, begin.at, begin.evidence) == (
        *(Presence.INSIDE, places[1].at),
        (places[1], places[2]),
    )
    assert (end.presence, end.at) == (Presence.UNKNOWN, places[2].at)
    assert begin.known_at == end.known_at == places[3].at + timedelta(seconds=3)
    assert (state.presence, state.at, state.evidence) == (
        *(Presence.UNKNOWN, places[3].at),
        tuple(places[1:]),
    )


@pytest.mark.parametrize("middle", [MIDDLE, (65.0, 179.999), (65.0, -179.999), (0.0, 0.0)])
def test_anywhere_on_earth(middle: tuple[float, float]) -> None:
    places = sightings(middle, -1_500, -900, 900, 1_500)
    _, changes = followed(Circle(*middle, 300), places)
    assert len(changes) == 2
    deepest, depth_m = deepest_between(Circle(*middle, 300), places[1], places[2])
    assert depth_m == pytest.approx(300, abs=20)
    assert way(deepest._replace(at=START), Sighting(START + MINUTE, *middle, None)).length_m < 20


@pytest.mark.parametrize(
    ("away_m", "accuracy"),
    [
        pytest.param((-1_500, -900, 900, 1_500), 400.0, id="too vague to lie clear of the fence"),
        pytest.param((-1_500, -350, 350, 1_500), None, id="of unknown accuracy: 100 m are not it"),
        pytest.param((-1_500, -305, 305, 1_500), 1.0, id="sure, but beside the fence"),
        pytest.param((-1_500, -900, 900), 10.0, id="nothing came after"),
        pytest.param((-900, 900, 1_500, 1_500), 10.0, id="nothing was before"),
        pytest.param((-1_500, -900, 900, -900, -1_500), 10.0, id="one place alone"),
        pytest.param((0, -900, 900, 1_500), 10.0, id="was in the zone before"),
        pytest.param((-1_500, -900, 900, 0), 10.0, id="came into the zone after"),
        pytest.param((-1_500, -900, 0, -900, -1_500), 10.0, id="one place in it, and back"),
        pytest.param((900, 1_500, 2_000, 2_500), 10.0, id="drives away from it"),
    ],
)
def test_no_way_through(away_m: tuple[float, ...], accuracy: float | None) -> None:
    places = sightings(MIDDLE, *away_m, accuracy=accuracy)
    assert followed(Circle(*MIDDLE, 300), places)[1] == []


def test_a_place_in_the_zone_that_is_no_entry_yet_hides_no_way_through() -> None:
    places = sightings(MIDDLE, -1_500, -900, 0, 900, 1_500)
    _, changes = followed(Circle(*MIDDLE, 300), places)
    assert [one.at for one in changes] == [places[1].at, places[3].at]
    assert followed(Circle(*MIDDLE, 300), places, entered=True)[1] == []


def test_it_does_not_depend_on_how_the_places_were_cut_and_the_old_are_passed_over() -> None:
    chance = random.Random(4)
    away_m = [chance.choice([-2_500, -1_200, -900, 900, 1_200, 2_500]) for _ in range(400)]
    places = sightings(MIDDLE, *away_m)
    whole = followed(Circle(*MIDDLE, 300), places)
    assert len(whole[1]) > 10
    for cut in (1, 2, 3, 7):
        assert followed(Circle(*MIDDLE, 300), places, cut) == whole
    again = [one for each in places for one in (each, each)]
    assert followed(Circle(*MIDDLE, 300), again) == whole
