# SPDX-License-Identifier: EUPL-1.2
"""Who is in charge of an order: the supervising officer, and the investigator of the case.

A supervisor says so. It is no matter of the court's document, so the order keeps its version; who
it was before stands in the audit log. The whole caseload of an officer who leaves for good goes to
another in one act, orders that have ended among it: late reports and open tampers are theirs, too.
"""

from collections.abc import Iterable

from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.supervision.actions.orders import locked_order
from tarazy.supervision.models import DraftState, Order, OrderDraft
from tarazy.supervision.refusals import Refusal


@action("supervision.order.set_officer")
def set_officer(door: Door, order_id: str, officer_id: str) -> Order:
    """Put another officer in charge of an order's person."""
    order = locked_order(order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    before, officer = order.officer, _user(officer_id, Role.OFFICER)
    order.officer = officer
    order.save(update_fields=["officer"])
    _tell(door, before, officer)
    return order


@action("supervision.order.set_investigator")
def set_investigator(door: Door, order_id: str, investigator_id: str, letter: str) -> Order:
    """Name the investigator of an order's case, who then reads of its person; "" names nobody.

    `letter` says by which document, and is kept in the audit log.
    """
    order = locked_order(order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    if not letter.strip():
        raise Refused(Refusal.LETTER_MISSING)
    before = order.investigator
    order.investigator = _user(investigator_id, Role.INVESTIGATOR) if investigator_id else None
    order.save(update_fields=["investigator"])
    door.keep(letter=letter)
    _tell(door, before, order.investigator)
    return order


@action("supervision.caseload.give")
def give_caseload(door: Door, officer_id: str, to_id: str) -> int:
    """Give all people of an officer to another one for good; how many orders that were.

    Drafts that wait with the officer's name go with them.
    """
    officer, to = User.objects.filter(public_id=officer_id).first(), _user(to_id, Role.OFFICER)
    if officer is None or officer == to:
        raise Refused(Refusal.OFFICER_UNKNOWN)
    door.permit(officer, officer.public_id)
    orders = list(Order.objects.select_for_update(of=("self",)).filter(officer=officer))
    Order.objects.filter(pk__in=[one.pk for one in orders]).update(officer=to)
    waiting = (DraftState.DRAFT, DraftState.SUBMITTED)
    OrderDraft.objects.filter(officer=officer, state__in=waiting).update(officer=to)
    door.keep(to=to.public_id)
    for order in orders:
        door.next_record()
        door.permit(officer, order.public_id, basis=order.public_id)
        door.keep(before=officer.public_id, now=to.public_id)
    _announce(door, (officer, to))
    return len(orders)


def _user(public_id: str, role: Role) -> User:
    found = User.objects.filter(
        public_id=public_id, is_active=True, roles__contains=[role.value]
    ).first()
    if found is None:
        raise Refused(
            Refusal.OFFICER_UNKNOWN if role is Role.OFFICER else Refusal.INVESTIGATOR_UNKNOWN
        )
    return found


def _tell(door: Door, before: User | None, now: User | None) -> None:
    door.keep(
        before=before.public_id if before else "nobody", now=now.public_id if now else "nobody"
    )
    _announce(door, (one for one in (before, now) if one is not None))


def _announce(door: Door, users: Iterable[User]) -> None:
    """What they have open is closed, and opens again with the people that they reach now."""
    for one in users:
        door.announce(rights=one.public_id)
