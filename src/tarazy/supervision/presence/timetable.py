# SPDX-License-Identifier: EUPL-1.2
"""Weekly timetables of a condition, and the stretches of time in which they apply.

A timetable is a list of `{"days": [0..6, Monday = 0], "from": "22:00", "until": "06:00"}` in the
order's zone of time. An `until` that is not after `from` lies on the next day; "24:00" is the end
of the day. Hours are wall-clock hours: where summer time or a law moves the clocks, 22:00 is 22:00
on the clock of that evening. An empty timetable applies always.

An exception names a date on which other hours begin than on that day of the week: none, or its own:
`{"date": "2026-03-08", "hours": [{"from": "23:00", "until": "06:00"}]}`. What began on the day
before runs on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

DAY_MIN = 24 * 60
WEEK_DAYS = 7
HOURS_MAX = 50
"""Lines of one timetable: more than seven stretches for each day is a mistake."""
EXCEPTIONS_MAX = 1_000
DAY = timedelta(days=1)
AROUND = 8 * DAY
"""How far around a moment `around` looks: a stretch of hours that do not always apply is shorter
than a week."""


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


def parse(timetable: object, days: object = ()) -> Timetable:
    """A timetable with its exceptions, as they stand in the condition's row. ValueError with a
    readable reason."""
    if not isinstance(timetable, Sequence) or isinstance(timetable, str):
        raise ValueError("it is not a list of lines")  # noqa: TRY004 - its value is what is wrong
    if len(timetable) > HOURS_MAX:
        raise ValueError(f"it has more than {HOURS_MAX} lines")
    return Timetable(tuple(_line(line) for line in timetable), exceptions(days))


def exception(day: date, lines: object) -> DayHours:
    """An exception: lines of `from` and `until`. ValueError with a readable reason."""
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise ValueError("it is not a list of lines")  # noqa: TRY004 - its value is what is wrong
    if len(lines) > HOURS_MAX:
        raise ValueError(f"a date has more than {HOURS_MAX} lines")
    if not all(isinstance(line, Mapping) and "days" not in line for line in lines):
        raise ValueError("a line of a date has `from` and `until`, and nothing else")
    return DayHours(day, tuple(_line({"days": [day.weekday()], **line}) for line in lines))


def exceptions(days: object) -> tuple[DayHours, ...]:
    """Exceptions as they stand in the condition's row. ValueError with a readable reason."""
    if not isinstance(days, Sequence) or isinstance(days, str):
        raise ValueError("its exceptions are not a list of dates")  # noqa: TRY004 - as above
    if len(days) > EXCEPTIONS_MAX:
        raise ValueError(f"it has more than {EXCEPTIONS_MAX} exceptions")
    found = tuple(_exception(day) for day in days)
    if len({one.day for one in found}) != len(found):
        raise ValueError("a date has two exceptions")
    return found


def _exception(told: object) -> DayHours:
    if not isinstance(told, Mapping) or set(told) - {"date", "hours"} or "date" not in told:
        raise ValueError("an exception has `date` and `hours`, and nothing else")
    try:
        day = date.fromisoformat(told["date"])
    except (TypeError, ValueError):
        raise ValueError(f"{told['date']!r} is no date such as 2026-03-08") from None
    return exception(day, told.get("hours", []))


class Demand(Struct, frozen=True):
    """When a condition applies.

    1. the hours of its timetable, with their exceptions, within its period
    2. not while an absence is permitted
    3. not while a demand applies that outranks it
    """

    timetable: Timetable
    time_zone: ZoneInfo
    period: Interval
    permitted: tuple[Interval, ...] = ()
    outranked_by: tuple["Demand", ...] = ()

    def around(self, moment: datetime) -> tuple[Interval, ...]:
        """The stretches near a moment: see `around`."""
        found = around(self.timetable, self.time_zone, moment, self.period)
        breaks = [*self.permitted, *(one for by in self.outranked_by for one in by.around(moment))]
        near = tuple(without(found, breaks)) if breaks else found
        if self.outranked_by and any(_begun_before(one, moment) for one in near):
            # What outranks it applies too seldom to be seen from here: not where it begins, either.
            breaks += [one for by in self.outranked_by for one in by.whole]
            return tuple(without(found, breaks))
        return near

    @property
    def whole(self) -> tuple[Interval, ...]:
        """All stretches of its period, whatever rests meanwhile."""
        return _whole(self.timetable, self.time_zone, self.period)

    def within(self, span: Interval) -> tuple[Interval, ...]:
        """All stretches of a span, cut to it."""
        times = Interval(max(span.since, self.period.since), min(span.until, self.period.until))
        if times.since >= times.until:
            return ()
        found = clipped(self.timetable.intervals(self.time_zone, *times), times)
        breaks = [*self.permitted, *(one for by in self.outranked_by for one in by.within(times))]
        return tuple(without(found, breaks))


def around(
    timetable: Timetable, zone: ZoneInfo, moment: datetime, period: Interval
) -> tuple[Interval, ...]:
    """The stretches near a moment, cut to the condition's period.

    The one that holds the moment is there as a whole, and so is the next one, if there is one
    within eight days. Of hours that always apply but on some dates all of them are.
    """
    if timetable.continuous:
        return (period,)
    if _continuous(timetable.hours):
        return _but_for_exceptions(timetable, zone, period)
    midnight = datetime.combine(moment.date(), time(), UTC)
    near = _near(timetable, zone, midnight)
    if near and period.since <= near[0].since and near[-1].until <= period.until:
        return near
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
    """The parts that lie in none of the breaks, in order; in one pass over both."""
    pauses = merged(one for one in breaks if one.since < one.until)
    left: list[Interval] = []
    first = 0
    for one in sorted(intervals):
        while first < len(pauses) and pauses[first].until <= one.since:
            first += 1
        since, number = one.since, first
        while number < len(pauses) and pauses[number].since < one.until:
            left.append(Interval(since, pauses[number].since))
            since = pauses[number].until
            number += 1
        left.append(Interval(since, one.until))
    return sorted(one for one in left if one.since < one.until)


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
def _but_for_exceptions(
    timetable: Timetable, zone: ZoneInfo, period: Interval
) -> tuple[Interval, ...]:
    """All stretches of hours that always apply but on some dates: they may be months long."""
    begin, end = period.since.date() - 2 * DAY, period.until.date() + 2 * DAY
    days = [one.day for one in timetable.exceptions if begin <= one.day <= end]
    if not days:
        return (period,)
    since = datetime.combine(min(days) - 2 * DAY, time(), UTC)
    until = datetime.combine(max(days) + 3 * DAY, time(), UTC)
    found = timetable.intervals(zone, since, until)
    before = Interval(min(period.since, since), since)
    after = Interval(until, max(period.until, until))
    return tuple(clipped(merged([before, *found, after]), period))


@lru_cache(maxsize=10_000)
def _whole(timetable: Timetable, zone: ZoneInfo, period: Interval) -> tuple[Interval, ...]:
    return tuple(clipped(timetable.intervals(zone, *period), period))


def _begun_before(stretch: Interval, moment: datetime) -> bool:
    return stretch.contains(moment) and stretch.since < moment - AROUND


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
