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
from tarazy.supervision.judging.unseen import Unseen, Why
from tarazy.supervision.looks.acts import became
from tarazy.supervision.looks.alerts import Chapter, summaries
from tarazy.supervision.looks.defence import UNTOLD, Copy
from tarazy.supervision.looks.gaps import unseen_of
from tarazy.supervision.looks.kept import (
    Kept,
    kept_of,
    kept_section,
    undrawn_of,
    undrawn_section,
)
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
    made,
    method,
    share,
)
from tarazy.supervision.looks.terms import became_of
from tarazy.supervision.looks.words import claim_of
from tarazy.supervision.models import Alert, AlertVersion, Audience, Order
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import (
    Column,
    Document,
    Part,
    Section,
    Table,
    Words,
)
from tarazy.supervision.rules import SECRET_RULES

REPORT_DAYS_MAX = 92
ALERTS_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The report, and its figures for a table."""

    order: Order
    span: Interval
    document: Document
    conditions: Sequence[Kept]
    unseen: Sequence[Unseen]
    """Also where places were deleted since, which was no time without monitoring."""
    copy: Copy


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
    if asked.until <= asked.since:
        raise Refused(Refusal.PERIOD_BACKWARDS)
    found = Order.objects.filter(
        person__public_id=asked.person_id,
        in_force__overlap=(asked.since, asked.until),
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
    copy = Copy.of(order, asked.audience)
    kept, gaps = kept_of(order, span), unseen_of(order, span, now)
    return Compliance(
        order=order,
        span=span,
        document=_document(order, span, kept, gaps, copy, now),
        conditions=kept,
        unseen=gaps,
        copy=copy,
    )


def _document(  # noqa: PLR0913, PLR0917 - the sections of a report are its arguments
    order: Order,
    span: Interval,
    kept: Sequence[Kept],
    gaps: Sequence[Unseen],
    copy: Copy,
    now: datetime,
) -> Document:
    clock = Clock.of(order)
    alerts = _alerts(order, span, copy)
    unseen = [one for one in gaps if one.why is not Why.PLACES_DELETED]
    lead = gettext(
        "How the order was kept from {since} to {until}, as far as the device's reports show."
    ).format(since=clock.moment(span.since), until=clock.moment(span.until))
    document = Document(
        title=gettext("Compliance report"),
        lead=f"{order.person.full_name}. {lead}",
        language=language(),
        made_at=now,
        made=made(order, now, clock),
        reference="",
        foot=foot(),
        sections=(
            Section(gettext("The court's order"), (about(order, clock),)),
            *(_demanded(order, span, kept, unseen, copy)),
            _not_seen(gaps, span, clock),
            _absences(order, span, clock),
            _check_ins(order, span, copy, clock),
            _found(alerts, copy, clock),
            method(
                [
                    (one.version.alert.rule, one.version.alert.rule_version)
                    for one in alerts[:ALERTS_MAX]
                ]
            ),
            disclosure(copy.audience),
        ),
    )
    return replace(document, sections=(*document.sections, integrity(document)))


def _demanded(
    order: Order, span: Interval, kept: Sequence[Kept], unseen: Sequence[Unseen], copy: Copy
) -> list[Section]:
    """Each demand, judged or not; where there is none, that there is none."""
    clock = Clock.of(order)
    found = [kept_section(one, unseen, copy, clock) for one in kept if one.stays]
    found += [undrawn_section(one, clock) for one in undrawn_of(order, span)]
    said = gettext(
        "No demand of the order was judged in this period: none with a zone is recorded. Nothing"
        " says whether the order was kept."
    )
    return found or [Section(gettext("What the order demands"), (Words(said),))]


def _not_seen(gaps: Sequence[Unseen], span: Interval, clock: Clock) -> Section:
    """The time that could not be monitored; apart from it that of which places were deleted."""
    unseen = [one for one in gaps if one.why is not Why.PLACES_DELETED]
    deleted = [one for one in gaps if one.why is Why.PLACES_DELETED]
    whole = sum((one.until - one.since for one in unseen), timedelta())
    parts: list[Part] = [
        Words(
            gettext(
                "For {time} ({share} of the period) the person could not be monitored. That is"
                " neither a breach nor proof that the order was kept. All of the period counts,"
                " also hours in which no demand applied."
            ).format(time=length(whole), share=share(whole, span.until - span.since))
        ),
        _stretches(unseen, clock, gettext("There was no such time.")),
    ]
    if deleted:
        gone = sum((one.until - one.since for one in deleted), timedelta())
        parts += [
            Words(
                gettext(
                    "For {time} the places were deleted, as the law or the order asks. This is not"
                    " counted above: what was found of them then stays, and is in the tables of the"
                    " demands. Where nothing was judged, nobody can tell any more."
                ).format(time=length(gone))
            ),
            _stretches(deleted, clock, ""),
        ]
    return Section(gettext("When the person could not be monitored"), tuple(parts))


def _stretches(found: Sequence[Unseen], clock: Clock, empty: str) -> Table:
    return Table(
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
            for one in found
        ),
        empty,
    )


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


def _check_ins(order: Order, span: Interval, copy: Copy, clock: Clock) -> Section:
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
            became_of(one),
            "" if copy.for_defence else one.note,
        )
        for one in asked.order_by("asked_at", "pk")
    )
    empty = gettext("No check-in was asked for.")
    return Section(gettext("Check-ins"), (Table(columns, rows, empty),))


def _alerts(order: Order, span: Interval, copy: Copy) -> list[Chapter]:
    """Alerts that the period touches, oldest first; of each the newest version, and what it claims.

    One more than is shown, where there are more. In a copy for the defence none that would say
    where a protected person was.
    """
    begun = Alert.objects.filter(order=order, since__lt=span.until)
    touching = begun.filter(until=None) | begun.filter(until__gt=span.since)
    if copy.for_defence:
        touching = touching.exclude(rule__in=SECRET_RULES)
        fences = touching.filter(rule__in=UNTOLD).select_related("condition__zone")
        secret = [one.pk for one in fences if not copy.may_be_made(one)]
        touching = touching.exclude(pk__in=secret)
    rows = touching.select_related("condition__zone").order_by("since", "pk")[: ALERTS_MAX + 1]
    found = list(rows.prefetch_related("versions"))
    claims = [claim_of(sorted(one.versions.all(), key=_number)) for one in found]
    return [
        replace(chapter, sentence=copy.sentence(claim, alert.condition))
        for chapter, claim, alert in zip(summaries(found), claims, found, strict=True)
    ]


def _number(version: AlertVersion) -> int:
    return version.number


def _found(alerts: Sequence[Chapter], copy: Copy, clock: Clock) -> Section:
    shown = alerts[:ALERTS_MAX]
    causes = Counter(one.version.alert.rule for one in shown)
    said_causes = ", ".join(f"{rule}: {count}" for rule, count in sorted(causes.items()))
    parts: list[Part] = [
        Words(
            gettext("An alert asks somebody to check. It is not a finding of guilt.")
            + (f" {counted(len(shown))} ({said_causes})." if shown else "")
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
                    became(one, copy),
                )
                for one in shown
            ),
            gettext("There was no alert."),
        ),
    ]
    if len(alerts) > ALERTS_MAX:
        parts.insert(
            1,
            Words(
                gettext(
                    "There are more alerts than this report can show: these are the first {count},"
                    " and the numbers count them alone. Ask for a shorter period to see the others."
                ).format(count=ALERTS_MAX)
            ),
        )
    return Section(gettext("Alerts"), tuple(parts))
