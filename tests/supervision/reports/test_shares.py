# SPDX-License-Identifier: EUPL-1.2
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.reports.shares import Stay, shares, stays, within

START = datetime(2026, 11, 1, tzinfo=UTC)
IN, OUT, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def stay(presence: Presence, since: float, until: float) -> Stay:
    return Stay(presence, at(since), at(until))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], [stay(UNKNOWN, 0, 24)]),
        ([(-5, IN)], [stay(IN, 0, 24)]),
        ([(0, IN)], [stay(IN, 0, 24)]),
        ([(2, IN)], [stay(UNKNOWN, 0, 2), stay(IN, 2, 24)]),
        ([(-5, IN), (2, OUT), (3, IN)], [stay(IN, 0, 2), stay(OUT, 2, 3), stay(IN, 3, 24)]),
        ([(2, IN), (3, IN)], [stay(UNKNOWN, 0, 2), stay(IN, 2, 24)]),
        ([(2, IN), (2, OUT)], [stay(UNKNOWN, 0, 2), stay(OUT, 2, 24)]),
        ([(24, IN), (30, OUT)], [stay(UNKNOWN, 0, 24)]),
    ],
)
def test_a_state_lasts_until_the_next(
    changes: list[tuple[float, Presence]], expected: list[Stay]
) -> None:
    known = [(at(hour), presence) for hour, presence in changes]
    assert stays(known, Interval(at(0), at(24))) == expected


def test_only_the_hours_that_applied_count() -> None:
    found = [stay(IN, 0, 10), stay(OUT, 10, 12), stay(IN, 12, 24)]
    hours = [Interval(at(0), at(1)), Interval(at(9), at(11))]
    due = within(found, hours)
    assert due == [stay(IN, 0, 1), stay(IN, 9, 10), stay(OUT, 10, 11)]
    kept = shares(due)
    assert (kept.inside, kept.outside) == (timedelta(hours=2), timedelta(hours=1))
    assert kept.whole == timedelta(hours=3)
    assert shares([]).whole == timedelta()


@given(
    st.lists(st.tuples(st.integers(-10, 40), st.sampled_from([IN, OUT, UNKNOWN])), max_size=12).map(
        sorted
    )
)
def test_stays_fill_the_span_without_gaps(changes: list[tuple[int, Presence]]) -> None:
    span = Interval(at(0), at(24))
    found = stays([(at(hour), presence) for hour, presence in changes], span)
    assert (found[0].since, found[-1].until) == span
    assert all(one.until == two.since for one, two in itertools.pairwise(found))
    assert shares(found).whole == timedelta(hours=24)
