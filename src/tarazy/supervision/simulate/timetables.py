# SPDX-License-Identifier: EUPL-1.2
"""When a weekly timetable applies, as stretches of epoch seconds."""

from datetime import UTC, date, datetime, timedelta, timezone

from tarazy.supervision.simulate.records import Hours, Timetable

TIME_ZONE = "Asia/Qyzylorda"
LOCAL = timezone(timedelta(hours=5), TIME_ZONE)  # holds from FIRST_DAY on
FIRST_DAY = date(2019, 1, 1)
DAY_S = 86_400.0
HOUR_S = 3_600.0

Stretch = tuple[float, float]
"""Since (included) and until (excluded), epoch seconds."""


def local_midnight(day: int) -> float:
    """Epoch seconds at which a local day begins; days are numbered as by `date.toordinal`."""
    return datetime.combine(date.fromordinal(day), datetime.min.time(), LOCAL).timestamp()


def local_day(at: float) -> int:
    """The number of the local day of a moment."""
    return datetime.fromtimestamp(at, LOCAL).toordinal()


def moment(at: float) -> datetime:
    """Epoch seconds as an aware UTC time, to the second."""
    return datetime.fromtimestamp(round(at), UTC)


def stretches(timetable: Timetable, since: float, until: float) -> list[Stretch]:
    """When the timetable applies within a stretch, merged, in order; an empty one always does."""
    if not timetable:
        return [(since, until)]
    found = [
        _on(hours, day)
        for day in range(local_day(since) - 1, local_day(until) + 1)
        for hours in timetable
        if date.fromordinal(day).weekday() in hours.days
    ]
    return clipped(merged(found), since, until)


def complement(taken: list[Stretch], since: float, until: float) -> list[Stretch]:
    """The stretches between others that are merged and in order."""
    starts = [since, *(end for _, end in taken)]
    ends = [*(start for start, _ in taken), until]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if a < b]


def merged(found: list[Stretch]) -> list[Stretch]:
    """Stretches in order, those that touch joined."""
    joined: list[Stretch] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def clipped(found: list[Stretch], since: float, until: float) -> list[Stretch]:
    """The parts of stretches that lie within another."""
    cut = ((max(start, since), min(end, until)) for start, end in found)
    return [(start, end) for start, end in cut if start < end]


def _on(hours: Hours, day: int) -> Stretch:
    midnight = local_midnight(day)
    start, end = _seconds(hours.from_), _seconds(hours.until)
    return midnight + start, midnight + end + (DAY_S if end <= start else 0.0)


def _seconds(clock: str) -> float:
    hour, minute = clock.split(":")
    return int(hour) * HOUR_S + int(minute) * 60.0
