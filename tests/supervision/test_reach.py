# SPDX-License-Identifier: EUPL-1.2
"""Which people a role reaches: by the order that counts, for lists and single records alike."""

from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, DOCUMENT, supervised, terms, user

from tarazy.core.access import Actor, Role
from tarazy.core.models import User
from tarazy.supervision.actions.orders import revoke_order, start_order
from tarazy.supervision.models import Person
from tarazy.supervision.reach import CASELOAD, INVESTIGATED, SELF, UNDER_ORDER, within

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)


def actor(who: User) -> Actor:
    return Actor(id=who.public_id, roles=frozenset(Role(one) for one in who.roles), user_pk=who.pk)


def test_the_next_order_s_officer_takes_over() -> None:
    former, present = user("former", Role.OFFICER), user("present", Role.OFFICER)
    one = supervised(officer=former)
    assert CASELOAD.covers(actor(former), one.person)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - DAY)
    assert CASELOAD.covers(actor(former), one.person), "until another order begins"
    future = user("future", Role.OFFICER)
    start_order(CONSOLE, one.person.public_id, terms(NOW - DAY / 2, NOW + DAY, present))
    start_order(CONSOLE, one.person.public_id, terms(NOW + DAY, NOW + 2 * DAY, future))
    assert not CASELOAD.covers(actor(former), one.person)
    assert CASELOAD.covers(actor(present), one.person)
    assert CASELOAD.covers(actor(future), one.person), "to prepare it"


def test_lists_and_single_records_agree() -> None:
    mine, others = user("mine", Role.OFFICER), user("others", Role.OFFICER)
    login = user("the.wearer", Role.WEARER)
    people = [
        supervised(officer=mine, login=login).person,
        supervised(officer=others).person,
        supervised().person,
    ]
    for who in (mine, others, login):
        for reach in (CASELOAD, INVESTIGATED, SELF, UNDER_ORDER):
            listed = set(Person.objects.filter(within(actor(who), [reach])))
            assert listed == {one for one in people if reach.covers(actor(who), one)}


def test_nobody_s_officer_is_nobody() -> None:
    supervised()
    stranger = Actor(id="usr_x", roles=frozenset({Role.OFFICER}))
    for reach in (CASELOAD, INVESTIGATED, SELF):
        assert not Person.objects.filter(within(stranger, [reach])).exists()
