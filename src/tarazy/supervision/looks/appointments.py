# SPDX-License-Identifier: EUPL-1.2
"""Appointments and messages of one person: for the officer, and for the wearer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.looks import people
from tarazy.supervision.models import Appointment, Order, Person, WearerMessage
from tarazy.supervision.models.appointments import MESSAGES_SHOWN

ROWS_MAX = 100
OWN_DATA = "own_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointments:
    """What was agreed and said under the order in force; nothing where there is none."""

    person: Person
    appointments: Sequence[Appointment]
    messages: Sequence[WearerMessage]


@look("supervision.appointments.view")
def appointments(door: Door, person_id: str, now: datetime) -> Appointments:
    """See a person's appointments and messages."""
    person = people.person_of(person_id)
    order = permit_in_force(door, person, now)
    return _of(person, order)


@look("supervision.appointment.find")
def person_of(door: Door, appointment_id: str) -> str:
    """See with whom an appointment is, from a notice that only names it; the person's public id."""
    found = Appointment.objects.select_related("order__person")
    one = found.filter(public_id=appointment_id).first()
    if one is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(one.order.person, one.public_id, basis=one.order.public_id)
    return one.order.person.public_id


@look("supervision.own_appointments.view")
def own_appointments(door: Door, now: datetime) -> Appointments:
    """See the own appointments and messages."""
    person = Person.objects.filter(user_id=door.actor.user_pk or -1).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__contains=now).first()
    door.permit(person, person.public_id, basis=order.public_id if order else OWN_DATA)
    return _of(person, order)


def _of(person: Person, order: Order | None) -> Appointments:
    if order is None:
        return Appointments(person=person, appointments=(), messages=())
    return Appointments(
        person=person,
        appointments=list(Appointment.objects.filter(order=order).order_by("-at")[:ROWS_MAX]),
        messages=list(WearerMessage.objects.filter(order=order)[:MESSAGES_SHOWN]),
    )
