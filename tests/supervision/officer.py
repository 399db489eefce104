# SPDX-License-Identifier: EUPL-1.2
"""What the tests of the officer's day share: a court's document, its scan, who decides on it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client
from supervision.raised import actor

from tarazy.core.access import Actor
from tarazy.core.models import User
from tarazy.supervision.actions.drafts import (
    DraftDemand,
    DraftFacts,
    approve_draft,
    save_draft,
    submit_draft,
)
from tarazy.supervision.actions.orders import CourtDocument, PersonFacts
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.models import ConditionKind, Order, OrderDraft, PaperKind, VersionKind

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NIGHT: list[dict[str, object]] = [
    {"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}
]
PAPER = CourtDocument(
    court="Court No. 1", number="7-1/2026", judge="B. Test", decided_on=date(2026, 11, 1)
)


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a test's own clock


def new_order(author: Actor, **more: Any) -> DraftFacts:
    """A whole document with its scan."""
    scan = store_paper(author, PaperKind.SCAN, PDF, "order.pdf")
    facts = DraftFacts(
        kind=VersionKind.ORIGINAL,
        person=PersonFacts(full_name="Жақсылықов Ержан"),
        scan_id=scan.public_id,
        measure="house_arrest",
        document=PAPER,
        since=now() - timedelta(hours=1),
        until=now() + timedelta(days=30),
        demands=[DraftDemand(kind=ConditionKind.HOME_CURFEW, place="Abai 1", timetable=NIGHT)],
    )
    return replace(facts, **more)


def change(author: Actor, order: Order, kind: VersionKind, until: datetime) -> DraftFacts:
    """A later document about an order."""
    scan = store_paper(author, PaperKind.SCAN, PDF, "change.pdf")
    return DraftFacts(
        kind=kind,
        order_id=order.public_id,
        person=PersonFacts(full_name=""),
        scan_id=scan.public_id,
        document=replace(PAPER, number="7-2/2026"),
        until=until,
    )


def submitted(author: Actor, facts: DraftFacts) -> OrderDraft:
    return submit_draft(author, save_draft(author, facts).public_id)


def approved(author: Actor, approver: Actor, facts: DraftFacts) -> Order:
    draft = submitted(author, facts)
    return approve_draft(approver, draft.public_id, draft.version)


def signed_in(who: User) -> Client:
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    client.force_login(who)
    return client


__all__ = ["NIGHT", "PAPER", "PDF", "actor", "approved", "change", "new_order", "now", "signed_in"]
