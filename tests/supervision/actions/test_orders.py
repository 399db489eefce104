# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from supervision import factory
from supervision.factory import CONSOLE, DOCUMENT, HOME, NIGHT, supervised, terms

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.orders import (
    add_condition,
    create_zone,
    register_person,
    revoke_order,
    start_order,
    vary_order,
)
from tarazy.supervision.models import (
    ConditionKind,
    Order,
    OrderVersion,
    Person,
    VersionKind,
    ZoneKind,
)
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)


def refusal(call: object, *words: object, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        call(*words, **more)  # type: ignore[operator]
    return str(caught.value.name)


def test_an_order_starts_with_its_first_version() -> None:
    one = supervised()
    version = OrderVersion.objects.get(order=one.order)
    assert (version.number, version.kind) == (1, VersionKind.ORIGINAL)
    assert version.document_number == DOCUMENT.number
    assert one.person.sort_key


def test_two_orders_of_one_person_must_not_overlap() -> None:
    person = register_person(CONSOLE, "Иванов Пётр")
    start_order(CONSOLE, person.public_id, terms(NOW - DAY, NOW + DAY))
    overlapping = terms(NOW, NOW + 2 * DAY)
    assert refusal(start_order, CONSOLE, person.public_id, overlapping) == Refusal.ORDER_OVERLAPS
    after = start_order(CONSOLE, person.public_id, terms(NOW + DAY, NOW + 2 * DAY))
    assert after.in_force.lower == NOW + DAY  # until is exclusive


def test_an_order_that_ends_before_it_begins_is_refused() -> None:
    person = register_person(CONSOLE, "Иванов Пётр")
    backwards = terms(NOW, NOW - DAY)
    assert refusal(start_order, CONSOLE, person.public_id, backwards) == Refusal.ORDER_PERIOD_EMPTY


def test_an_extension_and_a_variation_are_new_versions() -> None:
    one = supervised()
    since = one.order.in_force.lower
    vary_order(CONSOLE, one.order.public_id, DOCUMENT, since=since, until=NOW + 90 * DAY)
    vary_order(CONSOLE, one.order.public_id, DOCUMENT, since=since, until=NOW + 5 * DAY)
    kinds = OrderVersion.objects.filter(order=one.order).values_list("number", "kind")
    assert list(kinds) == [(1, "original"), (2, "extension"), (3, "variation")]


def test_a_revocation_ends_the_order_at_once_and_for_good() -> None:
    one = supervised()
    order = revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW)
    assert (order.in_force.upper, order.revoked_at) == (NOW, NOW)
    assert OrderVersion.objects.filter(order=order).count() == 2
    again = refusal(revoke_order, CONSOLE, one.order.public_id, DOCUMENT, at=NOW)
    assert again == Refusal.ORDER_ENDED


def test_an_officer_reaches_the_own_caseload_only() -> None:
    mine = factory.user("officer.a", Role.OFFICER)
    other = factory.user("officer.b", Role.OFFICER)
    one = supervised(officer=mine)
    actor = Actor(id=other.public_id, roles=frozenset({Role.OFFICER}), user_pk=other.pk)
    assert refusal(revoke_order, actor, one.order.public_id, DOCUMENT, at=NOW) == (
        CoreRefusal.NOT_PERMITTED
    )
    assert Order.objects.get(pk=one.order.pk).revoked_at is None


def test_somebody_elses_id_and_nonsense_are_no_record() -> None:
    for wrong in ("ord_" + "0" * 32, "", "' OR 1=1 --"):
        assert refusal(revoke_order, CONSOLE, wrong, DOCUMENT, at=NOW) == CoreRefusal.NOT_FOUND


@pytest.mark.parametrize(
    "shape",
    [
        Shape(kind=ZoneKind.CIRCLE, lat=91.0, lon=0.0, radius_m=10.0),
        Shape(kind=ZoneKind.CIRCLE, lat=0.0, lon=181.0, radius_m=10.0),
        Shape(kind=ZoneKind.CIRCLE, lat=0.0, lon=0.0, radius_m=0.0),
        Shape(kind=ZoneKind.CIRCLE, lat=0.0, lon=0.0, radius_m=float("nan")),
        Shape(kind=ZoneKind.CIRCLE, lat=None, lon=0.0, radius_m=10.0),
        Shape(kind=ZoneKind.POLYGON),
        Shape(kind=ZoneKind.POLYGON, rings=[[[0, 0], [1, 0], [0, 0]]]),
        Shape(kind=ZoneKind.POLYGON, rings=[[[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]]]),  # a bow
        Shape(kind=ZoneKind.CIRCLE, lat=0.0, lon=0.0, radius_m=50_001.0),
    ],
)
def test_a_zone_that_is_none_is_refused(shape: Shape) -> None:
    person = register_person(CONSOLE, "Иванов Пётр")
    assert refusal(create_zone, CONSOLE, person.public_id, "z", shape) == Refusal.ZONE_UNREADABLE


@pytest.mark.parametrize(
    ("demand", "name"),
    [
        (Demand(kind=ConditionKind.HOME_CURFEW), Refusal.TIMETABLE_UNREADABLE),
        (
            Demand(kind=ConditionKind.HOME_CURFEW, timetable=[{"days": [9], "from": "x"}]),
            Refusal.TIMETABLE_UNREADABLE,
        ),
        (
            Demand(kind=ConditionKind.EXCLUSION, until=NOW + 900 * DAY),
            Refusal.CONDITION_OUTSIDE_ORDER,
        ),
    ],
)
def test_a_demand_that_makes_no_sense_is_refused(demand: Demand, name: Refusal) -> None:
    one = supervised()
    zone = create_zone(CONSOLE, one.person.public_id, "market", HOME)
    assert refusal(add_condition, CONSOLE, one.order.public_id, zone.public_id, demand) == name


def test_one_zone_has_one_condition_at_a_time() -> None:
    one = supervised()
    demand = Demand(kind=ConditionKind.HOME_CURFEW, timetable=NIGHT)
    words = (CONSOLE, one.order.public_id, one.home.public_id, demand)
    assert refusal(add_condition, *words) == Refusal.CONDITION_OVERLAPS


def test_another_persons_zone_is_no_zone_of_this_order() -> None:
    one, other = supervised(), supervised("Другая Анна")
    demand = Demand(kind=ConditionKind.EXCLUSION)
    words = (CONSOLE, one.order.public_id, other.home.public_id, demand)
    assert refusal(add_condition, *words) == CoreRefusal.NOT_FOUND


def test_versions_cannot_be_changed_by_the_service() -> None:
    one = supervised()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        OrderVersion.objects.filter(order=one.order).update(judge="somebody else")


def test_a_name_is_not_in_the_audit_log_itself(owner_connection: psycopg.Connection) -> None:
    supervised("Тайный Человек")
    assert Person.objects.filter(full_name="Тайный Человек").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(leaf, 'UTF8') FROM core_audit_entry")
        leaves = "".join(row[0] for row in cursor.fetchall())
    assert "supervision.person.register" in leaves
    assert "Тайный" not in leaves


def test_an_extension_takes_the_conditions_along() -> None:
    one = supervised()
    since, until = one.order.in_force.lower, one.order.in_force.upper
    own = Demand(kind=ConditionKind.EXCLUSION, since=NOW, until=NOW + DAY)
    zone = create_zone(CONSOLE, one.person.public_id, "market", HOME)
    short = add_condition(CONSOLE, one.order.public_id, zone.public_id, own)
    for end in (until + 30 * DAY, NOW + 5 * DAY, until + 60 * DAY):
        vary_order(CONSOLE, one.order.public_id, DOCUMENT, since=since, until=end)
        one.curfew.refresh_from_db()
        assert (one.curfew.period.lower, one.curfew.period.upper) == (since, end)
    short.refresh_from_db()
    assert (short.period.lower, short.period.upper) == (NOW, NOW + DAY)


def test_a_condition_that_begins_after_the_new_end_stays_as_it_was() -> None:
    one = supervised()
    until = one.order.in_force.upper
    later = Demand(kind=ConditionKind.INCLUSION, since=until - DAY)
    zone = create_zone(CONSOLE, one.person.public_id, "work", HOME)
    condition = add_condition(CONSOLE, one.order.public_id, zone.public_id, later)
    since = one.order.in_force.lower
    vary_order(CONSOLE, one.order.public_id, DOCUMENT, since=since, until=NOW + DAY)
    condition.refresh_from_db()
    assert condition.period.upper == until
