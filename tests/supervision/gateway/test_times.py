# SPDX-License-Identifier: EUPL-1.2
"""Times of devices: what is believed, what is repaired, what is a clock fault."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.gateway.interface import Mark
from tarazy.supervision.gateway.times import FUTURE_TOLERANCE, PAST_MAX, ROLL_OVER, settle

ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("told", "at", "marks"),
    [
        (ARRIVED, ARRIVED, ()),
        (ARRIVED + FUTURE_TOLERANCE, ARRIVED + FUTURE_TOLERANCE, ()),
        (ARRIVED + FUTURE_TOLERANCE + SECOND, ARRIVED, (Mark.CLOCK_FAULT,)),
        (ARRIVED - PAST_MAX, ARRIVED - PAST_MAX, ()),
        (ARRIVED - PAST_MAX - SECOND, ARRIVED, (Mark.CLOCK_FAULT,)),
        (None, ARRIVED, (Mark.ARRIVAL_TIME,)),
        (datetime(1999, 6, 1, tzinfo=UTC), ARRIVED, (Mark.CLOCK_FAULT,)),
        (datetime(2099, 6, 1, tzinfo=UTC), ARRIVED, (Mark.CLOCK_FAULT,)),
        (datetime(1970, 1, 1, tzinfo=UTC), ARRIVED, (Mark.CLOCK_FAULT,)),
        (datetime(1, 1, 1, tzinfo=UTC), ARRIVED, (Mark.CLOCK_FAULT,)),
        (datetime(9999, 12, 31, tzinfo=UTC), ARRIVED, (Mark.CLOCK_FAULT,)),
        (ARRIVED - ROLL_OVER, ARRIVED, (Mark.ROLLED_OVER,)),
        (ARRIVED - 2 * ROLL_OVER, ARRIVED, (Mark.ROLLED_OVER,)),
        (ARRIVED - 3 * ROLL_OVER, ARRIVED, (Mark.CLOCK_FAULT,)),
        (ARRIVED - ROLL_OVER - WEEK, ARRIVED - WEEK, (Mark.ROLLED_OVER,)),
        (ARRIVED - ROLL_OVER - WEEK - SECOND, ARRIVED, (Mark.CLOCK_FAULT,)),
    ],
)
def test_settle(told: datetime | None, at: datetime, marks: tuple[Mark, ...]) -> None:
    moment = settle(told, ARRIVED)
    assert (moment.at, moment.marks) == (at, marks)
    assert moment.faulty is (Mark.CLOCK_FAULT in marks)


@given(st.none() | st.datetimes(timezones=st.just(UTC)))
def test_a_settled_time_always_has_a_partition(told: datetime | None) -> None:
    moment = settle(told, ARRIVED)
    assert ARRIVED - PAST_MAX <= moment.at <= ARRIVED + FUTURE_TOLERANCE
    assert moment.at == told or moment.marks
