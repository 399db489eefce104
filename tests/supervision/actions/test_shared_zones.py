# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from supervision import factory
from supervision.factory import CONSOLE, DOCUMENT, HOME, NIGHT, supervised

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.orders import add_condition, create_zone, revoke_order
from tarazy.supervision.actions.shared_zones import (
    places_of,
    remove_class,
    remove_zone,
    share_zone,
)
from tarazy.supervision.actions.zones import Drawn, end_condition, forbid_class
from tarazy.supervision.classes import classes_of, shared_zones
from tarazy.supervision.models import Condition, ConditionKind, Zone, ZoneKind
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
LINE = [[66.9, 48.6], [66.95, 48.62]]
WAY = Shape(kind=ZoneKind.CORRIDOR, rings=[LINE], radius_m=150.0)
OUT, IN = ConditionKind.EXCLUSION, ConditionKind.INCLUSION


def refusal(call: object, *words: object) -> str:
    with pytest.raises(Refused) as caught:
        call(*words)  # type: ignore[operator]
    return str(caught.value.name)


def test_with_the_first_zone_of_a_class_comes_the_one_for_all_of_them() -> None:
    assert places_of("school") is None
    share_zone(CONSOLE, "school", "No. 1", HOME, title="Schools")
    share_zone(CONSOLE, "school", "No. 2", WAY, title="Other title")
    whole = places_of("school")
    assert whole is not None
    assert (whole.name, whole.person, whole.kind) == ("Schools", None, "places")
    assert Zone.objects.filter(place_class="school").exclude(kind="places").count() == 2
    one = supervised()
    demand = Demand(kind=OUT, buffer_m=200.0)
    condition = add_condition(CONSOLE, one.order.public_id, whole.public_id, demand)
    assert (condition.zone, condition.buffer_m) == (whole, 200.0)
    stay = Demand(kind=IN)
    words = (CONSOLE, one.order.public_id, whole.public_id, stay)
    assert refusal(add_condition, *words) == Refusal.ZONE_UNREADABLE


@pytest.mark.parametrize(
    ("place_class", "name", "shape"),
    [
        ("", "x", HOME),
        ("School", "x", HOME),
        ("a" * 41, "x", HOME),
        ("school", " ", HOME),
        ("school", "x" * 121, HOME),
        ("school", "x", Shape(kind=ZoneKind.PLACES)),
        ("school", "x", Shape(kind=ZoneKind.POLYGON)),
    ],
)
def test_a_shared_zone_that_is_none(place_class: str, name: str, shape: Shape) -> None:
    assert refusal(share_zone, CONSOLE, place_class, name, shape) == Refusal.ZONE_UNREADABLE
    assert Zone.objects.filter(person=None).count() == 0


def test_only_supervisors_draw_for_everybody() -> None:
    user = factory.user("officer.a", Role.OFFICER)
    actor = Actor(id=user.public_id, roles=frozenset({Role.OFFICER}), user_pk=user.pk)
    assert refusal(share_zone, actor, "school", "x", HOME) == CoreRefusal.NOT_PERMITTED


def test_a_corridor_is_a_zone_like_others() -> None:
    one = supervised()
    zone = create_zone(CONSOLE, one.person.public_id, "way to work", WAY)
    add_condition(CONSOLE, one.order.public_id, zone.public_id, Demand(kind=IN, priority=3))
    assert Condition.objects.get(zone=zone).priority == 3


@pytest.mark.parametrize(
    "shape",
    [
        Shape(kind=ZoneKind.CORRIDOR, rings=[LINE]),
        Shape(kind=ZoneKind.CORRIDOR, rings=[LINE], radius_m=5_001.0),
        Shape(kind=ZoneKind.CORRIDOR, rings=[LINE, LINE], radius_m=10.0),
        Shape(kind=ZoneKind.CORRIDOR, rings=[], radius_m=10.0),
        Shape(kind=ZoneKind.CORRIDOR, radius_m=10.0),
        Shape(kind=ZoneKind.CORRIDOR, rings=[LINE[:1]], radius_m=10.0),
        Shape(kind=ZoneKind.PLACES),
    ],
)
def test_a_corridor_that_is_none(shape: Shape) -> None:
    one = supervised()
    words = (CONSOLE, one.person.public_id, "way", shape)
    assert refusal(create_zone, *words) == Refusal.ZONE_UNREADABLE


@pytest.mark.parametrize(
    ("demand", "name"),
    [
        (Demand(kind=OUT, buffer_m=10.0), Refusal.BUFFER_UNREADABLE),
        (Demand(kind=OUT, buffer_m=float("nan")), Refusal.BUFFER_UNREADABLE),
        (Demand(kind=IN, buffer_m=100.0), Refusal.BUFFER_UNREADABLE),
        (
            Demand(kind=ConditionKind.HOME_CURFEW, timetable=NIGHT, buffer_m=60.0),
            Refusal.BUFFER_UNREADABLE,
        ),
        (Demand(kind=IN, priority=-1), Refusal.PRIORITY_OUT_OF_BOUNDS),
        (Demand(kind=IN, priority=101), Refusal.PRIORITY_OUT_OF_BOUNDS),
        (Demand(kind=IN, exceptions=[{"date": "x"}]), Refusal.TIMETABLE_UNREADABLE),
    ],
)
def test_a_demand_that_could_not_be_judged(demand: Demand, name: Refusal) -> None:
    one = supervised()
    zone = create_zone(CONSOLE, one.person.public_id, "market", HOME)
    assert refusal(add_condition, CONSOLE, one.order.public_id, zone.public_id, demand) == name


CIRCLE = {"kind": "circle", "lat": 48.0, "lon": 66.0, "radius_m": 9.0}


@pytest.mark.parametrize(
    "columns",
    [
        CIRCLE,
        {"kind": "places"},
        {"kind": "places", "place_class": "school", "radius_m": 9.0},
        {"kind": "corridor", "place_class": "school", "rings": [LINE]},
    ],
)
def test_the_database_refuses_what_no_door_would_write(columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Zone.objects.create(name="x", **columns)
    person = supervised().person
    with pytest.raises(IntegrityError), transaction.atomic():
        Zone.objects.create(name="x", person=person, kind="places", place_class="school")


def test_a_zone_that_is_removed_counts_no_more_and_stays_on_record() -> None:
    first = share_zone(CONSOLE, "school", "No. 1", HOME, title="Schools")
    second = share_zone(CONSOLE, "school", "No. 2", HOME)
    remove_zone(CONSOLE, first.public_id)
    assert classes_of(["school"])["school"].names == ("No. 2",)
    assert refusal(remove_zone, CONSOLE, first.public_id) == CoreRefusal.NOT_FOUND
    remove_zone(CONSOLE, second.public_id)
    assert places_of("school") is None, "with its last zone a class goes too"
    assert Zone.objects.filter(removed_at__isnull=False).count() == 3
    again = share_zone(CONSOLE, "school", "No. 3", HOME, title="Lyceums")
    whole = places_of("school")
    assert whole is not None
    assert (whole.name, list(shared_zones("school"))) == ("Lyceums", [again])


def test_what_orders_in_force_name_is_asked_or_refused() -> None:
    one = supervised()
    first = share_zone(CONSOLE, "school", "No. 1", HOME, title="Schools")
    second = share_zone(CONSOLE, "school", "No. 2", HOME)
    drawn = Drawn(name="", shape="school", kind=ConditionKind.EXCLUSION)
    condition = forbid_class(CONSOLE, one.order.public_id, drawn)
    with pytest.raises(Refused) as refused:
        remove_zone(CONSOLE, first.public_id)
    assert refused.value.name == Refusal.ZONE_NAMED
    assert refused.value.facts == {"orders": 1, "documents": "№ 3-118/2026"}
    remove_zone(CONSOLE, first.public_id, sure=True)
    line = str(log.newest(log.size(), 1)[0].leaf)
    assert "supervision.zone.remove" in line
    assert refusal(remove_zone, CONSOLE, second.public_id) == Refusal.CLASS_NAMED
    assert refusal(remove_class, CONSOLE, "school") == Refusal.CLASS_NAMED
    end_condition(CONSOLE, condition.public_id)
    alone = add_condition(CONSOLE, one.order.public_id, second.public_id, Demand(kind=OUT))
    assert refusal(remove_zone, CONSOLE, second.public_id) == Refusal.CLASS_NAMED
    tomorrow = clock.now() + timedelta(days=1)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=tomorrow)
    assert refusal(remove_zone, CONSOLE, second.public_id) == Refusal.CLASS_NAMED
    end_condition(CONSOLE, alone.public_id)
    assert remove_class(CONSOLE, "school") == 1
    assert refusal(remove_class, CONSOLE, "school") == CoreRefusal.NOT_FOUND
    assert refusal(forbid_class, CONSOLE, one.order.public_id, drawn) == CoreRefusal.NOT_FOUND
    words = (CONSOLE, one.order.public_id, second.public_id, Demand(kind=OUT))
    assert refusal(add_condition, *words) == CoreRefusal.NOT_FOUND


def test_nobody_s_home_is_removed_as_a_shared_zone() -> None:
    one = supervised()
    assert refusal(remove_zone, CONSOLE, one.home.public_id) == CoreRefusal.NOT_FOUND
    with pytest.raises(IntegrityError), transaction.atomic():
        Zone.objects.filter(pk=one.home.pk).update(removed_at=datetime.now(UTC))  # noqa: TID251
