# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.spent import Spent, spent, stretches
from tarazy.supervision.presence.timetable import Interval

INSIDE, OUTSIDE, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN
NOON, HOUR, NONE = datetime(2026, 3, 1, 12, tzinfo=UTC), timedelta(hours=1), timedelta()
CHANGES = [
    Change(one, NOON + n * HOUR, NOON + n * HOUR)
    for n, one in enumerate((INSIDE, OUTSIDE, UNKNOWN, INSIDE))
]


def hours(*spans: tuple[float, float]) -> list[Interval]:
    return [Interval(NOON + a * HOUR, NOON + b * HOUR) for a, b in spans]


@pytest.mark.parametrize(
    ("changes", "within", "expected"),
    [
        pytest.param(CHANGES, hours((0, 6)), (4, 1, 1), id="all of it"),
        pytest.param(CHANGES, hours((-2, 1)), (1, 0, 2), id="unknown before the first"),
        pytest.param(CHANGES, hours((0.5, 1.5)), (0.5, 0.5, 0), id="cut on both sides"),
        pytest.param(CHANGES, hours((0.5, 1), (2.5, 5)), (2.5, 0, 0.5), id="two stretches"),
        pytest.param(CHANGES, hours((10, 12)), (2, 0, 0), id="after the last change"),
        pytest.param(CHANGES, [], (0, 0, 0), id="no time at all"),
        pytest.param([], hours((0, 3)), (0, 0, 3), id="nothing was ever heard"),
    ],
)
def test_the_time_in_each_state(
    changes: list[Change], within: list[Interval], expected: tuple[float, float, float]
) -> None:
    assert spent(changes, within) == Spent(*(part * HOUR for part in expected))


def test_two_changes_at_one_moment_leave_the_later_one() -> None:
    changes = [Change(INSIDE, NOON, NOON), Change(OUTSIDE, NOON, NOON)]
    (one,) = stretches(changes, *hours((0, 1)))
    assert (one.presence, one.change) == (OUTSIDE, changes[1])


@given(
    st.lists(st.tuples(st.sampled_from(Presence), st.integers(-500, 500)), max_size=12),
    st.integers(-600, 600),
    st.integers(0, 600),
)
def test_the_times_add_up_and_nothing_overlaps(
    told: list[tuple[Presence, int]], since: int, minutes: int
) -> None:
    minute = timedelta(minutes=1)
    changes = [
        Change(one, NOON + at * minute, NOON) for one, at in sorted(told, key=lambda t: t[1])
    ]
    whole = Interval(NOON + since * minute, NOON + (since + minutes) * minute)
    found = list(stretches(changes, whole))
    assert sum((one.until - one.since for one in found), NONE) == whole.until - whole.since
    assert all(a.until == b.since for a, b in pairwise(found))
    assert sum(spent(changes, [whole]), NONE) == minutes * minute
