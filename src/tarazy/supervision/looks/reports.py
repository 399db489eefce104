# SPDX-License-Identifier: EUPL-1.2
"""The register of reports: what was given out about a person, receipts, checks and proofs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.utils.translation import gettext

from tarazy.core.audit import log
from tarazy.core.audit.looks import proof_of
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.looks.report_words import Clock, foot, language
from tarazy.supervision.models import Disclosure, LegalHold, Person, Report
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Document, Facts, Section, Words

REPORTS_MAX = 100
HOLDS_MAX = 20
ISSUE = "supervision.report.issue"
AROUND = timedelta(minutes=5)
"""The line is written at the end of the transaction that made the report."""
OWN_SERVICE = "own_service"


@dataclass(frozen=True, slots=True)
class Register:
    """The newest reports about a person, and the legal holds that nobody has lifted."""

    person: Person
    reports: Sequence[Report]
    holds: Sequence[LegalHold]


@look("supervision.report.list")
def register(door: Door, person_id: str) -> Register:
    """See which reports about a person were given out, and to whom."""
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__isempty=False).order_by("-in_force").first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(CoreRefusal.BASIS_MISSING)
    reports = person.reports.prefetch_related("disclosures").select_related("alert")
    holds = person.holds.filter(lifted_at=None).order_by("placed_at")
    return Register(person, list(reports[:REPORTS_MAX]), list(holds[:HOLDS_MAX]))


@look("supervision.report.check", personal=False)
def check_report(door: Door, sha256: str) -> Report:
    """Check whether a file is a report of this service, unchanged. Refused where it is not."""
    report = Report.objects.filter(pdf_sha256=sha256).first()
    door.permit(None, report.public_id if report else "")
    door.keep(pdf_sha256=sha256)
    if report is None:
        raise Refused(Refusal.REPORT_UNKNOWN)
    return report


@look("supervision.report.prove")
def prove_report(door: Door, report_id: str) -> dict[str, object]:
    """Prove to a stranger that a report was given out: its line in the log, under a signed head.

    `opened` has what the line commits to, so that the fingerprint can be read out of it.
    """
    report = _report(door, report_id)
    entries = log.about(ISSUE, report.public_id, report.made_at - AROUND, report.made_at + AROUND)
    if not entries:
        raise Refused(CoreRefusal.NOT_FOUND)
    opened = {
        name: {"salt": detail.salt.hex(), "value": detail.value}
        for name, detail in log.details(entries[0]).items()
    }
    return {**asdict(proof_of(entries[0])), "opened": opened}


@look("supervision.report.receipt")
def receipt(door: Door, receipt_id: str) -> Document:
    """See the receipt for a report that was handed over."""
    rows = Disclosure.objects.select_related("report__person", "report__order")
    handed = rows.filter(public_id=receipt_id).first()
    if handed is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    report = _report(door, handed.report.public_id)
    if report.order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    times = Clock.of(report.order)
    gone = gettext("(name deleted: its time is over)")
    recipient = gone if handed.forgotten_at else handed.recipient
    facts = (
        (gettext("Report"), f"{gettext(report.get_kind_display())}, {report.public_id}"),
        (gettext("Made for"), gettext(report.get_audience_display())),
        (gettext("Period"), f"{times.moment(report.since)} – {times.moment(report.until)}"),
        (gettext("Fingerprint of the file"), report.pdf_sha256),
        (gettext("Received by"), f"{recipient}, {handed.capacity}"),
        (gettext("Handed over"), times.moment(handed.handed_at)),
        (gettext("Receipt"), handed.public_id),
    )
    line = "_" * 32
    return Document(
        title=gettext("Receipt for a report"),
        lead=gettext("The report named below was handed over."),
        language=language(),
        made_at=handed.handed_at,
        made=times.said(report.since, handed.handed_at),
        reference=handed.public_id,
        foot=foot(),
        sections=(
            Section(gettext("What"), (Facts(facts),)),
            Section(
                gettext("Signatures"),
                (
                    Words(gettext("Received: {line}").format(line=line)),
                    Words(gettext("Handed over: {line}").format(line=line)),
                ),
            ),
        ),
    )


def _report(door: Door, report_id: str) -> Report:
    report = Report.objects.select_related("person", "order").filter(public_id=report_id).first()
    if report is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if report.person is None or report.order is None:
        door.permit(None, report.public_id, basis=OWN_SERVICE)
    else:
        door.permit(report.person, report.public_id, basis=report.order.public_id)
    return report
