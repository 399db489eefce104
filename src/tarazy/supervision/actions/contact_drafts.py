# SPDX-License-Identifier: EUPL-1.2
"""Forbid contact between two people under orders: asked by one person, approved by another.

The second order is named by the number of its document or the IIN of its person, whole: nobody
leafs through other people's orders here. Both orders are looked at when it is asked, and again when
it is approved.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import running_order, still_running
from tarazy.supervision.actions.protection import Apart, checked_contact, contact_of
from tarazy.supervision.models import ContactDraft, DraftState, NoContact
from tarazy.supervision.refusals import Refusal

NUMBER_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the court's document says: apart from whom, how far, when; and which document."""

    other_order_id: str
    document_number: str
    apart: Apart


@action("supervision.no_contact.ask")
def ask_contact(door: Door, order_id: str, asked: Asked) -> ContactDraft:
    """Ask that contact with somebody under another order be forbidden, as the court has said."""
    order = running_order(door, order_id)
    number = asked.document_number.strip()
    if not 0 < len(number) <= NUMBER_LENGTH_MAX or not number.isprintable():
        raise Refused(Refusal.BAD_FIELD, field="document_number")
    if door.actor.user_pk is None:
        raise Refused(CoreRefusal.NOT_PERMITTED)
    demand = checked_contact(order, asked.other_order_id, asked.apart)
    other = demand.other_order
    if other is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    still_running(other)
    _check_free(demand)
    draft = ContactDraft(
        order=order,
        other_order=other,
        radius_m=demand.radius_m,
        since=asked.apart.since,
        until=asked.apart.until,
        document_number=number,
        author_id=door.actor.user_pk,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(Refusal.DRAFT_WAITS) from error
    door.keep(other=other.public_id, document=number, radius_m=str(draft.radius_m))
    door.emit("supervision.contact.asked", draft=draft.public_id)
    return draft


@action("supervision.no_contact.approve")
def approve_contact(door: Door, draft_id: str) -> NoContact:
    """Approve what another person asked: from then on the order forbids this contact."""
    draft = _submitted(door, draft_id)
    if draft.author_id == door.actor.user_pk:
        raise Refused(Refusal.OWN_DRAFT)
    still_running(draft.order)
    still_running(draft.other_order)
    apart = Apart(radius_m=draft.radius_m, since=draft.since, until=draft.until)
    demand = contact_of(door, draft.order, draft.other_order.public_id, apart)
    draft.demand = demand
    _decided(door, draft, DraftState.APPROVED)
    door.keep(draft=draft.public_id)
    return demand


@action("supervision.no_contact.discard")
def discard_contact(door: Door, draft_id: str) -> ContactDraft:
    """Put away what was asked; it stays on record."""
    draft = _submitted(door, draft_id)
    door.keep(draft=draft.public_id)
    return _decided(door, draft, DraftState.DISCARDED)


def _submitted(door: Door, draft_id: str) -> ContactDraft:
    """The draft with its order, locked, if the actor reaches its person and nobody has decided."""
    found = ContactDraft.objects.select_for_update(of=("self", "order"))
    rows = found.select_related("order__person", "other_order")
    draft = rows.filter(public_id=draft_id).first()
    if draft is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(draft.order.person, draft.order.public_id, basis=draft.order.public_id)
    if draft.state != DraftState.SUBMITTED:
        raise Refused(Refusal.DRAFT_CLOSED)
    return draft


def _check_free(demand: NoContact) -> None:
    """Refuse what the database would refuse at the approval."""
    same = NoContact.objects.filter(order=demand.order, other_order=demand.other_order)
    period: DateTimeTZRange = demand.period
    if same.filter(period__overlap=period).exists():
        raise Refused(Refusal.NO_CONTACT_OVERLAPS)


def _decided(door: Door, draft: ContactDraft, state: DraftState) -> ContactDraft:
    draft.state, draft.decided_at = state, clock.now()
    draft.decided_by_id = door.actor.user_pk
    draft.save(update_fields=["state", "decided_at", "decided_by", "demand"])
    return draft
