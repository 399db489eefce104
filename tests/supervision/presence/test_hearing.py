# SPDX-License-Identifier: EUPL-1.2
"""What is asked beyond the fence of a small zone; test_kernel.py has the rest of the test."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tarazy.supervision.presence import kernel
from tarazy.supervision.presence.hearing import clearance_m
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge, stale_after_s
from tarazy.supervision.presence.law import law

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
MINUTE = timedelta(minutes=1)


def turns(outer_m: float, *beyond_m: float) -> list[Change]:
    """A fine fix a minute, so far beyond the fence of a zone that reaches so far."""
    count = len(beyond_m)
    seen = [Sighting(START + n * MINUTE, 43.0, 76.0, 10.0) for n in range(count)]
    batch = Batch(
        np.zeros(count, dtype=np.int64),
        -np.array(beyond_m),
        np.full(count, outer_m),
        np.full(count, 10.0),
        seen,
        [one.at for one in seen],
    )
    _, (changes,) = judge([FRESH], [stale_after_s(60)], batch)
    return changes


@pytest.mark.parametrize(
    ("outer_m", "expected"),
    [(math.inf, 65), (65, 65), (50, 80), (30, 100), (5, 120), (-40, 120)],
)
def test_so_far_beyond_the_fence_a_place_is_clear(outer_m: float, expected: float) -> None:
    assert kernel.clearance_m(np.array([outer_m])).tolist() == [expected]
    assert clearance_m(outer_m, law()) == expected


@pytest.mark.parametrize(("outer_m", "left"), [(80, True), (30, False)])
def test_a_drift_past_the_fence_of_a_small_zone_is_no_way(outer_m: float, *, left: bool) -> None:
    changes = turns(outer_m, -20, 15, 30, 70, 105, 80, 40, -10)
    assert (Presence.OUTSIDE in [one.presence for one in changes]) is left


def test_who_walks_out_of_a_small_zone_is_told_within_four_minutes() -> None:
    inside, outside = turns(30, -30, -30, *(-20 + 75 * n for n in range(1, 10)))
    assert (inside.presence, outside.presence) == (Presence.INSIDE, Presence.OUTSIDE)
    assert outside.at <= START + 5 * MINUTE
