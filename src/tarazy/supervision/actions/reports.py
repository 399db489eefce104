# SPDX-License-Identifier: EUPL-1.2
"""Reports are given out, and handed over: each leaves its fingerprint and a line in the log."""

import hashlib
from dataclasses import dataclass, replace

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Alert, Audience, Disclosure, Order, Report, ReportKind
from tarazy.supervision.models.reports import new_report_id
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Document
from tarazy.supervision.reports.printing import pdf_of

NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a report is about, and for whom it is; figures are about no order."""

    kind: ReportKind
    span: Interval
    audience: Audience = Audience.SERVICE
    order: Order | None = None
    alert: Alert | None = None


@action("supervision.report.issue")
def issue_report(door: Door, subject: Subject, document: Document) -> tuple[Report, bytes]:
    """Give a report out as PDF/A, and keep its fingerprint, not the report."""
    public_id, order = new_report_id(), subject.order
    if order is None:
        door.permit(None, public_id)
    else:
        door.permit(order.person, public_id, basis=order.public_id)
    pdf = pdf_of(replace(document, reference=public_id))
    report = Report.objects.create(
        public_id=public_id,
        kind=subject.kind,
        audience=subject.audience,
        person=order.person if order else None,
        order=order,
        alert=subject.alert,
        since=subject.span.since,
        until=subject.span.until,
        language=document.language,
        facts_sha256=document.digest(),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        made_by=door.actor.id,
        made_at=clock.now(),
    )
    door.keep(
        pdf_sha256=report.pdf_sha256, facts_sha256=report.facts_sha256, audience=report.audience
    )
    return report, pdf


@action("supervision.report.disclose")
def disclose_report(door: Door, report_id: str, recipient: str, capacity: str) -> Disclosure:
    """Note that a report was handed to somebody; the receipt is printed from this."""
    report = Report.objects.select_related("person", "order").filter(public_id=report_id).first()
    if report is None or report.person is None or report.order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(report.person, report.public_id, basis=report.order.public_id)
    recipient, capacity = recipient.strip(), capacity.strip()
    if not (recipient and capacity) or max(len(recipient), len(capacity)) > NAME_LENGTH_MAX:
        raise Refused(Refusal.RECIPIENT_MISSING)
    disclosure = Disclosure.objects.create(
        report=report,
        recipient=recipient,
        capacity=capacity,
        handed_by=door.actor.id,
        handed_at=clock.now(),
    )
    door.keep(receipt=disclosure.public_id, recipient=recipient, capacity=capacity)
    return disclosure
