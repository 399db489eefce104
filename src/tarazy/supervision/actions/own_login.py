# SPDX-License-Identifier: EUPL-1.2
"""A supervised person's own log-in, by which they see their order, their alerts and their data.

The officer hands over a link, on paper or as a code for the phone's camera. The password is chosen
by the person, so that nobody else can come in, nor answer a check-in, in their name.
"""

import secrets

from tarazy.core import actions
from tarazy.core.access import Actor, Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import still_running
from tarazy.supervision.models import Order, Person

DESK = Actor.system("desk")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that looks like another on paper."""
NAME_LENGTH = 8


@action("supervision.person.give_login")
def give_login(door: Door, person_id: str) -> tuple[str, str]:
    """Let a supervised person choose a password by a link that works once, and so get in.

    Returns what the address of the page `choose_password` is made of. Whoever has a log-in already
    chooses a new password. Raises Refused where no order of the person is in force, nor will be.
    """
    person, order = _person(door, person_id)
    if order is None:
        raise Refused(CoreRefusal.BASIS_MISSING)
    still_running(order)
    if person.user is None:
        person.user = actions.create_user(DESK, _name(), None, roles=[Role.WEARER])
        person.save(update_fields=["user"])
    elif not person.user.is_active:
        actions.reopen_user(DESK, person.user.public_id)
    return actions.link_to_password(DESK, person.user.public_id)


@action("supervision.person.close_login")
def close_login(door: Door, person_id: str) -> None:
    """Close the person's own log-in: whoever is in by it is out at once."""
    person, _order = _person(door, person_id)
    if person.user is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    actions.close_user(DESK, person.user.public_id)


def _person(door: Door, person_id: str) -> tuple[Person, Order | None]:
    """The person, locked, with the last order."""
    found = Person.objects.select_for_update(of=("self",)).select_related("user")
    person = found.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__isempty=False).order_by("-in_force").first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    return person, order


def _name() -> str:
    """A user name that says nothing about the person."""
    while True:
        name = "w-" + "".join(secrets.choice(LETTERS) for _ in range(NAME_LENGTH))
        if not User.objects.filter(username=name).exists():
            return name
