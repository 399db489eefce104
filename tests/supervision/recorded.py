# SPDX-License-Identifier: EUPL-1.2
"""Records for the walk over the policy: one of each kind, about a person."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.factory import CONSOLE, Supervised, user
from supervision.reported import document

from tarazy.core.access import Role
from tarazy.supervision.actions.reports import Subject, disclose_report, issue_report
from tarazy.supervision.models import (
    Alert,
    AlertVersion,
    Appointment,
    CheckIn,
    Contact,
    ContactDraft,
    Cover,
    Disclosure,
    DraftCondition,
    Fitting,
    LegalHold,
    Order,
    OrderDraft,
    OrderVersion,
    Paper,
    PermittedAbsence,
    Report,
    ReportKind,
    WearerMessage,
)
from tarazy.supervision.presence.timetable import Interval

NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def alert_of(one: Supervised) -> Alert:
    facts = {"state": "active", "since": NOW, "known_at": NOW}
    alert = Alert.objects.create(
        person=one.person, order=one.order, condition=one.curfew, rule="S-CURFEW-ABSENCE",
        rule_version=1, severity="high", **facts,
    )  # fmt: skip
    AlertVersion.objects.create(
        alert=alert, number=1, sentence="Away from {zone}.", facts={"zone": "home"},
        probability=0.9, actor="sys_engine", **facts,
    )  # fmt: skip
    return alert


def absence_of(one: Supervised) -> str:
    span = DateTimeTZRange(NOW, NOW + timedelta(hours=1))
    more = {"reason": "a", "decided_by": "b", "granted_at": NOW, "granted_by": "sys_console"}
    return PermittedAbsence.objects.create(order=one.order, period=span, **more).public_id


def hold_of(one: Supervised) -> str:
    """A hold that nobody has lifted."""
    facts = {"reason": "case 7", "placed_by": "sys_console", "placed_at": NOW}
    return LegalHold.objects.create(person=one.person, **facts).public_id


def contact_draft_of(one: Supervised) -> str:
    """Between this order and another; asked by somebody who is none of the walk's users."""
    found = ContactDraft.objects.filter(order=one.order, state="submitted").first()
    if found is None:
        name = f"contact.author.{ContactDraft.objects.count()}"
        more = {"document_number": "1", "author": user(name, Role.OFFICER), "created_at": NOW}
        other = Order.objects.exclude(pk=one.order.pk).order_by("pk")[0]
        found = ContactDraft.objects.create(
            order=one.order, other_order=other, radius_m=100, **more
        )
    return found.public_id


def report_of(one: Supervised) -> Report:
    span = Interval(NOW - timedelta(days=2), NOW - timedelta(days=1))
    subject = Subject(kind=ReportKind.COMPLIANCE, span=span, order=one.order)
    return issue_report(CONSOLE, subject, document())[0]


def receipt_of(one: Supervised) -> Disclosure:
    return disclose_report(CONSOLE, report_of(one).public_id, "A. Test", "counsel")


def asked_of(one: Supervised) -> CheckIn:
    return CheckIn.objects.create(
        order=one.order, route="call", state="asked", due_at=NOW, answer_min=30, asked_at=NOW,
        until=NOW + timedelta(minutes=30),
    )  # fmt: skip


def contact_of(one: Supervised) -> Contact:
    return Contact.objects.create(person=one.person, kind="household", name="x", phone="1234")


def draft_of(one: Supervised) -> OrderDraft:
    """A change of the person's order that somebody else prepares."""
    known = OrderDraft.objects.filter(order=one.order).first()
    return known or OrderDraft.objects.create(
        kind="extension", order=one.order, person=one.person, full_name=one.person.full_name,
        measure="bail", court="x", document_number="x", judge="x", decided_on=NOW.date(),
        author=user(f"author.{one.person.pk}", Role.OFFICER), created_at=NOW,
    )  # fmt: skip


def demanded(one: Supervised, kind: str, place: str, **facts: Any) -> DraftCondition:
    """A demand of an approved document of the person's order, in that document's words."""
    number = OrderDraft.objects.count()
    author, approver = (user(f"{name}.{number}", Role.OFFICER) for name in ("asked", "approved"))
    draft = OrderDraft.objects.create(
        kind="original", state="approved", order=one.order, person=one.person, full_name="x",
        measure="bail", court="x", document_number="x", judge="x", decided_on=NOW.date(),
        since=one.order.in_force.lower, until=one.order.in_force.upper,
        author=author, decided_by=approver, decided_at=NOW, created_at=NOW,
    )  # fmt: skip
    return DraftCondition.objects.create(draft=draft, kind=kind, place=place, **facts)


def scan_of(one: Supervised) -> str:
    """A scan of the person's order, whose bytes are lost."""
    known = OrderVersion.objects.filter(order=one.order, number=9).first()
    if known is not None and known.scan is not None:
        return known.scan.public_id
    scan = Paper.objects.create(
        kind="scan", content_type="application/pdf", name="x", size_bytes=1, sha256="0" * 64,
        scanned=False, recorded_at=NOW, recorded_by="usr_x",
    )  # fmt: skip
    OrderVersion.objects.create(
        order=one.order, number=9, kind="variation", court="x", document_number="x", judge="x",
        decided_on=NOW.date(), in_force=one.order.in_force, recorded_at=NOW, recorded_by="x",
        scan=scan,
    )  # fmt: skip
    return scan.public_id


def appointment_of(one: Supervised) -> str:
    known = one.order.appointments.first()
    if known is None:
        known = Appointment.objects.create(order=one.order, at=NOW, place="x", recorded_by="x")
    return known.public_id


def message_of(one: Supervised) -> str:
    known = one.order.messages.first()
    if known is None:
        known = WearerMessage.objects.create(order=one.order, text="x", sent_at=NOW, sent_by="x")
    return known.public_id


def cover_of(one: Supervised) -> str:
    """A leave of two officers who are not the user."""
    known = Cover.objects.first()
    if known is None:
        away, back = (user(f"{name}.{one.person.pk}", Role.OFFICER) for name in ("away", "back"))
        period = (NOW, NOW + timedelta(days=1))
        known = Cover.objects.create(officer=away, substitute=back, period=period, recorded_by="x")
    return known.public_id


def fitting_of(one: Supervised) -> str:
    return Fitting.objects.get(device=one.device).public_id
