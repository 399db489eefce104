# SPDX-License-Identifier: EUPL-1.2
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from supervision.factory import CONSOLE, DOCUMENT, supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.actions.appointments import (
    make_appointment,
    read_message,
    send_message,
)
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks.own import own
from tarazy.supervision.models import DeviceCommand, WearerMessage
from tarazy.supervision.rules import SECRET_RULES

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def test_wearers_see_themselves_alone() -> None:
    login = user("wearer", Role.WEARER)
    mine, other = supervised(login=login), supervised("Другая Анна")
    for one in (mine, other):
        seen(one, NOW, change=one.person.pk)
        raised(one, NOW)
    page = own(actor(login), NOW)
    assert page.person == mine.person
    assert page.order == mine.order
    assert [row.version.alert.person for row, _ in page.alerts] == [mine.person]


def test_without_an_order_no_place_is_shown() -> None:
    login = user("wearer", Role.WEARER)
    one = supervised(login=login)
    seen(one, NOW)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - timedelta(minutes=1))
    page = own(actor(login), NOW)
    assert (page.order, page.place, list(page.demands)) == (None, None, [])


def test_a_log_in_without_a_record_finds_none() -> None:
    with pytest.raises(Refused) as caught:
        own(actor(user("wearer", Role.WEARER)), NOW)
    assert caught.value.name == Refusal.NOT_FOUND


def test_a_new_message_and_the_next_appointment_stand_on_the_first_page(client: Client) -> None:
    login, officer = user("wearer", Role.WEARER), actor(user("boss", Role.SUPERVISOR))
    person = supervised(login=login).person.public_id
    client.force_login(login)
    assert (
        "new message"
        not in client.get("/supervision/own/", headers={"accept-language": "en"}).content.decode()
    )
    send_message(officer, person, "Bring the certificate.")
    for days, place in ((9, "Later room"), (2, "Room 7")):
        make_appointment(officer, person, NOW + timedelta(days=days), place, "")
    told = client.get("/supervision/own/", headers={"accept-language": "en"}).content.decode()
    assert "1 new message for me" in told
    assert "Room 7" in told
    assert "Later room" not in told
    assert "Bring the certificate." not in told
    read_message(actor(login), WearerMessage.objects.get().public_id)
    assert (
        "new message"
        not in client.get("/supervision/own/", headers={"accept-language": "en"}).content.decode()
    )


def test_an_alert_about_a_pair_changes_not_a_byte_of_the_own_page(client: Client) -> None:
    login = user("wearer", Role.WEARER)
    mine = supervised(login=login)
    state = seen(mine, NOW)
    raised(mine, NOW)
    client.force_login(login)

    def page() -> bytes:
        answer = client.get("/supervision/own/")
        assert answer.status_code == 200
        # The clock of the page, and tokens against forged requests, are others each time.
        return re.sub(rb'data-now="[^"]*"|[A-Za-z0-9]{64}', b"", answer.content)

    before = page()
    for rule in sorted(SECRET_RULES):
        raised(mine, NOW, rule=rule, condition=None, sentence="Within {metres} m of somebody.")
    state.urgency = "alert"
    state.save()
    assert page() == before
    assert DeviceCommand.objects.count() == 0
    raised(mine, NOW, rule="S-SOS", condition=None)
    assert page() != before
