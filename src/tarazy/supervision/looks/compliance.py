# SPDX-License-Identifier: EUPL-1.2
"""The compliance report: how an order was kept in a period, and what could not be seen.

It has no places: how long somebody was where the order asks is all that it needs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.judging.unseen import Unseen
from tarazy.supervision.looks.alerts import Chapter, summaries
from tarazy.supervision.looks.gaps import unseen_of
from tarazy.supervision.looks.report_words import (
    WHY_WORDS,
    Clock,
    about,
    counted,
    disclosure,
    foot,
    integrity,
    language,
    length,
    method,
    share,
)
from tarazy.supervision.looks.words import timetable_words
from tarazy.supervision.models import (
    Alert,
    Audience,
    Condition,
    ConditionKind,
    Order,
    PresenceChange,
)
from tarazy.supervision.models import (
    Presence as PresenceWords,
)
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.spent import Stretch, spent, stretches
from tarazy.supervision.presence.timetable import Demand, Interval, parse
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import (
    Column,
    Document,
    Part,
    Picture,
    Section,
    Table,
    Words,
)
from tarazy.supervision.reports.strips import Legend, strips
from tarazy.supervision.rules import SECRET_RULES

REPORT_DAYS_MAX = 92
ALERTS_MAX = 2_000
MOMENT = timedelta(microseconds=1)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The report, and its figures for a table."""

    order: Order
    span: Interval
    document: Document
    conditions: Sequence[Kept]
    unseen: Sequence[Unseen]
    audience: Audience


@dataclass(frozen=True, slots=True)
class Asked:
    """About whom, over which time, for whom."""

    person_id: str
    since: datetime
    until: datetime
    audience: Audience = Audience.SERVICE


@look("supervision.report.compliance")
def compliance(door: Door, asked: Asked, now: datetime) -> Compliance:
    """See how a person kept the order in a period: times in each state, alerts, what was not seen.

    The period is cut to the order that was in force last in it, and to now.
    """
    found = Order.objects.filter(
        person__public_id=asked.person_id,
        in_force__overlap=(asked.since, max(asked.since + MOMENT, asked.until)),
    )
    order = found.select_related("person", "officer").order_by("-in_force").first()
    if order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(order.person, asked.person_id, basis=order.public_id)
    door.keep(since=asked.since.isoformat(), until=asked.until.isoformat())
    if asked.until - asked.since > timedelta(days=REPORT_DAYS_MAX):
        raise Refused(Refusal.REPORT_TOO_LONG, days=REPORT_DAYS_MAX)
    span = Interval(
        max(asked.since, order.in_force.lower), min(asked.until, order.in_force.upper, now)
    )
    if span.since >= span.until:
        raise Refused(Refusal.REPORT_EMPTY)
    begun = order.conditions.select_related("zone").filter(period__isempty=False)
    conditions = list(begun.order_by("kind", "pk"))
    demands = _demands(order, conditions)
    kept = [_kept(one, demands[one.pk], span) for one in conditions]
    gaps = unseen_of(order, span)
    return Compliance(
        order=order,
        span=span,
        document=_document(order, span, kept, gaps, asked.audience, now),
        conditions=kept,
        unseen=gaps,
        audience=asked.audience,
    )


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
            Interval(one.period.lower, one.period.upper),
            permitted if stays else (),
            tuple(above) if stays else (),
        )
    return found


def _document(  # noqa: PLR0913, PLR0917 - the sections of a report are its arguments
    order: Order,
    span: Interval,
    kept: Sequence[Kept],
    gaps: Sequence[Unseen],
    audience: Audience,
    now: datetime,
) -> Document:
    clock = Clock.of(order)
    alerts = _alerts(order, span, audience)
    lead = gettext(
        "How the order was kept from {since} to {until}, as far as the device's reports show."
    ).format(since=clock.moment(span.since), until=clock.moment(span.until))
    document = Document(
        title=gettext("Compliance report"),
        lead=f"{order.person.full_name}. {lead}",
        language=language(),
        made_at=now,
        made=gettext("Made {moment}. {zone}").format(
            moment=clock.moment(now), zone=clock.said(now)
        ),
        reference="",
        foot=foot(),
        sections=(
            Section(gettext("The court's order"), (about(order, clock),)),
            *(_condition(one, clock) for one in kept if one.stays),
            _not_seen(gaps, span, clock),
            _absences(order, span, clock),
            _check_ins(order, span, clock),
            _found(alerts, clock),
            method([(one.version.alert.rule, one.version.alert.rule_version) for one in alerts]),
            disclosure(audience),
        ),
    )
    return replace(document, sections=(*document.sections, integrity(document)))


def _condition(kept: Kept, clock: Clock) -> Section:
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
    demand = gettext(condition.get_kind_display())
    parts: list[Part] = [
        Words(
            gettext("It applied {hours}; in this period {time}.").format(
                hours=hours, time=length(whole)
            )
        ),
        table,
    ]
    legend = Legend(
        words,
        gettext("hours in which it applied"),
        keep_out=condition.kind == ConditionKind.EXCLUSION,
    )
    picture = strips(kept.stays, kept.hours, clock.zone, legend)
    caption = gettext("Each day from 0 to 24 hours, by state.")
    parts.append(Picture(picture, caption))
    return Section(f"{demand[:1].upper()}{demand[1:]}: {condition.zone.name}", tuple(parts))


def _not_seen(gaps: Sequence[Unseen], span: Interval, clock: Clock) -> Section:
    whole = sum((one.until - one.since for one in gaps), timedelta())
    parts: list[Part] = [
        Words(
            gettext(
                "For {time} ({share} of the period) the person could not be monitored. That is"
                " neither a breach nor proof that the order was kept."
            ).format(time=length(whole), share=share(whole, span.until - span.since))
        ),
        Table(
            (
                Column(gettext("From")),
                Column(gettext("Until")),
                Column(gettext("How long"), number=True),
                Column(gettext("Why")),
            ),
            tuple(
                (
                    clock.moment(one.since),
                    clock.moment(one.until),
                    length(one.until - one.since),
                    gettext(WHY_WORDS[one.why]),
                )
                for one in gaps
            ),
            gettext("There was no such time."),
        ),
    ]
    return Section(gettext("When the person could not be monitored"), tuple(parts))


def _absences(order: Order, span: Interval, clock: Clock) -> Section:
    columns = (
        Column(gettext("From")),
        Column(gettext("Until")),
        Column(gettext("Reason")),
        Column(gettext("Decided by")),
        Column(gettext("State")),
    )
    touching = order.absences.filter(period__overlap=span)
    rows = tuple(
        (
            clock.moment(one.period.lower),
            clock.moment(one.period.upper),
            f"{one.reason} {one.evidence}".strip(),
            one.decided_by,
            gettext("withdrawn {moment}").format(moment=clock.moment(one.withdrawn_at))
            if one.withdrawn_at
            else gettext("granted {moment}").format(moment=clock.moment(one.granted_at)),
        )
        for one in touching.order_by("period", "pk")
    )
    empty = gettext("No absence was permitted.")
    return Section(gettext("Permitted absences"), (Table(columns, rows, empty),))


def _check_ins(order: Order, span: Interval, clock: Clock) -> Section:
    """Those that were asked for: one that is still to come is known to nobody."""
    columns = (
        Column(gettext("Asked for")),
        Column(gettext("To be answered by")),
        Column(gettext("What became of it")),
        Column(gettext("Note")),
    )
    asked = order.check_ins.filter(asked_at__gte=span.since, asked_at__lt=span.until)
    rows = tuple(
        (
            clock.moment(one.asked_at),
            clock.moment(one.until),
            gettext(one.get_state_display()),
            one.note,
        )
        for one in asked.order_by("asked_at", "pk")
    )
    empty = gettext("No check-in was asked for.")
    return Section(gettext("Check-ins"), (Table(columns, rows, empty),))


def _alerts(order: Order, span: Interval, audience: Audience) -> list[Chapter]:
    """Alerts that the period touches, oldest first; of each the newest version.

    In the copy for the defence none that would say where a protected person was.
    """
    begun = Alert.objects.filter(order=order, since__lt=span.until)
    if audience == Audience.DEFENCE:
        begun = begun.exclude(rule__in=SECRET_RULES)
    touching = begun.filter(until=None) | begun.filter(until__gt=span.since)
    newest = touching.order_by("since", "pk")[:ALERTS_MAX]
    return summaries(newest.prefetch_related("versions"))


def _found(alerts: Sequence[Chapter], clock: Clock) -> Section:
    causes = Counter(one.version.alert.rule for one in alerts)
    said_causes = ", ".join(f"{rule}: {count}" for rule, count in sorted(causes.items()))
    parts: list[Part] = [
        Words(
            gettext("An alert asks somebody to check. It is not a finding of guilt.")
            + (f" {counted(len(alerts))} ({said_causes})." if alerts else "")
        ),
        Table(
            (
                Column(gettext("It began")),
                Column(gettext("It ended")),
                Column(gettext("What the reports show")),
                Column(gettext("Certainty")),
                Column(gettext("What became of it")),
            ),
            tuple(
                (
                    clock.moment(one.version.since),
                    clock.moment(one.version.until),
                    one.sentence,
                    one.percent or "–",
                    _became(one),
                )
                for one in alerts
            ),
            gettext("There was no alert."),
        ),
    ]
    return Section(gettext("Alerts"), tuple(parts))


def _became(one: Chapter) -> str:
    state = gettext(one.version.get_state_display())
    return f"{state}: {one.version.note}" if one.version.note else state
