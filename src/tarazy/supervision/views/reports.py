# SPDX-License-Identifier: EUPL-1.2
"""Reports: read on the screen, given out as PDF, handed over with a receipt, checked later."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.door import together
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.tables import harmless
from tarazy.core.web import actor_of, attachment, sentence_of
from tarazy.supervision.actions import reports as report_actions
from tarazy.supervision.judging.unseen import Why
from tarazy.supervision.looks import compliance as compliance_looks
from tarazy.supervision.looks import figures as figure_looks
from tarazy.supervision.looks import incident as incident_looks
from tarazy.supervision.looks import reports as report_looks
from tarazy.supervision.models import Audience, ReportKind
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import numbers_of
from tarazy.supervision.reports.printing import pdf_of

DAYS_DEFAULT = 7
ISSUE = "supervision.report.issue"
MENDED = {
    Refusal.BAD_TIME,
    Refusal.PERIOD_BACKWARDS,
    Refusal.REPORT_TOO_LONG,
    Refusal.REPORT_EMPTY,
}
"""What another period mends."""
PDF = "application/pdf"


@require_GET
def register(request: HttpRequest, person_id: str) -> HttpResponse:
    """What was given out about a person, and the form for a new report."""
    return _register(request, person_id)


def register_with(request: HttpRequest, person_id: str, refused: Refused) -> HttpResponse:
    """The register with what is to be mended; what was typed stays."""
    return _register(request, person_id, sentence_of(refused))


def _register(request: HttpRequest, person_id: str, refusal: str = "") -> HttpResponse:
    today = timezone.localdate(clock.now())
    actor, typed = actor_of(request), _typed(request)
    facts = {
        "page": report_looks.register(actor, person_id),
        "since": typed.get("since") or f"{today - timedelta(days=DAYS_DEFAULT):%Y-%m-%d}",
        "until": typed.get("until") or f"{today:%Y-%m-%d}",
        "days_max": compliance_looks.REPORT_DAYS_MAX,
        "audiences": Audience.choices,
        "may_issue": bool(POLICY.reaches(actor, ISSUE)),
        "may_hold": bool(POLICY.reaches(actor, "supervision.hold.place")),
        "may_lift": bool(POLICY.reaches(actor, "supervision.hold.lift")),
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "recipient": request.POST.get("recipient", ""),
        "capacity": request.POST.get("capacity", ""),
    }
    return render(request, "supervision/reports.html", facts, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
def compliance(request: HttpRequest, person_id: str) -> HttpResponse:
    """The compliance report of a period: a page, or with POST a PDF that is registered.

    Without a period it leads to where one is chosen.
    """
    if request.method == "GET" and not {"since", "until"} & set(request.GET):
        return redirect("supervision:reports", person_id=person_id)
    try:
        asked = _asked(request, person_id)
        with together():
            seen = compliance_looks.compliance(actor_of(request), asked, clock.now())
            if request.method == "POST":
                subject = report_actions.Subject(
                    kind=ReportKind.COMPLIANCE,
                    span=seen.span,
                    audience=seen.copy.audience,
                    order=seen.order,
                )
                report, pdf = report_actions.issue_report(actor_of(request), subject, seen.document)
                return attachment(pdf, PDF, f"{report.public_id}.pdf")
    except Refused as refused:
        if refused.name == CoreRefusal.NOT_FOUND:  # the register refuses who is not in it
            refused = Refused(Refusal.REPORT_EMPTY)
        if refused.name not in MENDED:
            raise
        return register_with(request, person_id, refused)
    facts = {
        "document": seen.document,
        "person": seen.order.person,
        "audience": seen.copy.audience,
        "for_defence": True,
    }
    return render(request, "supervision/report.html", facts | _may(request))


@require_GET
def compliance_table(request: HttpRequest, person_id: str) -> HttpResponse:
    """The figures of a compliance report as CSV: each stretch by state, and what was unseen."""
    asked = _asked(request, person_id)
    seen = compliance_looks.compliance(actor_of(request), asked, clock.now())
    return _csv(_rows(seen), f"compliance-{person_id}.csv")


def _rows(seen: compliance_looks.Compliance) -> Iterator[list[str]]:
    yield ["record", "name", "state", "since_utc", "until_utc", "seconds", "applied"]
    for one in seen.conditions:
        if seen.copy.leaves_out(one.condition):
            continue
        told = [("all", stay) for stay in one.stays] + [("hours", stay) for stay in one.due]
        for applied, stay in told:
            name = seen.copy.zone(one.condition)
            yield ["presence", name, stay.presence.value, *_edges(stay.since, stay.until), applied]
    for gap in seen.unseen:
        record = "deleted" if gap.why is Why.PLACES_DELETED else "unmonitored"
        yield [record, "", str(gap.why), *_edges(gap.since, gap.until), ""]


def _edges(since: datetime, until: datetime) -> list[str]:
    """From when, until when, for how many seconds: to the microsecond, so that they add up."""
    return [since.isoformat(), until.isoformat(), f"{(until - since).total_seconds():.13g}"]


@require_http_methods(["GET", "POST"])
def incident(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The court report of an alert: a page, or with POST a PDF that is registered."""
    audience = _audience(request)
    with together():
        seen = incident_looks.incident(actor_of(request), alert_id, audience, clock.now())
        if request.method == "POST":
            subject = report_actions.Subject(
                kind=ReportKind.INCIDENT,
                span=seen.span,
                audience=audience,
                order=seen.order,
                alert=seen.alert,
            )
            report, pdf = report_actions.issue_report(actor_of(request), subject, seen.document)
            return attachment(pdf, PDF, f"{report.public_id}.pdf")
    facts = {
        "document": seen.document,
        "person": seen.order.person,
        "alert": seen.alert,
        "audience": audience,
        "for_defence": seen.for_defence,
        "no_places": not seen.has_places,
    }
    return render(request, "supervision/report.html", facts | _may(request))


@require_GET
def incident_places(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The fixes of a court report as GeoJSON."""
    seen = incident_looks.incident(actor_of(request), alert_id, _audience(request), clock.now())
    answer = JsonResponse(seen.geojson(), content_type="application/geo+json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{alert_id}.geojson"'
    return answer


@require_http_methods(["GET", "POST"])
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a month: a page, or with POST a PDF that is registered."""
    asked = _typed(request).get("month", "")
    span = _month(asked or f"{timezone.localdate(clock.now()):%Y-%m}")
    zone = timezone.get_current_timezone()
    with together():
        seen = figure_looks.figures(actor_of(request), span, zone, clock.now())
        if request.method == "POST":
            subject = report_actions.Subject(kind=ReportKind.FIGURES, span=seen.span)
            report, pdf = report_actions.issue_report(actor_of(request), subject, seen.document)
            return attachment(pdf, PDF, f"{report.public_id}.pdf")
    month = f"{timezone.localtime(span.since):%Y-%m}"
    facts = {"document": seen.document, "month": month}
    return render(request, "supervision/figures.html", facts | _may(request))


@require_GET
def figures_table(request: HttpRequest) -> HttpResponse:
    """The figures of a month as CSV, one number a line, under the words of the report."""
    span = _month(request.GET.get("month", ""))
    zone = timezone.get_current_timezone()
    seen = figure_looks.figures(actor_of(request), span, zone, clock.now())
    month = f"{timezone.localtime(span.since):%Y-%m}"
    rows = [["month", "table", "row", "column", "value"]]
    rows += [[month, *row] for row in numbers_of(seen.document)]
    return _csv(rows, f"figures-{month}.csv")


def _month(text: str) -> Interval:
    """A local month such as 2026-11, as UTC."""
    begin = _midnight(f"{text}-01")
    try:
        after = timezone.localtime(begin + timedelta(days=32))
    except OverflowError as error:
        raise Refused(Refusal.BAD_TIME) from error
    return Interval(begin, _midnight(f"{after:%Y-%m}-01"))


@require_POST
def disclose(request: HttpRequest, report_id: str) -> HttpResponse:
    """Note that a report was handed over."""
    recipient, capacity = request.POST.get("recipient", ""), request.POST.get("capacity", "")
    try:
        handed = report_actions.disclose_report(actor_of(request), report_id, recipient, capacity)
    except Refused as refused:
        if refused.name != Refusal.RECIPIENT_MISSING:
            raise
        return _register(request, request.POST.get("person", ""), sentence_of(refused))
    messages.success(request, gettext("It is noted. Print the receipt and have it signed."))
    person = handed.report.person
    return redirect("supervision:reports", person_id=person.public_id if person else "")


@require_GET
def receipt(request: HttpRequest, receipt_id: str) -> HttpResponse:
    """The receipt as PDF."""
    document = report_looks.receipt(actor_of(request), receipt_id)
    return attachment(pdf_of(document), PDF, f"{receipt_id}.pdf")


@require_GET
def proof(request: HttpRequest, report_id: str) -> HttpResponse:
    """The proof from the log that a report was given out."""
    answer = JsonResponse(report_looks.prove_report(actor_of(request), report_id))
    answer.headers["Content-Disposition"] = f'attachment; filename="{report_id}.proof.json"'
    return answer


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether a file is a report of this service, unchanged."""
    facts: dict[str, object] = {}
    if request.method == "POST":
        sha256, file = hashlib.sha256(), request.FILES.get("file")
        for part in file.chunks() if file is not None else ():
            sha256.update(part)
        try:
            facts["report"] = report_looks.check_report(actor_of(request), sha256.hexdigest())
        except Refused as refused:
            if refused.name != Refusal.REPORT_UNKNOWN:
                raise
            facts["refusal"] = sentence_of(refused)
    status = 422 if "refusal" in facts else 200
    return render(request, "supervision/report_check.html", facts, status=status)


def _asked(request: HttpRequest, person_id: str) -> compliance_looks.Asked:
    facts = _typed(request)
    span = Interval(
        _midnight(facts.get("since", "")), _midnight(facts.get("until", ""), timedelta(days=1))
    )
    return compliance_looks.Asked(person_id, span.since, span.until, _audience(request))


def _typed(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _audience(request: HttpRequest) -> Audience:
    facts = _typed(request)
    return Audience.DEFENCE if facts.get("for") == Audience.DEFENCE else Audience.SERVICE


def _midnight(text: str, later: timedelta = timedelta()) -> datetime:
    """The beginning of a local day, as UTC."""
    try:
        day = date.fromisoformat(text) + later
        return timezone.make_aware(datetime.combine(day, time())).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(Refusal.BAD_TIME) from error


def _may(request: HttpRequest) -> dict[str, object]:
    asked = request.GET.copy()
    return {
        "may_issue": bool(POLICY.reaches(actor_of(request), ISSUE)),
        "since": asked.get("since", ""),
        "until": asked.get("until", ""),
    }


def _csv(rows: Iterable[list[str]], name: str) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    # A spreadsheet takes UTF-8 for what it is only with this mark.
    return attachment(("\ufeff" + text.getvalue()).encode(), "text/csv", name)
