# SPDX-License-Identifier: EUPL-1.2
"""The zones of whoever is chosen on the board's map: of running conditions alone, a look each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.officer import signed_in

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.orders import add_condition, create_zone, revoke_order
from tarazy.supervision.actions.zones import end_condition
from tarazy.supervision.models import ConditionKind, ZoneKind

pytestmark = pytest.mark.django_db
SCHOOL = Shape(kind=ZoneKind.CIRCLE, lat=48.7, lon=66.9, radius_m=300.0)


@pytest.fixture
def operator() -> Client:
    return signed_in(user("operator", Role.OPERATOR))


def keep_out(one: Supervised, buffer_m: float | None) -> None:
    zone = create_zone(CONSOLE, one.person.public_id, "school", SCHOOL)
    demand = Demand(kind=ConditionKind.EXCLUSION, timetable=[], buffer_m=buffer_m)
    add_condition(CONSOLE, one.order.public_id, zone.public_id, demand)


def asked(client: Client, one: Supervised, what: str = "zones.json") -> list[dict[str, Any]]:
    answer = client.post(f"/supervision/people/{one.person.public_id}/{what}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = answer.json()["zones"]
    return found


@pytest.mark.parametrize("what", ["zones.json", "follow"])
def test_the_map_is_given_shapes_demands_and_the_buffer(operator: Client, what: str) -> None:
    one = supervised()
    keep_out(one, 200)
    with translation.override("en"):
        school, home = asked(operator, one, what)
    assert (school["name"], school["demand"], school["radius_m"]) == ("school", "exclusion", 300)
    assert (home["name"], home["demand"], home["buffer"]) == ("home", "home_curfew", [])
    (((ring),),) = school["buffer"]
    assert max(lat for _, lat in ring) == pytest.approx(48.7 + 500 / 111_195, abs=0.0001)


def test_choosing_somebody_is_one_look_in_the_log(operator: Client) -> None:
    one, before = supervised(), log.size()
    assert len(asked(operator, one)) == 1
    assert log.size() == before + 1
    line = str(log.newest(log.size(), 1)[0].leaf)
    assert "supervision.person.zones" in line
    assert one.order.public_id in line


def test_what_ended_is_not_drawn(operator: Client) -> None:
    one = supervised()
    end_condition(CONSOLE, one.curfew.public_id)
    assert asked(operator, one) == []


def test_nobody_s_zones_are_shown_to_whom_they_do_not_concern(operator: Client) -> None:
    one = supervised(officer=user("an.officer", Role.OFFICER))
    address = f"/supervision/people/{one.person.public_id}/zones.json"
    assert operator.post("/supervision/people/per_none/zones.json").status_code == 404
    assert operator.get(address).status_code == 405
    assert signed_in(user("stranger", Role.OFFICER)).post(address).status_code == 403
    assert signed_in(user("analyst", Role.ANALYST)).post(address).status_code == 403
    ended = datetime.now(UTC) - timedelta(minutes=1)  # noqa: TID251 - a test's own clock
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=ended)
    assert operator.post(address).status_code == 403
