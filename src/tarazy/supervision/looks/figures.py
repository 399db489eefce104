# SPDX-License-Identifier: EUPL-1.2
"""Monthly figures for management and the prosecutor: orders, alerts, looks; nobody by name."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext

from tarazy.core.access import ROLE_TITLES, Role
from tarazy.core.audit import log
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.supervision.cards import EVER
from tarazy.supervision.causes import false_codes
from tarazy.supervision.looks.report_words import Clock, foot, integrity, language, length
from tarazy.supervision.models import Alert, AlertState, AlertVersion, Fitting, Order
from tarazy.supervision.models.duty import cause_choices
from tarazy.supervision.models.orders import measure_choices
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Column, Document, Part, Section, Table, Words

SYSTEM_PREFIX = "sys_"


@dataclass(frozen=True, slots=True)
class Figures:
    """The report and its month."""

    span: Interval
    document: Document


@look("supervision.report.figures", personal=False)
def figures(door: Door, span: Interval, zone: ZoneInfo, now: datetime) -> Figures:
    """See the figures of a local month: orders by measure, alerts by cause, looks by role.

    A month that goes on is counted until now, and the report says so.
    """
    door.permit(None, f"figures/{span.since.astimezone(zone):%Y-%m}")
    if span.since >= now:
        raise Refused(Refusal.REPORT_EMPTY)
    clock = Clock(zone)
    counted = Interval(span.since, min(span.until, now))
    month = date_format(span.since.astimezone(zone), "F Y")
    document = Document(
        title=gettext("Figures of a month"),
        lead=gettext("{month}: counted from {since} to {until}.").format(
            month=month, since=clock.moment(counted.since), until=clock.moment(counted.until)
        ),
        language=language(),
        made_at=now,
        made=gettext("Made {moment}. {zone}").format(
            moment=clock.moment(now), zone=clock.said(span.since, now)
        ),
        reference="",
        foot=foot(),
        sections=(_orders(counted), _alerts(counted), _causes(counted), _looks(counted)),
    )
    return Figures(counted, replace(document, sections=(*document.sections, integrity(document))))


def _orders(span: Interval) -> Section:
    """By measure. Ended late: a device was on the person after the end, and no order followed."""
    rows = Order.objects.filter(in_force__isempty=False)
    # What begins with the next month is in force at its first moment, and is counted there.
    at_the_end = rows.filter(in_force__startswith__lt=span.until, in_force__endswith__gt=span.until)
    running = Counter(at_the_end.values_list("measure", flat=True))
    began = Counter(
        rows.filter(
            in_force__startswith__gte=span.since, in_force__startswith__lt=span.until
        ).values_list("measure", flat=True)
    )
    over = rows.filter(in_force__endswith__gt=span.since, in_force__endswith__lte=span.until)
    ended = Counter(over.values_list("measure", flat=True))
    same = {"person": OuterRef("person")}
    worn = Fitting.objects.filter(**same, period__contains=OuterRef("in_force__endswith"))
    next_order = Order.objects.filter(**same, in_force__contains=OuterRef("in_force__endswith"))
    stayed = over.filter(Exists(worn), ~Exists(next_order))
    late = Counter(stayed.values_list("measure", flat=True))
    columns = (
        Column(gettext("Measure")),
        Column(gettext("In force at the end"), number=True),
        Column(gettext("Began"), number=True),
        Column(gettext("Ended"), number=True),
        Column(gettext("A device stayed on after the end"), number=True),
    )
    counts = (running, began, ended, late)
    titles = dict(measure_choices())
    table = tuple(
        (titles.get(code, code), *(str(count[code]) for count in counts))
        for code in dict.fromkeys([*titles, *sorted(set().union(*counts))])
        if any(count[code] for count in counts)
    )
    empty = gettext("No order was in force in this month.")
    return Section(gettext("Orders"), (Table(columns, table, empty),))


def _alerts(span: Interval) -> Section:
    """By rule: raised in the month, what became of them, how soon somebody took them in hand."""
    raised = Alert.objects.filter(known_at__gte=span.since, known_at__lt=span.until)
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    false: Counter[str] = Counter()
    for_nothing = set(false_codes(settings.TARAZY.causes))
    for rule, state, cause in raised.values_list("rule", "state", "cause"):
        by_rule[rule][state] += 1
        false[rule] += cause in for_nothing
    waits = _waits(span)
    columns = (
        Column(gettext("Rule")),
        Column(gettext("Raised"), number=True),
        Column(gettext("Withdrawn"), number=True),
        Column(gettext("Resolved"), number=True),
        Column(gettext("Still open"), number=True),
        Column(gettext("Called for nothing"), number=True),
        Column(gettext("Taken in hand after, median"), number=True),
    )
    rows = tuple(
        (
            gettext(EVER[rule].title) if rule in EVER else rule,
            str(states.total()),
            str(states[AlertState.WITHDRAWN]),
            str(states[AlertState.RESOLVED]),
            str(states.total() - states[AlertState.WITHDRAWN] - states[AlertState.RESOLVED]),
            _of(false[rule], states[AlertState.RESOLVED]),
            waits.get(rule, "–"),
        )
        for rule, states in sorted(by_rule.items(), key=lambda one: -one[1].total())
    )
    parts: list[Part] = [
        Table(columns, rows, gettext("No alert was raised in this month.")),
        Words(gettext("An alert asks somebody to check. It is not a finding of guilt.")),
        Words(
            gettext(
                "Called for nothing: resolved as a fault of the device, of reception or of our own"
                " service, or as charging; in percent of what was resolved."
            )
        ),
    ]
    return Section(gettext("Alerts"), tuple(parts))


def _causes(span: Interval) -> Section:
    """By what they turned out to be: of the month's alerts those that somebody has resolved."""
    raised = Alert.objects.filter(known_at__gte=span.since, known_at__lt=span.until)
    counts = Counter(raised.filter(state=AlertState.RESOLVED).values_list("cause", flat=True))
    titles, kinds = dict(cause_choices()), settings.TARAZY.causes
    counts_as = {
        "true": gettext("something had happened"),
        "false": gettext("called for nothing"),
        "neither": gettext("neither"),
    }
    columns = (
        Column(gettext("Cause")),
        Column(gettext("Resolved"), number=True),
        Column(gettext("Share"), number=True),
        Column(gettext("Counts as")),
    )
    whole = counts.total()
    rows = tuple(
        (
            titles.get(code, code) or gettext("no cause"),
            str(counts[code]),
            f"{100 * counts[code] / whole:.0f} %",
            counts_as[kinds[code].counts_as] if code in kinds else "–",
        )
        for code in dict.fromkeys([*titles, *sorted(counts)])
        if counts[code]
    )
    open_still = raised.count() - whole
    parts: list[Part] = [
        Table(columns, rows, gettext("No alert of this month is resolved.")),
        Words(
            gettext(
                "Of the alerts that were raised in the month. Not resolved yet, and so in no line:"
                " {count}."
            ).format(count=open_still)
        ),
    ]
    return Section(gettext("Alerts by cause"), tuple(parts))


def _of(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else "–"


def _waits(span: Interval) -> dict[str, str]:
    """By rule, the median time from an alert to the first thing that a person did about it."""
    first = (
        AlertVersion.objects.filter(
            ~Q(actor__startswith=SYSTEM_PREFIX),
            alert__known_at__gte=span.since,
            alert__known_at__lt=span.until,
        )
        .values("alert__rule", "alert_id", known=F("alert__known_at"))
        .annotate(taken=Min("known_at"))
    )
    times = defaultdict(list)
    for row in first:
        times[row["alert__rule"]].append(row["taken"] - row["known"])
    return {rule: length(median(found)) for rule, found in times.items()}


def _looks(span: Interval) -> Section:
    counts = log.looks_by_role(span.since, span.until)
    columns = (
        Column(gettext("Role")),
        Column(gettext("Looks"), number=True),
        Column(gettext("Refused"), number=True),
    )
    rows = tuple((_title(role), str(done), str(refused)) for role, done, refused in counts)
    parts: Sequence[Part] = (
        Words(
            gettext(
                "How often somebody looked at protected data, and how often that was refused. Who"
                " has several roles is counted in each."
            )
        ),
        Table(columns, rows, gettext("Nobody looked at anything.")),
    )
    return Section(gettext("Looks"), tuple(parts))


def _title(role: str) -> str:
    return gettext(ROLE_TITLES[Role(role)]) if role in set(Role) else role
