# SPDX-License-Identifier: EUPL-1.2
"""Whom to telephone about somebody under an order: add a contact, remove one."""

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Contact, ContactKind, Person
from tarazy.supervision.models.duty import NAME_LENGTH_MAX
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.telephones import NUMBER

CONTACTS_MAX = 20


@action("supervision.contact.add")
def add_contact(door: Door, person_id: str, kind: str, name: str, phone: str) -> Contact:
    """Enter whom to telephone about a person: household, guardian, work, lawyer."""
    person = Person.objects.select_for_update().filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__contains=clock.now()).first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(Refusal.NO_ORDER)
    name, phone = name.strip(), phone.strip()
    if kind not in ContactKind.values or not name or len(name) > NAME_LENGTH_MAX:
        raise Refused(Refusal.CONTACT_UNREADABLE)
    if not NUMBER.fullmatch(phone):
        raise Refused(Refusal.PHONE_UNREADABLE)
    listed = person.contacts.filter(removed_at=None)
    if same := listed.filter(kind=kind, name=name, phone=phone).first():
        return same  # a form that was sent twice
    if listed.count() >= CONTACTS_MAX:
        raise Refused(Refusal.CONTACTS_TOO_MANY, contacts_max=CONTACTS_MAX)
    made = Contact.objects.create(person=person, kind=kind, name=name, phone=phone)
    door.keep(contact=made.public_id, kind=kind, name=name, phone=phone)
    return made


@action("supervision.contact.remove")
def remove_contact(door: Door, contact_id: str) -> Contact:
    """Take a contact off the list; calls that were made to it stay in the history."""
    found = Contact.objects.select_for_update(of=("self",)).select_related("person")
    contact = found.filter(public_id=contact_id, removed_at=None).first()
    if contact is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(contact.person, contact.person.public_id)
    contact.removed_at = clock.now()
    contact.save(update_fields=["removed_at"])
    door.keep(contact=contact.public_id)
    return contact
