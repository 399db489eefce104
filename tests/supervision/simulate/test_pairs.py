# SPDX-License-Identifier: EUPL-1.2
from datetime import date

import numpy as np
import pytest

from tarazy.supervision.simulate.breaches import Planting
from tarazy.supervision.simulate.dataset import Sample
from tarazy.supervision.simulate.pairs import SimulatedPair, distance_m, simulate_pairs


def pairs(visits_a_day: float) -> list[SimulatedPair]:
    sample = Sample(
        seed=1, people=4, days=3, start=date(2025, 3, 3), planting=Planting(breach_chance=0)
    )
    return simulate_pairs(sample, visits_a_day)


@pytest.fixture(scope="module")
def visiting() -> list[SimulatedPair]:
    return pairs(1.0)


def test_a_visit_is_a_true_meeting_of_some_minutes(visiting: list[SimulatedPair]) -> None:
    assert sum(pair.planned for pair in visiting) >= 4
    for pair in visiting:
        long = [near for near in pair.near(100) if near.lasted_s >= 300]
        assert len(long) >= pair.planned
        assert all(near.nearest_m < 30 for near in long)


def test_the_truth_is_measured_on_the_true_tracks(visiting: list[SimulatedPair]) -> None:
    for pair in visiting:
        for near in pair.near(300):
            at = np.arange(near.since.timestamp(), near.until.timestamp())
            assert distance_m(pair.tracks, at).max() < 300


def test_without_visits_nobody_meets_and_the_same_seed_gives_the_same(
    visiting: list[SimulatedPair],
) -> None:
    apart, again = pairs(0.0), pairs(1.0)
    assert [pair.planned for pair in apart] == [0, 0]
    for one, other in zip(visiting, again, strict=True):
        assert one.near(100) == other.near(100)
        assert np.array_equal(one.fixes[0].lat, other.fixes[0].lat)


def test_a_track_stays_one_that_can_be_walked(visiting: list[SimulatedPair]) -> None:
    for pair in visiting:
        for track in pair.tracks:
            assert (np.diff(track.at) >= 0).all()
