# SPDX-License-Identifier: EUPL-1.2
"""When somebody could not be monitored: between two usable places too far apart, and why.

Not having been seen is no breach, and no alibi either. The stretch runs from the last usable place
to the next one, whatever has come in by now: a place that was uploaded late fills it.

How long may lie between two places is what was asked of the device at that time. A report speaks
for so long before and after it: it says why for what it covers, and not for days of silence.

Causes, the first that fits:
1. our own service was away for at least half of the stretch
Reports cover at least half of it:
2. they gave places that are no witnesses: invented ones, or a faulty clock
3. they said that the location is switched off or forbidden
4. they had no place, or only a mobile network's: no satellites
Else the longest silence in it decides:
5. the battery was nearly empty before it, or the device said so, or that it is being switched off
6. what came just before or after it had waited for a network, for at least half as long
7. nothing was heard, and why cannot be told: no network, a flat battery, switched off, broken

Three more are known only to the service, which has fittings and deletes (looks/gaps.py): no device
was worn; why cannot be told any more, for the reports were deleted; and places that were known and
were deleted since, which is no time without monitoring at all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tarazy.supervision.judging.knowing import located
from tarazy.supervision.judging.subjects import LATE_AFTER, Arrival
from tarazy.supervision.presence.timetable import Interval, clipped, merged, without

BATTERY_EMPTY_PERCENT = 10.0
"""Critical by the practice of control centres."""
SHARE = 0.5
"""So much of a stretch a cause has to account for."""


class Why(StrEnum):
    """Why somebody could not be monitored."""

    OUR_OUTAGE = "our_outage"
    INVENTED_PLACES = "invented_places"
    CLOCK_FAULT = "clock_fault"
    LOCATION_OFF = "location_off"
    NO_SATELLITES = "no_satellites"
    BATTERY = "battery"
    SWITCHED_OFF = "switched_off"
    NO_NETWORK = "no_network"
    UNKNOWN = "unknown"
    NO_DEVICE = "no_device"
    CAUSE_DELETED = "cause_deleted"
    PLACES_DELETED = "places_deleted"
    """Not counted as unmonitored: where the person was had been known."""


OF_MARK = {"mock": Why.INVENTED_PLACES, "clock_fault": Why.CLOCK_FAULT}
OF_ALARM = {"location_off": Why.LOCATION_OFF, "permission_withdrawn": Why.LOCATION_OFF}
OF_LAST_ALARM = {"low_battery": Why.BATTERY, "power_off": Why.SWITCHED_OFF}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch without a usable place."""

    since: datetime
    until: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Asked:
    """How long may lie between two places, up to when."""

    longest: timedelta
    until: datetime


def unseen(
    arrivals: Sequence[Arrival],
    span: Interval,
    longest: timedelta | Sequence[Asked],
    outages: Sequence[Interval],
) -> list[Unseen]:
    """The stretches within a span that are longer than is allowed between two places.

    `longest` is the same for all of it, or one after the other up to its end.
    """
    asked = [Asked(longest, span.until)] if isinstance(longest, timedelta) else longest
    told = sorted(arrivals, key=lambda one: (one.at, one.known_at))
    times = [one.at for one in told]
    places = [one.at for one in told if located(one) and span.contains(one.at)]
    found = []
    for since, until in zip([span.since, *places], [*places, span.until], strict=True):
        gap = Interval(since, until)
        allowed = _allowed(gap, asked)
        if allowed is not None:
            first, after = bisect_right(times, since), bisect_left(times, until)
            around = told[max(first - 1, 0) : after + 1]
            why = cause(gap, around, told[first:after], allowed, outages)
            found.append(Unseen(since, until, why))
    return found


def _allowed(gap: Interval, asked: Sequence[Asked]) -> timedelta | None:
    """The longest that was allowed where it is too long by what was asked at that time; else None.

    What is asked later counts from the last place too: a device has had so long by then.
    """
    met, begin = [], None
    for one in asked:
        if one.until > gap.since and (begin is None or begin < gap.until):
            met.append(one)
        begin = one.until
    if any(min(one.until, gap.until) - gap.since > one.longest for one in met):
        return max(one.longest for one in met)
    return None


def cause(
    gap: Interval,
    around: Sequence[Arrival],
    within: Sequence[Arrival],
    longest: timedelta,
    outages: Sequence[Interval],
) -> Why:
    """Why there is no usable place in a stretch.

    `within` is what was heard of it, `around` that with the last report before and the first after.
    """
    enough = SHARE * _length([gap])
    if _length(clipped(outages, gap)) >= enough:  # (1)
        return Why.OUR_OUTAGE
    told = merged(clipped([Interval(one.at - longest, one.at + longest) for one in within], gap))
    if within and _length(told) >= enough:
        return _heard(within)
    silence = max(without([gap], told), key=lambda one: one.until - one.since)
    before = [one for one in around if one.at <= silence.since]
    after = [one for one in around if one.at >= silence.until]
    return _silent(_length([silence]), before[-1:], after[:1])


def _silent(lasted: timedelta, before: Sequence[Arrival], after: Sequence[Arrival]) -> Why:
    """Why nothing was heard for so long, by the reports just before and after."""
    for last in before:  # (5)
        said = [OF_LAST_ALARM[name] for name in last.alarms if name in OF_LAST_ALARM]
        if said:
            return said[0]
        if last.battery_percent is not None and last.battery_percent <= BATTERY_EMPTY_PERCENT:
            return Why.BATTERY
    waited = max((one.known_at - one.at for one in (*before, *after)), default=timedelta())
    if waited > LATE_AFTER and waited >= SHARE * lasted:  # (6)
        return Why.NO_NETWORK
    return Why.UNKNOWN  # (7)


def _heard(within: Sequence[Arrival]) -> Why:
    marks = {mark for one in within for mark in one.marks}
    alarms = {alarm for one in within for alarm in one.alarms}
    by_mark = [why for mark, why in OF_MARK.items() if mark in marks]  # (2)
    by_alarm = [why for alarm, why in OF_ALARM.items() if alarm in alarms]  # (3)
    return [*by_mark, *by_alarm, Why.NO_SATELLITES][0]  # (4)


def _length(parts: Iterable[Interval]) -> timedelta:
    return sum((one.until - one.since for one in parts), timedelta())
