# SPDX-License-Identifier: EUPL-1.2
"""When somebody could not be monitored, for a look that was permitted: see `judging/unseen.py`.

All of the span counts, whether a device was fitted or not and whether a demand applied or not:
what nobody could see is never passed over.

1. Where no device was worn, nothing could be seen. A change of devices that is no longer than the
   time allowed between two places is none.
2. Where one was worn: from each usable place to the next one, where that is too long by what was
   asked of the device at that time: a pace at rest is no gap, and a faster one that the device has
   confirmed is waited for.
3. Where places may have been deleted as the law asks (actions/retention.py), their absence proves
   nothing. What was found of them stays, so the states of the conditions are asked: the stretch was
   unseen as far as all of them were unknown. The rest of it is told apart (`PLACES_DELETED`), and
   is no time without monitoring. Where no condition was judged nobody can tell any more.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.commands import CommandKind
from tarazy.supervision.intervals import Command, intervals_over
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.judging.unseen import Asked, Unseen, Why, cause, unseen
from tarazy.supervision.looks.history import heard_of
from tarazy.supervision.models import (
    DeviceCommand,
    Fitting,
    Order,
    Outage,
    PresenceChange,
    TraceStorage,
)
from tarazy.supervision.models.storage import JUDGED_AFTER
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.kernel import stale_after_s
from tarazy.supervision.presence.spent import stretches
from tarazy.supervision.presence.timetable import Interval, clipped, merged, without
from tarazy.supervision.refusals import Refusal

REPORTS_MAX = 600_000
"""A quarter of a year each fifteen seconds."""
INTERVAL_S_DEFAULT = 60


def unseen_of(order: Order, span: Interval, now: datetime) -> list[Unseen]:
    """Stretches of a span within the order without a usable place, oldest first, each with why.

    Raises Refused where more was reported than can be read at once.
    """
    worn = order.person.fittings.filter(
        period__overlap=(span.since, span.until), period__isempty=False
    )
    fittings = list(worn.select_related("device"))
    asked = _asked(fittings, span)
    longest = max(one.longest for one in asked)
    bare = [
        one for one in without([span], _periods(fittings, span)) if one.until - one.since > longest
    ]  # (1)
    arrivals = heard_of(order.person_id, order.pk, span.since, span.until, limit=REPORTS_MAX)
    if len(arrivals) >= REPORTS_MAX:
        # What was cut off would be called unseen.
        days = max(1, (span.until - span.since) // timedelta(days=2))
        raise Refused(Refusal.REPORT_TOO_LONG, days=days)
    arrivals.reverse()
    away = Outage.objects.filter(since__lt=span.until, until__gt=span.since)
    told = _Told(arrivals, [Interval(one.since, one.until) for one in away])
    found = [Unseen(*one, Why.NO_DEVICE) for one in bare]
    for one in without([span], bare):
        found += unseen(told.within(one), one, asked, told.outages)  # (2)
    deleted = deleted_before(order, now)
    if deleted is not None and span.since < deleted:
        states = _States.of(order, Interval(span.since, min(span.until, deleted)))
        found = list(_by_states(found, states, told, longest))
    return sorted(found, key=lambda one: one.since)


def deleted_before(order: Order, now: datetime) -> datetime | None:
    """Before when places of an order may have been deleted by law; None where all are kept."""
    end: datetime = order.in_force.upper
    if now >= end + timedelta(days=order.retain_days):
        return end
    return None if order.trace_storage == TraceStorage.ALL else now - JUDGED_AFTER


class _Told:
    """What was heard, oldest first, and when our own service was away."""

    def __init__(self, arrivals: Sequence[Arrival], outages: Sequence[Interval]) -> None:
        self.arrivals, self.outages = arrivals, outages
        self._times = [one.at for one in arrivals]

    def within(self, span: Interval) -> Sequence[Arrival]:
        """What was heard in a span."""
        times = self._times
        return self.arrivals[bisect_left(times, span.since) : bisect_left(times, span.until)]


class _States:
    """What the judged conditions say of a time of which places may be gone."""

    def __init__(self, span: Interval, judged: Sequence[Interval], known: Sequence[Interval]):
        self.span = span
        self.unknown = without(clipped(merged(judged), span), merged(known))
        """When conditions were judged, and of none was known whether it was kept."""

    @classmethod
    def of(cls, order: Order, span: Interval) -> "_States":
        """Of all conditions of an order, ended ones too."""
        judged, known = list[Interval](), list[Interval]()
        for condition in order.conditions.filter(period__isempty=False):
            period = Interval(condition.period.lower, condition.period.upper)
            for own in clipped([period], span):
                judged.append(own)
                rows = PresenceChange.objects.filter(
                    condition=condition, facet="zone", superseded_at=None, at__lt=own.until
                )
                changes = [
                    Change(Presence(one.state), one.at, one.known_at)
                    for one in rows.order_by("at", "pk")
                ]
                known += [
                    Interval(one.since, one.until)
                    for one in stretches(changes, own)
                    if one.presence is not Presence.UNKNOWN
                ]
        return cls(span, judged, known)


def _by_states(
    found: Sequence[Unseen], states: _States, told: _Told, longest: timedelta
) -> Iterator[Unseen]:
    """Stretches without places, parted by what the states of that time say (3)."""
    old: list[Interval] = []
    for one in found:
        whole = Interval(one.since, one.until)
        if one.why is Why.NO_DEVICE:
            yield one
            continue
        old += clipped([whole], states.span)
        yield from (Unseen(*rest, one.why) for rest in without([whole], [states.span]))
    for part in without(old, without([states.span], states.unknown)):
        # What came just before and after may be deleted: it is told by what is left within alone.
        within = told.within(part)
        why = cause(part, within, within, longest, told.outages)
        yield Unseen(*part, Why.CAUSE_DELETED if why is Why.UNKNOWN else why)
    for part in without(old, states.unknown):
        yield Unseen(*part, Why.PLACES_DELETED)


def _asked(fittings: Sequence[Fitting], span: Interval) -> list[Asked]:
    """How long may lie between two places: of several devices, by the slowest that is worn."""
    rows = DeviceCommand.objects.filter(
        device__in=[one.device_id for one in fittings],
        kind=CommandKind.INTERVAL,
        queued_at__lt=span.until,
    ).order_by("pk")
    commands: dict[int, list[Command]] = defaultdict(list)
    for one in rows:
        times = (one.queued_at, one.sent_at, one.answered_at)
        commands[one.device_id].append(Command(one.seconds, one.state, *times))
    told = list[tuple[Interval, int]]()
    for fitting in fittings:
        for worn in _periods([fitting], span):
            begin, own = worn.since, fitting.period.lower
            since_then = [one for one in commands[fitting.device_id] if one.queued_at >= own]
            base_s = fitting.device.report_interval_s
            for seconds, end in intervals_over(base_s, since_then, *worn):
                told.append((Interval(begin, end), seconds))
                begin = end
    edges = sorted({span.since, *(at for one, _ in told for at in one)})
    found = []
    for begin, end in zip(edges, [*edges[1:], span.until], strict=True):
        seconds = max((each for one, each in told if one.contains(begin)), default=0)
        allowed = timedelta(seconds=stale_after_s(seconds or INTERVAL_S_DEFAULT))
        found.append(Asked(allowed, end))
    return found


def _periods(fittings: Sequence[Fitting], span: Interval) -> list[Interval]:
    """When a device was on the person."""
    return merged(
        clipped(
            (Interval(one.period.lower, one.period.upper or span.until) for one in fittings), span
        )
    )
