# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, DOCUMENT, supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks.own import own

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
    assert [row.version.alert.person for row in page.alerts] == [mine.person]


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
