# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest
from django.utils import timezone
from supervision.factory import CONSOLE, DOCUMENT, supervised, terms, user
from supervision.officer import now, signed_in

from tarazy.core.access import Role
from tarazy.supervision.actions.orders import revoke_order, start_order
from tarazy.supervision.models import Appointment, WearerMessage

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def local(days: float) -> str:
    return timezone.localtime(now() + days * DAY).strftime("%Y-%m-%dT%H:%M")


def test_a_message_is_sent_delivered_and_read() -> None:
    author, login = user("author", Role.OFFICER), user("wearer", Role.WEARER)
    one = supervised(officer=author, login=login)
    officer, wearer = signed_in(author), signed_in(login)
    page = f"/supervision/people/{one.person.public_id}/appointments"
    assert officer.post(page, {"then": "message", "text": "Come at nine."}).status_code == 302
    assert "not delivered yet" in officer.get(page).content.decode()
    assert "Come at nine." in wearer.get("/supervision/own/appointments").content.decode()
    assert "delivered" in officer.get(page).content.decode()
    message = WearerMessage.objects.get()
    assert (message.delivered_at is None, message.read_at) == (False, None)
    read = f"/supervision/own/messages/{message.public_id}/read"
    stranger = user("stranger", Role.WEARER)
    supervised("Бөтен Адам", login=stranger)
    assert signed_in(stranger).post(read).status_code == 403
    assert wearer.post(read).status_code == 302
    message.refresh_from_db()
    assert message.read_at is not None


def test_what_the_own_page_does_not_show_is_not_delivered() -> None:
    author, login = user("author", Role.OFFICER), user("wearer", Role.WEARER)
    one = supervised(officer=author, login=login)
    page = f"/supervision/people/{one.person.public_id}/appointments"
    officer, wearer = signed_in(author), signed_in(login)
    officer.post(page, {"then": "message", "text": "Come at nine."})
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=now())
    assert "Come at nine." not in wearer.get("/supervision/own/appointments").content.decode()
    assert WearerMessage.objects.get().delivered_at is None


def test_what_was_never_delivered_is_told_after_the_order_s_end() -> None:
    author, login = user("author", Role.OFFICER), user("wearer", Role.WEARER)
    one = supervised(officer=author, login=login)
    officer, wearer = signed_in(author), signed_in(login)
    page = f"/supervision/people/{one.person.public_id}/"
    officer.post(f"{page}appointments", {"then": "message", "text": "Come at nine."})
    wearer.get("/supervision/own/appointments")
    officer.post(f"{page}appointments", {"then": "message", "text": "Come at ten."})
    assert "never delivered" not in officer.get(page).content.decode()
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=now())
    told = officer.get(page).content.decode()
    assert "1 message was never delivered" in told
    assert ("Come at ten." in told, "Come at nine." in told) == (True, False)
    prosecutor = signed_in(user("prosecutor", Role.PROSECUTOR)).get(page)
    assert (prosecutor.status_code, "Come at ten." in prosecutor.content.decode()) == (200, False)
    start_order(CONSOLE, one.person.public_id, terms(now(), now() + DAY, author))
    assert "1 message was never delivered" in officer.get(page).content.decode()
    WearerMessage.objects.update(forgotten_at=now(), text="")
    assert "never delivered" not in officer.get(page).content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"then": "message", "text": " "}, "This field is required"),
        ({"then": "message", "text": "x" * 1001}, "at most 1000"),
        ({"then": "appointment", "at": local(-1), "place": "room 5"}, "lies ahead"),
        ({"then": "appointment", "at": local(400), "place": "room 5"}, "lies ahead"),
        ({"then": "appointment", "at": "soon", "place": "room 5"}, "Enter a valid"),
    ],
)
def test_what_cannot_be_says_what_to_mend(form: dict[str, str], sentence: str) -> None:
    author = user("author", Role.OFFICER)
    page = f"/supervision/people/{supervised(officer=author).person.public_id}/appointments"
    answer = signed_in(author).post(page, form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Appointment.objects.count() == WearerMessage.objects.count() == 0


def test_an_appointment_is_agreed_and_settled() -> None:
    author, login = user("author", Role.OFFICER), user("wearer", Role.WEARER)
    one = supervised(officer=author, login=login)
    officer = signed_in(author)
    page = f"/supervision/people/{one.person.public_id}/appointments"
    form = {"then": "appointment", "at": local(1), "place": "room 5", "note": "bring the papers"}
    assert officer.post(page, form).status_code == 302
    assert "room 5" in signed_in(login).get("/supervision/own/appointments").content.decode()
    made = Appointment.objects.get()
    settle = f"/supervision/appointments/{made.public_id}/settle"
    assert officer.post(settle, {"state": "kept"}).status_code == 422, "it has not been yet"
    assert officer.post(settle, {"state": "eaten"}).status_code == 422
    assert signed_in(user("other", Role.OFFICER)).post(settle, {"state": "kept"}).status_code == 403
    Appointment.objects.update(at=now() - DAY)
    assert officer.post(settle, {"state": "kept"}).status_code == 302
    assert Appointment.objects.get().state == "kept"
    stale = officer.post(settle, {"state": "missed"})
    assert stale.status_code == 422, "from a page that did not show what somebody had said"
    assert "undo that first" in stale.content.decode()
    assert Appointment.objects.get().state == "kept"
    assert officer.post(settle, {"state": "kept"}).status_code == 302, "sent twice"
    assert officer.post(settle, {"state": "planned"}).status_code == 302
    assert officer.post(settle, {"state": "missed"}).status_code == 302
