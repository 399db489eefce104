# SPDX-License-Identifier: EUPL-1.2
"""What the officer's desk lists beside drafts: alerts that an order's end leaves open."""

from datetime import timedelta

import pytest
from django.test import Client
from supervision.factory import CONSOLE, DOCUMENT, Supervised, terms, user
from supervision.officer import actor, now, signed_in
from supervision.raised import raised

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.actions.covers import cover_caseload
from tarazy.supervision.actions.orders import revoke_order, start_order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_alert_that_an_order_s_end_leaves_open_waits_for_who_stands_in(
    officer: Client, one: Supervised, author: User
) -> None:
    """Boards show people under an order; a cut strap is not over with it."""
    alert = raised(one, now(), rule="S-STRAP-TAMPER", sentence="The strap was cut.")
    substitute, stranger = user("substitute", Role.OFFICER), user("stranger", Role.OFFICER)
    approver = signed_in(user("approver", Role.SUPERVISOR))
    clients = [officer, signed_in(substitute), signed_in(stranger), approver]

    def shown() -> list[bool]:
        return ["The strap was cut." in desk_of(client) for client in clients]

    assert shown() == [False] * 4, "the board of the officer has it"
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=now())
    assert shown() == [True, False, False, False]
    leave = now() + DAY
    cover_caseload(actor(author), author.public_id, substitute.public_id, now(), leave)
    assert shown() == [True, True, False, False]
    told = {"version": 1, "cause": "device", "note": "The strap was cut by a doctor."}
    page = f"/supervision/alerts/{alert.public_id}/"
    assert clients[1].get(page).status_code == 200
    assert clients[2].get(page).status_code == 403
    assert clients[1].post(f"{page}resolve", told).status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.holder) == ("resolved", substitute)
    assert shown() == [False] * 4


def test_a_later_order_of_the_person_brings_an_open_alert_back_to_the_board(
    officer: Client, one: Supervised, author: User
) -> None:
    raised(one, now(), rule="S-STRAP-TAMPER", sentence="The strap was cut.")
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=now())
    start_order(CONSOLE, one.person.public_id, terms(now(), now() + DAY, author))
    assert "The strap was cut." not in desk_of(officer)
    assert "The strap was cut." in officer.get("/supervision/").content.decode()


def desk_of(client: Client) -> str:
    return client.get("/supervision/orders/").content.decode()
