# SPDX-License-Identifier: EUPL-1.2
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation
from django.utils.formats import date_format
from supervision.factory import (
    CONSOLE,
    DOCUMENT,
    HOME,
    NIGHT,
    Supervised,
    supervised,
    terms,
    user,
)
from supervision.raised import actor

from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.devices import remove_device
from tarazy.supervision.actions.orders import revoke_order, start_order
from tarazy.supervision.actions.zones import replace_zone, set_hours
from tarazy.supervision.looks.lengths import metres
from tarazy.supervision.looks.trails import FOLLOW_LASTS, follow, trail
from tarazy.supervision.looks.way_words import counts_of, rows_of
from tarazy.supervision.models import Condition, Fitting, Order, PresenceChange
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def keep_fix(one: Supervised, at: datetime, lat: float | None = 48.6, marks: str = "") -> None:
    """A fix as the gateway's committing statement stores it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT supervision_ensure_fix_day(%s)", [at.date()])
        cursor.execute(
            "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat, lon,"
            " marks, content, digest) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '')",
            [one.device.pk, one.person.pk, one.order.pk, at, at, lat, lat and 66.9, marks.split()],
        )


def test_a_trail_is_the_window_s_fixes_with_gaps_left_open(operator: Actor) -> None:
    one = supervised()
    for minutes in (90, 60, 58, 30, 29):
        keep_fix(one, NOW - minutes * MINUTE)
    keep_fix(one, NOW - 28 * MINUTE, None)
    found = trail(operator, one.person.public_id, NOW - HOUR, NOW).geojson()
    assert (found["fixes"], found["gaps"], found["cut"]) == (4, 1, False)
    kinds = [feature["geometry"]["type"] for feature in found["features"]]
    assert kinds == ["LineString", "LineString", "Point", "Point", "Point", "Point"]


def test_a_trail_shows_48_hours_at_most(operator: Actor) -> None:
    one = supervised()
    with pytest.raises(Refused) as caught:
        trail(operator, one.person.public_id, NOW - 49 * HOUR, NOW)
    assert (caught.value.name, caught.value.facts) == (Refusal.WINDOW_TOO_LONG, {"hours": 48})


def test_a_trail_needs_an_order_in_force_then(operator: Actor) -> None:
    one = supervised()
    before = one.order.in_force.lower - HOUR
    with pytest.raises(Refused) as caught:
        trail(operator, one.person.public_id, before - HOUR, before)
    assert caught.value.name == CoreRefusal.BASIS_MISSING


def test_a_window_that_touches_two_orders_shows_both(operator: Actor) -> None:
    one = supervised()
    at = NOW - 5 * HOUR
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=at)
    later = start_order(CONSOLE, one.person.public_id, terms(at + HOUR, NOW + 90 * HOUR))
    for hours in (7, 6, 4.5, 3, 2):  # one of them between the orders
        keep_fix(one, NOW - hours * HOUR)
    keep_fix(dataclasses.replace(one, order=later), NOW - HOUR)
    before = log.size()
    found = trail(operator, one.person.public_id, NOW - 8 * HOUR, NOW)
    assert [round((NOW - fix.at) / HOUR, 1) for fix in found.fixes] == [7, 6, 1]
    assert (found.since, found.until) == (NOW - 8 * HOUR, NOW)
    assert log.size() == before + 2
    lines = [str(line.leaf) for line in log.newest(log.size(), 2)]
    assert later.public_id in lines[0]
    assert one.order.public_id in lines[1]


def test_a_trail_is_refused_whole(operator: Actor) -> None:
    one = supervised()
    at = NOW - 5 * HOUR
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=at)
    start_order(CONSOLE, one.person.public_id, terms(at + HOUR, NOW + 90 * HOUR))
    with pytest.raises(Refused) as caught:
        trail(operator, one.person.public_id, NOW - 49 * HOUR, NOW)
    assert caught.value.name == Refusal.WINDOW_TOO_LONG
    with pytest.raises(Refused) as caught:
        trail(operator, "per_none", NOW - HOUR, NOW)
    assert caught.value.name == CoreRefusal.NOT_FOUND


def test_a_trail_ends_where_the_device_was_taken_off(operator: Actor) -> None:
    one = supervised()
    keep_fix(one, NOW - 30 * MINUTE)
    keep_fix(one, NOW - 10 * MINUTE)
    remove_device(CONSOLE, Fitting.objects.get(device=one.device).public_id, at=NOW - 20 * MINUTE)
    assert len(trail(operator, one.person.public_id, NOW - HOUR, NOW).fixes) == 1


def test_a_trail_by_legs_says_stops_and_why_nothing_is_known(operator: Actor) -> None:
    one = supervised()
    for minutes in [*range(120, 109, -1), *range(60, 49, -1)]:
        keep_fix(one, NOW - minutes * MINUTE)
    found = trail(operator, one.person.public_id, NOW - 2 * HOUR, NOW - 50 * MINUTE, by_legs=True)
    with translation.override("en"):
        rows = rows_of(found)
        counts = counts_of(rows)
    assert [(row.kind, row.number) for row in rows] == [("stop", 1), ("gap", None), ("stop", 2)]
    assert rows[1].said == "nothing was heard, and why cannot be told"
    assert rows[1].lasted == "50 min"
    assert counts == {"stops": 2, "gaps": 1, "lost": "50 min", "deleted": 0}
    assert rows[0].shape["at"] == [66.9, 48.6]
    assert [zone["name"] for zone in found.zones] == ["home"]


def test_a_trail_has_the_zones_of_its_own_time(operator: Actor) -> None:
    """Under a zone that was drawn later, who was at home would seem to have been elsewhere."""
    one, at = supervised(), NOW - 3 * HOUR
    moved = dataclasses.replace(HOME, lat=48.7)
    changed = replace_zone(CONSOLE, one.curfew.public_id, "new home", moved)
    week = [{**NIGHT[0], "from": "21:00"}]
    later = set_hours(CONSOLE, changed.public_id, week)
    for condition, lower, upper in (
        (one.curfew, one.order.in_force.lower, at),
        (changed, at, NOW - HOUR),
        (later, NOW - HOUR, one.order.in_force.upper),
    ):
        Condition.objects.filter(pk=condition.pk).update(period=(lower, upper))

    def zones(since: datetime, until: datetime) -> list[tuple[str, float]]:
        found = trail(operator, one.person.public_id, since, until, by_legs=True).zones
        return [(zone["name"], zone["lat"]) for zone in found]

    assert zones(NOW - 9 * HOUR, NOW - 5 * HOUR) == [("home", 48.6)]
    assert zones(NOW - 2 * HOUR, NOW) == [("new home", 48.7)], "other hours are the same zone"
    moment = date_format(timezone.localtime(at), "j E H:i")
    both = [(f"home, until {moment}", 48.6), (f"new home, from {moment}", 48.7)]
    assert zones(NOW - 9 * HOUR, NOW) == both


def test_places_that_were_deleted_are_no_time_that_could_not_be_monitored(operator: Actor) -> None:
    one = supervised()
    Order.objects.filter(pk=one.order.pk).update(trace_storage="compliance_only")
    since = NOW - 10 * DAY
    PresenceChange.objects.create(condition=one.curfew, state="inside", at=since, known_at=since)
    found = trail(operator, one.person.public_id, since, since + HOUR, by_legs=True)
    with translation.override("en"):
        rows = rows_of(found)
        counts = counts_of(rows)
    assert [(row.deleted, row.said) for row in rows] == [
        (True, "places deleted, as the order or the law asks")
    ]
    assert counts == {"stops": 0, "gaps": 0, "lost": "0 min", "deleted": 1}


def test_invented_places_are_no_stop(operator: Actor) -> None:
    one = supervised()
    for minutes in range(30, 10, -1):
        keep_fix(one, NOW - minutes * MINUTE, marks="mock")
    found = trail(operator, one.person.public_id, NOW - HOUR, NOW, by_legs=True)
    with translation.override("en"):
        (row,) = rows_of(found)
    assert (row.kind, row.said) == ("gap", "the device gave invented places")
    assert len(found.fixes) == 20


@pytest.mark.parametrize(
    ("distance_m", "said"),
    [
        (0, "0 m"),
        (7.4, "7 m"),
        (83, "80 m"),
        (998, "1000 m"),
        (1_000, "1.0 km"),
        (12_345, "12.3 km"),
    ],
)
def test_lengths_are_said_as_people_say_them(distance_m: float, said: str) -> None:
    with translation.override("en"):
        assert metres(distance_m) == said


def test_following_is_a_look_that_needs_an_order_in_force(operator: Actor) -> None:
    one, before = supervised(), log.size()
    found = follow(operator, one.person.public_id, NOW)
    assert found.lasts == FOLLOW_LASTS
    assert [zone["name"] for zone in found.zones] == ["home"]
    line = str(log.newest(log.size(), 1)[0].leaf)
    assert log.size() == before + 1
    assert "supervision.person.follow" in line
    assert one.order.public_id in line
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - MINUTE)
    with pytest.raises(Refused) as caught:
        follow(operator, one.person.public_id, NOW)
    assert caught.value.name == CoreRefusal.NOT_PERMITTED
