# SPDX-License-Identifier: EUPL-1.2
"""Whose entries of the audit log are meant: a person's id, and the ids of what concerns them."""

from django.conf import settings
from django.db.models import Q

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.models import Order, Person
from tarazy.supervision.naming import iin_digest, iin_of

SEARCH_LENGTH_MAX = 80


@look("supervision.person.identify")
def identify(door: Door, text: str) -> str:
    """Find the id of who is or was under an order, by the whole IIN or number of a document.

    Its ground is the last order. Raises Refused where there is none, or more than one person.
    """
    asked = text.strip()[:SEARCH_LENGTH_MAX]
    door.keep(search=asked)
    iin = iin_of(asked)
    meant = Q(orders__versions__document_number=asked) if asked else Q(pk__in=[])
    if iin is not None:
        meant = Q(iin_digest=iin_digest(iin, settings.TARAZY.device_key))
    found = list(Person.objects.filter(meant, orders__isnull=False).distinct()[:2])
    if len(found) != 1:
        raise Refused(Refusal.NOT_FOUND)
    [person] = found
    last = person.orders.order_by("in_force", "pk").last()
    door.permit(person, person.public_id, basis=last.public_id if last else None)
    return person.public_id


def named_with(public_id: str) -> list[str]:
    """That id first; of a person the orders, too, which are the basis of what is done and seen."""
    orders = Order.objects.filter(person__public_id=public_id).order_by("pk")
    return [public_id, *orders.values_list("public_id", flat=True)]
