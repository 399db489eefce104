# SPDX-License-Identifier: EUPL-1.2
"""When somebody could not be monitored: between two usable places too far apart, and why.

Not having been seen is no breach, and no alibi either. The stretch runs from the last usable place
to the next one, whatever has come in by now: a place that was uploaded late fills it.

Causes, the first that fits:
1. our own service was away for at least half of the stretch
2. the device was heard, and gave places that are no witnesses: invented ones, or a faulty clock
3. it said that its location is switched off or forbidden
4. it was heard without a place: it had no satellites
5. its battery was nearly empty before, or it said so, or that it is being switched off
6. what came just before or after had waited for a network
7. nothing was heard, and why cannot be told: no network, a flat battery, switched off, broken

Three more are known only to the service, which has fittings and deletes (looks/gaps.py): no device
was worn; why cannot be told any more, for the reports were deleted; and places that were known and
were deleted since, which is no time without monitoring at all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tarazy.supervision.judging.knowing import usable
from tarazy.supervision.judging.subjects import LATE_AFTER, Arrival
from tarazy.supervision.presence.timetable import Interval

BATTERY_EMPTY_PERCENT = 10.0
"""Critical by the practice of control centres."""
OUTAGE_SHARE = 0.5


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


def unseen(
    arrivals: Sequence[Arrival], span: Interval, longest: timedelta, outages: Sequence[Interval]
) -> list[Unseen]:
    """The stretches within a span that are longer than is allowed between two places."""
    told = sorted(arrivals, key=lambda one: (one.at, one.known_at))
    times = [one.at for one in told]
    places = [one.at for one in told if usable(one) is not None and span.contains(one.at)]
    found = []
    for since, until in zip([span.since, *places], [*places, span.until], strict=True):
        if until - since > longest:
            first, after = bisect_right(times, since), bisect_left(times, until)
            gap = Interval(since, until)
            why = _why(gap, told[:first][-1:], told[first:after], told[after : after + 1], outages)
            found.append(Unseen(since, until, why))
    return found


def _why(
    gap: Interval,
    before: Sequence[Arrival],
    within: Sequence[Arrival],
    after: Sequence[Arrival],
    outages: Sequence[Interval],
) -> Why:
    away = sum(
        (
            min(one.until, gap.until) - max(one.since, gap.since)
            for one in outages
            if _meet(one, gap)
        ),
        timedelta(),
    )
    if away >= OUTAGE_SHARE * (gap.until - gap.since):  # (1)
        return Why.OUR_OUTAGE
    if within:
        return _heard(within)
    last = before[-1] if before else None
    if last is not None:  # (5)
        said = [OF_LAST_ALARM[name] for name in last.alarms if name in OF_LAST_ALARM]
        if said:
            return said[0]
        if last.battery_percent is not None and last.battery_percent <= BATTERY_EMPTY_PERCENT:
            return Why.BATTERY
    if any(one.known_at - one.at > LATE_AFTER for one in (*before, *after)):  # (6)
        return Why.NO_NETWORK
    return Why.UNKNOWN  # (7)


def _heard(within: Sequence[Arrival]) -> Why:
    marks = {mark for one in within for mark in one.marks}
    alarms = {alarm for one in within for alarm in one.alarms}
    by_mark = [why for mark, why in OF_MARK.items() if mark in marks]  # (2)
    by_alarm = [why for alarm, why in OF_ALARM.items() if alarm in alarms]  # (3)
    return [*by_mark, *by_alarm, Why.NO_SATELLITES][0]  # (4)


def _meet(one: Interval, other: Interval) -> bool:
    return one.since < other.until and other.since < one.until
