# SPDX-License-Identifier: EUPL-1.2
"""On what ground a list or an alert may be opened; used by actions and looks alike.

One record is opened with `door.permit(person, …, basis=order.public_id)`. A list shows many people:
its ground is that each of them has an order in force now, and only those are in it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from tarazy.core.access import Actor, Reach
from tarazy.core.door import Door
from tarazy.core.errors import Refused
from tarazy.supervision.models import Alert, Order, Person
from tarazy.supervision.reach import UNDER_ORDER, within
from tarazy.supervision.refusals import Refusal

ORDERS_IN_FORCE = "orders_in_force"
OWN_SERVICE = "own_service"


def listed(door: Door, subject: str, now: datetime) -> Q:
    """The people of a list: within the actor's reach, and under an order in force now."""
    door.subject, door.basis = subject, ORDERS_IN_FORCE
    return people_reached(door.actor, door.reaches, now)


def people_reached(actor: Actor, reaches: Iterable[Reach], now: datetime) -> Q:
    """People under an order in force now, of those that the rules give."""
    rules = tuple(reaches)
    if UNDER_ORDER in rules:  # the same people: asked once
        return people_under_order(now)
    return people_under_order(now) & within(actor, rules)


def people_under_order(now: datetime) -> Q:
    """People whose order is in force at the moment."""
    return Q(Exists(Order.objects.filter(person=OuterRef("pk"), in_force__contains=now)))


def permit_in_force(door: Door, person: Person, now: datetime) -> Order:
    """Refuse unless the actor reaches a person under an order in force now; that order."""
    order = person.orders.filter(in_force__contains=now).first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(Refusal.ORDER_ENDED)
    return order


def permit_alert(door: Door, alert: Alert) -> None:
    """Refuse unless the actor reaches the alert's person; its ground is the order it is about.

    An alert about our own service concerns nobody: whoever has the verb may open it.
    """
    if alert.person is None or alert.order is None:
        door.subject, door.basis = alert.public_id, OWN_SERVICE
        return
    door.permit(alert.person, alert.public_id, basis=alert.order.public_id)
