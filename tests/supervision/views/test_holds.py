# SPDX-License-Identifier: EUPL-1.2
"""A legal hold on the page: with a reason, seen by readers, lifted by the prosecutor."""

import pytest
from django.test import Client
from supervision.factory import supervised, user
from supervision.officer import signed_in

from tarazy.core.access import Role
from tarazy.supervision.models import LegalHold

pytestmark = pytest.mark.django_db


def held() -> tuple[str, Client, Client]:
    """Somebody with an order, who may place a hold of theirs, and who may lift it."""
    investigator = user("hold.investigator", Role.INVESTIGATOR)
    one = supervised()
    one.order.investigator = investigator
    one.order.save()
    prosecutor = user("hold.prosecutor", Role.PROSECUTOR)
    return one.person.public_id, signed_in(investigator), signed_in(prosecutor)


def test_a_hold_is_placed_with_a_reason_and_lifted_by_the_prosecutor() -> None:
    person_id, client, prosecutor = held()
    page = f"/supervision/people/{person_id}/reports/"
    assert "Keep it from deletion" in client.get(page).content.decode()
    address = f"/supervision/people/{person_id}/hold"
    assert client.post(address, {"reason": " "}).status_code == 422
    long = client.post(address, {"reason": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in long.content.decode(), "what was typed stays"
    assert not LegalHold.objects.exists()
    assert client.post(address, {"reason": "Case 26-7"}).status_code == 302

    shown = client.get(page).content.decode()
    assert "Case 26-7" in shown
    assert "Lift the hold" not in shown, "who placed it does not lift it"
    hold = LegalHold.objects.get()
    lift = f"/supervision/holds/{hold.public_id}/lift"
    assert client.post(lift).status_code == 403
    assert "Lift the hold" in prosecutor.get(page).content.decode()
    assert prosecutor.post(lift).status_code == 302
    assert prosecutor.post(lift).status_code == 422, "it is lifted already"
    assert "Case 26-7" not in client.get(page).content.decode()


def test_a_hold_that_was_sent_twice_is_one_and_another_keeps_on() -> None:
    person_id, client, prosecutor = held()
    address = f"/supervision/people/{person_id}/hold"
    for reason in ("Case 26-7", "Case 26-7", "Complaint 3"):
        assert client.post(address, {"reason": reason}).status_code == 302
    first, second = LegalHold.objects.order_by("pk")

    def lifted(hold: LegalHold) -> str:
        lift = f"/supervision/holds/{hold.public_id}/lift"
        return prosecutor.post(lift, follow=True).content.decode()

    text = lifted(first)
    assert "Another one still keeps everything" in text
    assert "goes again" not in text
    assert "what is past its period goes again" in lifted(second)


def test_an_officer_sees_a_hold_and_places_none() -> None:
    officer = user("hold.officer", Role.OFFICER)
    one = supervised(officer=officer)
    page = signed_in(officer).get(f"/supervision/people/{one.person.public_id}/reports/")
    assert "Legal hold" in page.content.decode()
    assert "Keep it from deletion" not in page.content.decode()
