# SPDX-License-Identifier: EUPL-1.2
"""Who is in charge of a person's order, and whether the person has an own log-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.core.access import POLICY, Role
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.looks.drafts import officers
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.models import Order, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the page shows, and whom it offers."""

    person: Person
    order: Order
    may_name: bool
    """Whether this actor says who is in charge."""
    officers: Sequence[User]
    investigators: Sequence[User]


@look("supervision.charge.view")
def charge(door: Door, person_id: str) -> Charge:
    """See who supervises a person and whose case it is. Raises Refused without an order."""
    person = person_of(person_id)
    orders = person.orders.filter(in_force__isempty=False).order_by("-in_force")
    order = orders.select_related("officer", "investigator").first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(CoreRefusal.BASIS_MISSING)
    may_name = bool(POLICY.reaches(door.actor, "supervision.order.set_officer"))
    return Charge(
        person=person,
        order=order,
        may_name=may_name,
        officers=officers() if may_name else (),
        investigators=_investigators() if may_name else (),
    )


def _investigators() -> list[User]:
    found = User.objects.filter(is_active=True, roles__contains=[Role.INVESTIGATOR.value])
    return list(found.order_by("last_name", "username"))
