# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest
from supervision.factory import CONSOLE, supervised, user
from supervision.officer import signed_in

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.supervision.actions.protection import Apart, forbid_contact
from tarazy.supervision.models import ContactDraft, NoContact, Order

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def numbered(order: Order, number: str) -> None:
    Order.objects.filter(pk=order.pk).update(document_number=number)


def test_from_the_search_to_both_people_s_own_pages() -> None:
    author, login = user("author", Role.OFFICER), user("wearer", Role.WEARER)
    one = supervised("Бірінші Адам", officer=author, login=login)
    other = supervised("Екінші Адам")
    numbered(other.order, "9-77/2026")
    officer, approver = signed_in(author), signed_in(user("chief", Role.SUPERVISOR))
    address = f"/supervision/people/{one.person.public_id}/no-contact"
    assert "None. Where the court" in officer.get(address).content.decode()
    part = officer.post(address, {"then": "find", "search": "9-77"}).content.decode()
    assert "Екінші" not in part, "nobody leafs through orders by pieces of a number"
    before = log.size()
    found = officer.post(address, {"then": "find", "search": "9-77/2026"}).content.decode()
    assert "Екінші Адам" in found
    assert any("no_contact.find" in str(one.leaf) for one in log.newest(log.size(), 2))
    assert log.size() > before
    form = {
        "then": "ask",
        "search": "9-77/2026",
        "other": other.order.public_id,
        "document_number": "5-5/2026",
        "radius_m": "20",
    }
    wrong = officer.post(address, form)
    assert wrong.status_code == 422
    assert 'value="5-5/2026"' in wrong.content.decode()
    assert officer.post(address, form | {"radius_m": "150"}).status_code == 302
    waiting = officer.get(address).content.decode()
    assert "another person approves it" in waiting
    assert "will not be judged" in waiting
    own = signed_in(login)
    assert "Екінші" not in own.get("/supervision/own/").content.decode()
    assert "forbidden contact" in approver.get("/supervision/orders/").content.decode()
    draft = ContactDraft.objects.get()
    assert approver.post(f"/supervision/no-contact/{draft.public_id}/approve").status_code == 302
    assert NoContact.objects.get().radius_m == 150
    assert "says nothing yet: not judged" in officer.get(address).content.decode()
    text = own.get("/supervision/own/").content.decode()
    assert "Do not meet or contact: Екінші Адам" in text.replace("</b>", "")
    assert "150" not in text
    forbid_contact(CONSOLE, other.order.public_id, one.order.public_id, Apart())
    assert "both orders forbid it: judged" in officer.get(address).content.decode()
    after = own.get("/supervision/own/").content.decode()
    assert after.count("Екінші") == text.count("Екінші"), "whether it is judged changes nothing"


def test_an_order_that_was_not_found_is_not_named() -> None:
    author = user("author", Role.OFFICER)
    one, other = supervised(officer=author), supervised("Екінші Адам")
    address = f"/supervision/people/{one.person.public_id}/no-contact"
    form = {"then": "ask", "search": "nothing", "other": other.order.public_id}
    form |= {"document_number": "5", "radius_m": "100"}
    assert signed_in(author).post(address, form).status_code == 404
    assert ContactDraft.objects.count() == 0


def test_odd_decisions_are_none() -> None:
    supervisor = signed_in(user("chief", Role.SUPERVISOR))
    for what in ("approve", "discard", "delete"):
        assert supervisor.post(f"/supervision/no-contact/ncd_none/{what}").status_code == 404
