# SPDX-License-Identifier: EUPL-1.2
"""The permitted absences of an order in force, for the officer who grants and withdraws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Order, PermittedAbsence, Person
from tarazy.supervision.refusals import Refusal

ROWS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """What was permitted under the order in force, the newest first."""

    person: Person
    order: Order
    absences: Sequence[PermittedAbsence]


@look("supervision.absences.view")
def absences(door: Door, person_id: str, now: datetime) -> Absences:
    """See when a person may be away, why, and by whose decision."""
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__contains=now).first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(Refusal.ORDER_ENDED)
    rows = order.absences.select_related("scan").order_by("-period", "-id")[:ROWS_MAX]
    return Absences(person=person, order=order, absences=list(rows))
