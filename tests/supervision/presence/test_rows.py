# SPDX-License-Identifier: EUPL-1.2
"""The compiled loop against the plain test."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from supervision.presence import plain

from tarazy.supervision.presence.interface import Presence, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge, stale_after_s

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FRESH = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
STALE_S = stale_after_s(60)
OUTER_M = (20.0, 45.0, 1_000.0)

reports = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.floats(0.001, 120), st.floats(0.001, 4_000), st.just(-30.0), st.just(0.0)),
        st.one_of(st.floats(-400, 200), st.floats(-60, 40), st.sampled_from([-math.inf, math.inf])),
        st.one_of(st.none(), st.floats(0, 30), st.floats(0, 3_000)),
        st.one_of(st.just(0.0), st.floats(0, 4_000)),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(reports)
def test_the_compiled_test_is_the_plain_one_bit_for_bit(
    rows: list[tuple[int, float, float, float | None, float]],
) -> None:
    """Three subjects at once, with late and stored fixes, coarse ones and gaps."""
    clock = [0.0, 0.0, 0.0]
    sightings, known = [], []
    for subject, gap_s, _, accuracy_m, delay_s in rows:
        clock[subject] += gap_s
        at = START + timedelta(seconds=clock[subject])
        sightings.append(Sighting(at, 43.0, 76.0, accuracy_m))
        known.append(at + timedelta(seconds=delay_s))
    batch = Batch(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([OUTER_M[row[0]] for row in rows]),
        np.array([math.nan if row[3] is None else row[3] for row in rows], dtype=np.float64),
        sightings,
        known,
    )
    stale_s = [STALE_S, 900.0, 3_600.5]
    assert judge([FRESH] * 3, stale_s, batch) == plain.judge([FRESH] * 3, stale_s, batch)
