# SPDX-License-Identifier: EUPL-1.2
"""Weekly timetables of a condition, and the stretches of time in which they apply.

A timetable is a list of `{"days": [0..6, Monday = 0], "from": "22:00", "until": "06:00"}` in the
order's zone of time. An `until` that is not after `from` lies on the next day; "24:00" is the end
of the day. Hours are wall-clock hours: where summer time or a law moves the clocks, 22:00 is 22:00
on the clock of that evening. An empty timetable applies always.

An exception names a date on which other hours begin than on that day of the week: none, or its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MIN = 24 * 60
WEEK_DAYS = 7
HOURS_MAX = 50
"""Lines of one timetable: more than seven stretches for each day is a mistake."""
AROUND = timedelta(days=8)
"""How far around a moment `around` looks: a stretch that is not endless is shorter than a week."""


class Interval(NamedTuple):
    """A stretch of time, UTC; `until` is exclusive."""

    since: datetime
    until: datetime

    def contains(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Hours:
    """One line: on these days, from and until in minutes after local midnight."""

    days: tuple[int, ...]
    from_min: int
    until_min: int
    """More than 1,440 where it lies on the next day."""


ALWAYS = (Hours(tuple(range(WEEK_DAYS)), 0, DAY_MIN),)


@dataclass(frozen=True, slots=True)
class DayHours:
    """An exception: what begins on this local date, in place of the weekly hours."""

    day: date
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """The lines of one condition."""

    hours: tuple[Hours, ...]
    exceptions: tuple["DayHours", ...] = ()

    @property
    def continuous(self) -> bool:
        """Whether it applies at every minute of the week (or has no lines at all)."""
        return not self.exceptions and _continuous(self.hours)

    def intervals(self, zone: ZoneInfo, since: datetime, until: datetime) -> list[Interval]:
        """The stretches that overlap a span, whole and in order; those that touch are joined.

        A timetable that applies always gives the span itself.
        """
        if self.continuous:
            return [Interval(since, until)]
        first = since.astimezone(zone).date() - timedelta(days=2)
        days = (until.astimezone(zone).date() - first).days + 3
        dates = [first + timedelta(days=n) for n in range(days)]
        found = merged(_on(line, day, zone) for day in dates for line in self._lines(day))
        return [one for one in found if one.since < until and one.until > since]

    def _lines(self, day: date) -> Sequence[Hours]:
        other = next((one.hours for one in self.exceptions if one.day == day), None)
        if other is not None:
            return other
        return [line for line in self.hours or ALWAYS if day.weekday() in line.days]


def parse(timetable: object) -> Timetable:
    """A timetable as it stands in the condition's row. ValueError with a readable reason."""
    if not isinstance(timetable, Sequence) or isinstance(timetable, str):
        raise ValueError("it is not a list of lines")  # noqa: TRY004 - its value is what is wrong
    if len(timetable) > HOURS_MAX:
        raise ValueError(f"it has more than {HOURS_MAX} lines")
    return Timetable(tuple(_line(line) for line in timetable))


def exception(day: date, lines: object) -> DayHours:
    """An exception: lines of `from` and `until`. ValueError with a readable reason."""
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise ValueError("it is not a list of lines")  # noqa: TRY004 - its value is what is wrong
    return DayHours(day, tuple(_line({"days": [day.weekday()], **line}) for line in lines))


def around(
    timetable: Timetable, zone: ZoneInfo, moment: datetime, period: Interval
) -> tuple[Interval, ...]:
    """The stretches near a moment, cut to the condition's period.

    The one that holds the moment is there as a whole, and so is the next one, if there is one
    within eight days.
    """
    if timetable.continuous:
        return (period,)
    midnight = datetime.combine(moment.date(), time(), UTC)
    near = _near(timetable, zone, midnight)
    return tuple(clipped(near, period))


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """In order, with those that touch or overlap joined."""
    joined: list[Interval] = []
    for one in sorted(intervals):
        if joined and one.since <= joined[-1].until:
            joined[-1] = Interval(joined[-1].since, max(joined[-1].until, one.until))
        else:
            joined.append(one)
    return joined


def clipped(intervals: Iterable[Interval], period: Interval) -> list[Interval]:
    """The parts that lie within a period."""
    cut = (
        Interval(max(one.since, period.since), min(one.until, period.until)) for one in intervals
    )
    return [one for one in cut if one.since < one.until]


def without(intervals: Iterable[Interval], breaks: Iterable[Interval]) -> list[Interval]:
    """The parts that lie in none of the breaks, in order."""
    left = list(intervals)
    for pause in breaks:
        parts = [
            part
            for one in left
            for part in (
                Interval(one.since, min(one.until, pause.since)),
                Interval(max(one.since, pause.until), one.until),
            )
        ]
        left = [one for one in parts if one.since < one.until]
    return sorted(left)


@lru_cache(maxsize=50_000)
def _continuous(hours: tuple[Hours, ...]) -> bool:
    covered = {
        (day * DAY_MIN + minute) % (WEEK_DAYS * DAY_MIN)
        for line in hours
        for day in line.days
        for minute in range(line.from_min, line.until_min)
    }
    return not hours or len(covered) == WEEK_DAYS * DAY_MIN


@lru_cache(maxsize=50_000)
def _near(timetable: Timetable, zone: ZoneInfo, midnight: datetime) -> tuple[Interval, ...]:
    return tuple(timetable.intervals(zone, midnight - AROUND, midnight + AROUND))


def _on(line: Hours, day: date, zone: ZoneInfo) -> Interval:
    return Interval(_moment(day, line.from_min, zone), _moment(day, line.until_min, zone))


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Local wall-clock time as UTC. A time that summer time skips is the moment of the jump's end
    counted on; one that comes twice is the first."""
    later, rest = divmod(minute, DAY_MIN)
    local = datetime.combine(day + timedelta(days=later), time(rest // 60, rest % 60), tzinfo=zone)
    return local.astimezone(UTC)


def _line(line: object) -> Hours:
    if not isinstance(line, Mapping) or set(line) != {"days", "from", "until"}:
        raise ValueError("a line has `days`, `from` and `until`, and nothing else")
    start, end = _minute(line["from"]), _minute(line["until"])
    if start == DAY_MIN:
        raise ValueError("24:00 is an end, not a beginning")
    return Hours(_days(line["days"]), start, end if end > start else end + DAY_MIN)


def _days(days: object) -> tuple[int, ...]:
    if not isinstance(days, Sequence) or isinstance(days, str) or not days:
        raise ValueError("`days` is a list of at least one day")
    for day in days:
        if isinstance(day, bool) or not isinstance(day, int) or not 0 <= day < WEEK_DAYS:
            raise ValueError(f"{day!r} is no day; Monday is 0 and Sunday 6")
    return tuple(sorted(set(days)))


def _minute(clock: object) -> int:
    digits = str(clock).split(":") if isinstance(clock, str) else []
    if [len(part) for part in digits] != [2, 2] or not all(
        part.isascii() and part.isdecimal() for part in digits
    ):
        raise ValueError(f"{clock!r} is no time of day such as 22:00")
    hour, minute = int(digits[0]), int(digits[1])
    if minute >= 60 or hour * 60 + minute > DAY_MIN:  # noqa: PLR2004 - an hour has 60
        raise ValueError(f"{clock!r} is no time of day such as 22:00")
    return hour * 60 + minute
