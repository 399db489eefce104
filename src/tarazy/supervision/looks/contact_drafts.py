# SPDX-License-Identifier: EUPL-1.2
"""Whom an order forbids to meet, what waits for approval, and what the other order says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from tarazy.core.access import POLICY, Actor
from tarazy.core.door import Door, look
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.models import ContactDraft, DraftState, NoContact, Order, Person
from tarazy.supervision.naming import iin_digest, iin_of
from tarazy.supervision.reach import within

FOUND_MAX = 5
ROWS_MAX = 100
SEARCH_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """One demand or draft of this order, and whether the other order says the same."""

    other: Order
    radius_m: int
    since: datetime | None
    until: datetime | None
    draft: ContactDraft | None
    judged: bool
    """Whether both orders forbid it now, which is when it is judged."""
    mirrored: bool
    """Whether the other order forbids it, or somebody has asked that it should."""
    reached: bool
    """Whether this actor may open the other person's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage:
    """What the page of forbidden contact shows."""

    person: Person
    order: Order
    demands: Sequence[Forbidden]
    waiting: Sequence[Forbidden]
    me: int | None


@look("supervision.no_contact.view")
def contacts(door: Door, person_id: str, now: datetime) -> ContactPage:
    """See whom a person must not meet by the order, and what waits for approval."""
    person = person_of(person_id)
    order = permit_in_force(door, person, now)
    rows = NoContact.objects.filter(
        order=order, other_order__isnull=False, period__endswith__gt=now
    )
    drafts = ContactDraft.objects.filter(order=order, state=DraftState.SUBMITTED)
    related = ("other_order__person", "author")
    waiting = [_waiting(one, door.actor) for one in drafts.select_related(*related)[:ROWS_MAX]]
    demands = [
        _forbidden(row, door.actor, now)
        for row in rows.select_related("order", "other_order__person")[:ROWS_MAX]
    ]
    return ContactPage(
        person=person, order=order, demands=demands, waiting=waiting, me=door.actor.user_pk
    )


@look("supervision.no_contact.find")
def find_order(door: Door, person_id: str, text: str, now: datetime) -> list[Order]:
    """Find the other order in force by its document's number or its person's IIN, both whole."""
    person = person_of(person_id)
    permit_in_force(door, person, now)
    asked = text.strip()[:SEARCH_LENGTH_MAX]
    door.keep(search=asked)
    if not asked:
        return []
    where = Q(document_number__iexact=asked) | Q(versions__document_number__iexact=asked)
    if iin := iin_of(asked):
        where |= Q(person__iin_digest=iin_digest(iin, settings.TARAZY.device_key))
    found = Order.objects.filter(where, in_force__contains=now).exclude(person=person)
    orders = list(found.select_related("person").distinct()[:FOUND_MAX])
    door.keep(found=" ".join(one.public_id for one in orders))
    return orders


def waiting_contacts(actor: Actor) -> list[ContactDraft]:
    """What waits for approval, of the people whom the actor reaches; for the desk's look."""
    reaches = POLICY.reaches(actor, "supervision.no_contact.view")
    people = Person.objects.filter(within(actor, reaches or ()))
    found = ContactDraft.objects.filter(state=DraftState.SUBMITTED, order__person__in=people)
    return list(found.select_related("order__person", "author")[:ROWS_MAX])


def _forbidden(row: NoContact, actor: Actor, now: datetime) -> Forbidden:
    other = row.other_order
    assert other is not None  # noqa: S101 - the query asks for it
    back = NoContact.objects.filter(order=other, other_order=row.order)
    return Forbidden(
        other=other,
        radius_m=row.radius_m,
        since=row.period.lower,
        until=row.period.upper,
        draft=None,
        judged=now in row.period and back.filter(period__contains=now).exists(),
        mirrored=back.filter(period__overlap=row.period).exists() or _asked(other, row.order),
        reached=_reached(actor, other),
    )


def _waiting(draft: ContactDraft, actor: Actor) -> Forbidden:
    other = draft.other_order
    back = NoContact.objects.filter(order=other, other_order=draft.order)
    return Forbidden(
        other=other,
        radius_m=draft.radius_m,
        since=draft.since,
        until=draft.until,
        draft=draft,
        judged=False,
        mirrored=back.exists() or _asked(other, draft.order),
        reached=_reached(actor, other),
    )


def _asked(order: Order, other: Order) -> bool:
    drafts = ContactDraft.objects.filter(order=order, other_order=other)
    return drafts.filter(state=DraftState.SUBMITTED).exists()


def _reached(actor: Actor, order: Order) -> bool:
    reaches = POLICY.reaches(actor, "supervision.no_contact.view") or ()
    return any(reach.covers(actor, order.person) for reach in reaches)
