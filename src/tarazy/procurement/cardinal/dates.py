# SPDX-License-Identifier: EUPL-1.2
"""Whole days between two RFC 3339 moments. A date without time zone is no moment."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

USUAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+\-\u2212])([0-9]{2}):([0-9]{2}))\Z"  # U+2212, the minus of typesetters
)
NO_TIME = timedelta()
DAY_S = 86_400
SECOND_NS = 1_000_000_000
DAYS_OF_400_YEARS = 146_097
HOUR_MAX, MINUTE_MAX, LEAP_SECOND = 23, 59, 60


def whole_days(start: str, end: str) -> int | None:
    """Of the period, towards zero; None where one of the two cannot be read."""
    if USUAL.match(start) and USUAL.match(end):
        try:
            period = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        except ValueError:
            pass  # the year 0, a leap second, or no moment at all
        else:
            return period.days if period >= NO_TIME else -(-period).days
    first, last = _moment(start), _moment(end)
    if first is None or last is None:
        return None
    passed_ns = _between_ns(first, last)
    days = abs(passed_ns) // (DAY_S * SECOND_NS)
    return days if passed_ns >= 0 else -days


class _Moment(NamedTuple):
    """In UTC. A leap second is the second before it with a second more of nanoseconds."""

    day: int
    second: int
    ns: int


def _between_ns(first: _Moment, last: _Moment) -> int:
    """As if the only leap seconds ever were those of the two, and at their time of every day."""
    seconds = (last.day - first.day) * DAY_S + last.second - first.second
    if last.second > first.second and first.ns >= SECOND_NS:
        seconds += 1
    elif last.second < first.second and last.ns >= SECOND_NS:
        seconds -= 1
    return seconds * SECOND_NS + last.ns - first.ns


def _moment(text: str) -> _Moment | None:
    hit = MOMENT.match(text)
    if hit is None:
        return None
    year, month, day, hour, minute, second = (int(hit[number]) for number in range(1, 7))
    if hour > HOUR_MAX or minute > MINUTE_MAX or second > LEAP_SECOND:
        return None
    zone_hour, zone_minute = int(hit[9] or 0), int(hit[10] or 0)
    if zone_hour > HOUR_MAX or zone_minute > MINUTE_MAX:
        return None
    try:
        # the calendar repeats after 400 years, and Python has no year 0
        days = date(year or 400, month, day).toordinal() - (0 if year else DAYS_OF_400_YEARS)
    except ValueError:
        return None
    zone_s = (zone_hour * 60 + zone_minute) * 60 * (1 if hit[8] in (None, "+") else -1)
    ns = int(((hit[7] or "") + "0" * 9)[:9])
    if second == LEAP_SECOND:
        second, ns = second - 1, ns + SECOND_NS
    moment_s = days * DAY_S + hour * 3600 + minute * 60 + second - zone_s
    return _Moment(*divmod(moment_s, DAY_S), ns)
