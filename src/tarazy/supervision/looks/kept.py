# SPDX-License-Identifier: EUPL-1.2
"""How each demand of an order was kept in a period; and which were demanded and not judged.

A demand of the court's document is judged from when its zone was drawn (`DraftCondition`). Before
that, or if none ever was, nothing says whether it was kept: the report says so in its own words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext

from tarazy.supervision.judging.unseen import Unseen
from tarazy.supervision.looks.defence import Copy
from tarazy.supervision.looks.line import line_of
from tarazy.supervision.looks.report_words import Clock, length, share
from tarazy.supervision.looks.words import timetable_words
from tarazy.supervision.models import (
    Condition,
    ConditionKind,
    DraftCondition,
    DraftState,
    Order,
    PresenceChange,
)
from tarazy.supervision.models import (
    Presence as PresenceWords,
)
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.spent import Stretch, spent, stretches
from tarazy.supervision.presence.timetable import Demand, Interval, clipped, parse, without
from tarazy.supervision.reports.document import Column, Part, Picture, Section, Table, Words
from tarazy.supervision.reports.strips import Legend, strips


@dataclass(frozen=True, slots=True)
class Kept:
    """How one condition was kept: states over the period, and in the hours that it applied."""

    condition: Condition
    hours: Sequence[Interval]
    """When it applied: permitted absences and what outranks it taken out."""
    changes: Sequence[Change]
    stays: Sequence[Stretch]

    @property
    def due(self) -> list[Stretch]:
        """The states in the hours that applied."""
        return [one for hour in self.hours for one in stretches(self.changes, hour)]


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A demand of the court's document in a time for which no zone of it was drawn."""

    asked: DraftCondition
    span: Interval


def kept_of(order: Order, span: Interval) -> list[Kept]:
    """Every judged condition of the order, over its part of the span."""
    begun = order.conditions.select_related("zone").filter(period__isempty=False)
    conditions = list(begun.order_by("kind", "pk"))
    demands = _demands(order, conditions)
    return [_kept(one, demands[one.pk], span) for one in conditions]


def undrawn_of(order: Order, span: Interval) -> list[Undrawn]:
    """What the court asked in the span while nothing judged it, in the order of the papers."""
    rows = DraftCondition.objects.filter(
        draft__order=order, draft__state=DraftState.APPROVED
    ).select_related("draft", "condition")
    found = []
    for row in rows.order_by("draft__decided_at", "pk"):
        draft, until = row.draft, row.until or order.in_force.upper
        since = row.since or draft.since or draft.decided_at or order.in_force.lower
        if row.condition is not None:
            # What was ended since was drawn: only the time before is meant here.
            drawn = line_of(row.condition).filter(period__isempty=False)
            until = min((one.period.lower for one in drawn), default=since)
        found += [Undrawn(row, one) for one in clipped([Interval(since, until)], span)]
    return found


def _period(condition: Condition) -> Interval:
    return Interval(condition.period.lower, condition.period.upper)


def _kept(condition: Condition, demand: Demand, span: Interval) -> Kept:
    own = Interval(max(span.since, demand.period.since), min(span.until, demand.period.until))
    if own.since >= own.until:
        return Kept(condition, (), (), ())
    rows = PresenceChange.objects.filter(
        condition=condition, facet="zone", superseded_at=None, at__lt=own.until
    )
    changes = [
        Change(Presence(one.state), one.at, one.known_at) for one in rows.order_by("at", "pk")
    ]
    return Kept(condition, demand.within(own), changes, list(stretches(changes, own)))


def _demands(order: Order, conditions: Sequence[Condition]) -> dict[int, Demand]:
    """When each condition applies, by its key: see `facets.ranked`."""
    permitted = tuple(
        Interval(one.period.lower, one.until)
        for one in order.absences.all()
        if one.period.lower < one.until
    )
    staying = [one for one in conditions if one.kind != ConditionKind.EXCLUSION]
    found: dict[int, Demand] = {}
    for one in sorted(conditions, key=lambda one: -one.priority):
        stays = one.kind != ConditionKind.EXCLUSION
        above = [found[other.pk] for other in staying if other.priority > one.priority]
        found[one.pk] = Demand(
            parse(one.timetable, one.exceptions),
            Clock.of(order).zone,
            _period(one),
            permitted if stays else (),
            tuple(above) if stays else (),
        )
    return found


def kept_section(kept: Kept, gaps: Sequence[Unseen], copy: Copy, clock: Clock) -> Section:
    """The times of one condition in each state, and its days as a picture."""
    condition, found = kept.condition, spent(kept.changes, kept.hours)
    whole = sum(found, timedelta())
    words = {one: gettext(PresenceWords(one.value).label) for one in Presence}
    times = {
        Presence.INSIDE: found.inside,
        Presence.OUTSIDE: found.outside,
        Presence.UNKNOWN: found.unknown,
    }
    table = Table(
        (
            Column(gettext("State")),
            Column(gettext("Time"), number=True),
            Column(gettext("Share"), number=True),
        ),
        tuple((words[one], length(time), share(time, whole)) for one, time in times.items()),
    )
    hours = "; ".join(timetable_words(condition.timetable))
    parts: list[Part] = [
        Words(
            gettext("It applied {hours}; in this period {time}.").format(
                hours=hours, time=length(whole)
            )
        ),
        table,
    ]
    if found.unknown:
        parts.append(Words(_why_unknown(kept, gaps)))
    if copy.leaves_out(condition):
        parts.append(Words(gettext("The hours by the day are left out of this copy.")))
    else:
        parts.append(_days(kept, words, clock))
    return Section(_heading(condition.get_kind_display(), copy.zone(condition)), tuple(parts))


def _days(kept: Kept, words: dict[Presence, str], clock: Clock) -> Picture:
    legend = Legend(
        words,
        gettext("hours in which it applied"),
        keep_out=kept.condition.kind == ConditionKind.EXCLUSION,
    )
    picture = strips(kept.stays, kept.hours, clock.zone, legend)
    return Picture(picture, gettext("Each day from 0 to 24 hours, by state."))


def _why_unknown(kept: Kept, gaps: Sequence[Unseen]) -> str:
    """Why this figure is another than the time that could not be monitored."""
    unknown = [
        Interval(one.since, one.until) for one in kept.due if one.presence is Presence.UNKNOWN
    ]
    unseen = [Interval(one.since, one.until) for one in gaps]
    seen = without(unknown, unseen)
    whole, left = (
        sum((one.until - one.since for one in part), timedelta()) for part in (unknown, seen)
    )
    return gettext(
        "Of the unknown time {unseen} falls into time that could not be monitored (below; there the"
        " whole period counts, here the hours of this demand). For {seen} there were reports, and"
        " they left it open, or nothing was judged yet."
    ).format(unseen=length(whole - left), seen=length(left))


def undrawn_section(found: Undrawn, clock: Clock) -> Section:
    """A demand that nothing judged: in the words of the court's document, which the person has."""
    asked = found.asked
    hours = "; ".join(timetable_words(asked.timetable))
    said = gettext(
        "Demanded, not drawn, not judged: the order asks this {hours}, and from {since} to {until}"
        " no zone of it was drawn. Nothing says whether it was kept in that time."
    ).format(
        hours=hours, since=clock.moment(found.span.since), until=clock.moment(found.span.until)
    )
    return Section(_heading(asked.get_kind_display(), asked.place), (Words(said),))


def _heading(demand: str, place: str) -> str:
    said = gettext(demand)
    return f"{said[:1].upper()}{said[1:]}: {place}"
