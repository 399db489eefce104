# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, DOCUMENT, supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks.people import people, person

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def test_people_are_found_by_a_part_of_the_name_in_any_case(operator: Actor) -> None:
    for name in ("Серікова Айгүл", "Қасымов Ержан", "Ivanov Ivan"):
        supervised(name)

    def names(search: str) -> list[str]:
        return [one.full_name for one in people(operator, NOW, search=search)]

    assert names("") == ["Ivanov Ivan", "Қасымов Ержан", "Серікова Айгүл"]
    assert names("айгүл") == ["Серікова Айгүл"]
    assert names("ҚАСЫМ") == ["Қасымов Ержан"]
    assert names("nobody") == []


def test_a_person_s_page_says_the_order_and_the_state(operator: Actor) -> None:
    one = supervised()
    seen(one, NOW)
    raised(one, NOW)
    found = person(operator, one.person.public_id, NOW)
    assert found.in_force
    assert [row.condition.pk for row in found.demands] == [one.curfew.pk]
    assert len(found.alerts) == 1
    assert found.place is not None
    assert found.place["lat"] == 48.6


def test_after_the_order_the_officer_reads_the_record_without_a_place() -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    seen(one, NOW)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - MINUTE)
    found = person(actor(officer), one.person.public_id, NOW)
    assert (found.in_force, found.place) == (False, None)
    stranger = actor(user("operator", Role.OPERATOR))
    with pytest.raises(Refused) as caught:
        person(stranger, one.person.public_id, NOW)
    assert caught.value.name == CoreRefusal.NOT_PERMITTED
