# SPDX-License-Identifier: EUPL-1.2
"""Repair of a device's time, and the judgement whether it can be believed at all.

1. A time is plausible from `PAST_MAX` before its arrival to `FUTURE_TOLERANCE` after it.
2. The satellites' week number has ten bits: a receiver that miscounts is late by 1024 weeks, or by
   2048. An implausible time that lands within `ROLL_OVER_AGE_MAX` before its arrival when these are
   added was that fault; it is repaired and marked. The window is narrow on purpose: a repair must
   not turn any old nonsense into evidence.
3. Any other implausible time is a clock fault: the legal gate then goes by arrival, and nothing
   about the place is kept, since nobody can say when somebody was there.
4. A message without a time was sent to be read at once: it gets the time of its arrival, marked.
5. Where our own clock may be `behind` (intake/own_clock.py), 1 and 2 allow for that: no place is
   lost to a clock of ours that somebody set back.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from tarazy.supervision.gateway.interface import Mark

FUTURE_TOLERANCE = timedelta(minutes=10)
"""Phones are set by their network to seconds; a tracker's own clock drifts by minutes."""
PAST_MAX = timedelta(days=398)
"""More than a year of storage in a device; two days inside what the fix store has partitions for,
so that clocks of ours which differ at midnight do no harm."""
ROLL_OVER = timedelta(weeks=1024)
ROLL_OVERS_MAX = 2
ROLL_OVER_AGE_MAX = timedelta(days=7)


class Moment(NamedTuple):
    """When a report happened, as far as we believe it; `marks` say what was done about it."""

    at: datetime
    marks: tuple[Mark, ...]

    @property
    def faulty(self) -> bool:
        """Whether the device's clock cannot be believed: keep no place."""
        return Mark.CLOCK_FAULT in self.marks


def settle(at: datetime | None, arrived: datetime, behind: timedelta = timedelta(0)) -> Moment:
    """The time to go by for a report that says it happened `at`; both aware UTC."""
    if at is None:
        return Moment(arrived, (Mark.ARRIVAL_TIME,))
    latest = arrived + behind + FUTURE_TOLERANCE
    if arrived - PAST_MAX <= at <= latest:
        return Moment(at, ())
    if at < arrived:
        for count in range(1, ROLL_OVERS_MAX + 1):
            repaired = at + count * ROLL_OVER
            if arrived - ROLL_OVER_AGE_MAX <= repaired <= latest:
                return Moment(repaired, (Mark.ROLLED_OVER,))
    return Moment(arrived, (Mark.CLOCK_FAULT,))
