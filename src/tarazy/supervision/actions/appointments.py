# SPDX-License-Identifier: EUPL-1.2
"""Appointments with a wearer, and messages: sent, delivered, read."""

from datetime import datetime

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Appointment, Kept, Order, Person, WearerMessage
from tarazy.supervision.models.appointments import MESSAGES_SHOWN
from tarazy.supervision.refusals import Refusal

TEXT_LENGTH_MAX = 1000
PLACE_LENGTH_MAX = 200
NOTE_LENGTH_MAX = 500


@action("supervision.appointment.make")
def make_appointment(
    door: Door, person_id: str, at: datetime, place: str, note: str
) -> Appointment:
    """Agree on when and where a person is to come, while the order is in force."""
    order = _reached(door, person_id)
    if not clock.now() < at < order.in_force.upper:
        raise Refused(Refusal.APPOINTMENT_TIME)
    return Appointment.objects.create(
        order=order,
        at=at,
        place=place[:PLACE_LENGTH_MAX],
        note=note[:NOTE_LENGTH_MAX],
        recorded_by=door.actor.id,
    )


@action("supervision.appointment.settle")
def settle_appointment(door: Door, appointment_id: str, told: str) -> Appointment:
    """Say whether an appointment was kept, or call it off.

    What somebody said before is taken back first, knowingly, and not written over from a page that
    did not show it.
    """
    found = Appointment.objects.select_for_update(of=("self",)).select_related("order__person")
    one = found.filter(public_id=appointment_id).first()
    if one is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(one.order.person, one.public_id, basis=one.order.public_id)
    if told not in Kept.values or (told in {Kept.KEPT, Kept.MISSED} and one.at > clock.now()):
        raise Refused(Refusal.APPOINTMENT_STATE)
    if Kept.PLANNED not in {told, one.state} and told != one.state:
        raise Refused(Refusal.APPOINTMENT_SETTLED)
    one.state = told
    one.save(update_fields=["state"])
    door.keep(state=told)
    return one


@action("supervision.message.send")
def send_message(door: Door, person_id: str, text: str) -> WearerMessage:
    """Write to a wearer; it stands on the wearer's own page."""
    order = _reached(door, person_id)
    text = text.strip()
    if not 0 < len(text) <= TEXT_LENGTH_MAX:
        raise Refused(Refusal.MESSAGE_TEXT, length_max=TEXT_LENGTH_MAX)
    message = WearerMessage.objects.create(
        order=order, text=text, sent_at=clock.now(), sent_by=door.actor.id
    )
    door.keep(text=text)
    return message


@action("supervision.message.receive")
def receive_messages(door: Door) -> int:
    """Note that the wearer's own page shows the messages.

    It shows those of the order in force alone: what it does not show was never delivered.
    """
    person = Person.objects.filter(user_id=door.actor.user_pk or -1).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(person, person.public_id)
    now = clock.now()
    shown = WearerMessage.objects.filter(
        order__person=person, order__in_force__contains=now
    ).values("pk")[:MESSAGES_SHOWN]
    return WearerMessage.objects.filter(pk__in=shown, delivered_at=None).update(delivered_at=now)


@action("supervision.message.read")
def read_message(door: Door, message_id: str) -> WearerMessage:
    """The wearer says that a message was read."""
    found = WearerMessage.objects.select_for_update(of=("self",)).select_related("order__person")
    message = found.filter(public_id=message_id).first()
    if message is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(message.order.person, message.public_id, basis=message.order.public_id)
    if message.read_at is None:
        message.read_at = clock.now()
        message.delivered_at = message.delivered_at or message.read_at
        message.save(update_fields=["read_at", "delivered_at"])
    return message


def _reached(door: Door, person_id: str) -> Order:
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(person, person.public_id)
    order = person.orders.filter(in_force__contains=clock.now()).first()
    if order is None:
        raise Refused(Refusal.ORDER_ENDED)
    door.basis = order.public_id
    return order
