# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.contacts import add_contact, remove_contact
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks.duty import telephones
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


@pytest.fixture
def one() -> Supervised:
    return supervised()


def test_a_contact_is_added_shown_and_removed(operator: Actor, one: Supervised) -> None:
    made = add_contact(operator, one.person.public_id, "guardian", " Ата ", "+7 (701) 123-45-67")
    assert [(row.name, row.phone) for row in telephones(one.person)] == [
        ("Ата", "+7 (701) 123-45-67")
    ]
    remove_contact(operator, made.public_id)
    assert telephones(one.person) == []
    with pytest.raises(Refused):
        remove_contact(operator, made.public_id)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (("friend", "Ата", "+77011234567"), Refusal.CONTACT_UNREADABLE),
        (("work", " ", "+77011234567"), Refusal.CONTACT_UNREADABLE),
        (("work", "x" * 121, "+77011234567"), Refusal.CONTACT_UNREADABLE),
        (("work", "Ата", "javascript:alert(1)"), Refusal.PHONE_UNREADABLE),
        (("work", "Ата", "1" * 50), Refusal.PHONE_UNREADABLE),
        (("work", "Ата", ""), Refusal.PHONE_UNREADABLE),
    ],
)
def test_what_nobody_can_call_is_refused(
    typed: tuple[str, str, str], refusal: Refusal, operator: Actor, one: Supervised
) -> None:
    with pytest.raises(Refused) as caught:
        add_contact(operator, one.person.public_id, *typed)
    assert caught.value.name == refusal


def test_without_an_order_in_force_there_is_nobody_to_call(one: Supervised) -> None:
    supervisor = actor(user("supervisor", Role.SUPERVISOR))
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=clock.now())
    with pytest.raises(Refused) as caught:
        add_contact(supervisor, one.person.public_id, "work", "Ата", "+77011234567")
    assert caught.value.name == CoreRefusal.NOT_PERMITTED
