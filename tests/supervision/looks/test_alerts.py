# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from supervision.factory import CONSOLE, HOME, NIGHT, supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.actions.alerts import acknowledge, resolve
from tarazy.supervision.actions.demands import Demand
from tarazy.supervision.actions.orders import add_condition, create_zone
from tarazy.supervision.actions.zones import replace_zone, set_hours
from tarazy.supervision.looks.alerts import alert
from tarazy.supervision.models import Alert, ConditionKind, NoContact, Order

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
EVIDENCE = [
    {"at": NOW.isoformat(), "lat": 48.61, "lon": 66.9, "accuracy_m": None},
    {"at": (NOW - timedelta(minutes=1)).isoformat(), "lat": 48.6, "lon": 66.9, "accuracy_m": 9.0},
    {"at": NOW.isoformat(), "lat": None, "lon": None, "accuracy_m": None},
]


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def test_the_page_has_reason_evidence_and_history(operator: Actor) -> None:
    one = supervised()
    earlier = raised(one, NOW, until=NOW - timedelta(minutes=5))
    resolve(operator, earlier.public_id, 1, "unknown", "at home, indoors")
    found = raised(one, NOW, evidence=EVIDENCE)
    acknowledge(operator, found.public_id, 1, "calling")
    with translation.override("en"):
        page = alert(operator, found.public_id)
    assert page.latest.sentence == "Outside home in curfew hours."
    assert [row.accuracy_m for row in page.witnesses] == [9.0, None]
    assert [(row.author, row.by_service) for row in page.history] == [
        ("operator", False),
        ("the service", True),
    ]
    assert [row.version.note for row in page.others] == ["at home, indoors"]
    assert page.zone is not None
    assert page.zone["radius_m"] == 100.0
    assert page.open
    assert page.acknowledged


def test_what_happened_before_is_told_across_other_hours_and_a_zone_drawn_anew(
    operator: Actor,
) -> None:
    """Else who was absent each night is said to be so for the first time."""
    one, days = supervised(), timedelta(days=1)
    week = [{**NIGHT[0], "from": "21:00"}]
    moved = replace_zone(CONSOLE, one.curfew.public_id, "home", replace(HOME, lat=48.61))
    later = set_hours(CONSOLE, moved.public_id, week)
    told = []
    for condition, age in ((one.curfew, 3), (moved, 2), (later, 1), (later, 0)):
        at = NOW - age * days
        alert_of = raised(one, NOW, since=at, known_at=at, until=at)
        Alert.objects.filter(pk=alert_of.pk).update(condition=condition)
        told.append(alert_of)
    other = raised(one, NOW, since=NOW - 9 * days, known_at=NOW - 9 * days, until=NOW - 9 * days)
    place = create_zone(CONSOLE, one.person.public_id, "another", HOME)
    demand = Demand(kind=ConditionKind.HOME_CURFEW, timetable=NIGHT)
    another = add_condition(CONSOLE, one.order.public_id, place.public_id, demand)
    Alert.objects.filter(pk=other.pk).update(condition=another)

    def before(one: Alert) -> list[Alert]:
        return [row.version.alert for row in alert(operator, one.public_id).others]

    assert before(told[3]) == [told[2], told[1], told[0]]
    assert before(told[1]) == [told[0]], "what came later is not earlier"
    assert before(told[0]) == []


def test_what_happened_before_with_another_is_another_cause(operator: Actor) -> None:
    one, second, third = supervised(), supervised("Екінші"), supervised("Үшінші")
    period = (NOW - timedelta(days=20), NOW + timedelta(days=20))

    def apart(other: Order, **more: Any) -> NoContact:
        facts = {"order": one.order, "other_order": other, "radius_m": 100, "period": period}
        return NoContact.objects.create(**(facts | more))

    before = (NOW - timedelta(days=29), NOW - timedelta(days=20))
    told = []
    for days, demand in enumerate(
        (apart(second.order), apart(third.order), apart(second.order, period=before))
    ):
        at = NOW - timedelta(days=days)
        facts = {"since": at, "known_at": at, "until": at, "condition": None}
        told.append(raised(one, NOW, rule="S-CONTACT", no_contact=demand, **facts))
    found = alert(operator, told[0].public_id).others
    assert [row.version.alert for row in found] == [told[2]]


@pytest.mark.parametrize(
    ("probability", "evidence", "deleted"),
    [
        (0.9, EVIDENCE[:2], False),
        (0.9, EVIDENCE, True),
        (0.9, EVIDENCE[2:], True),
        (0.9, [], True),  # raised of a change whose places had gone before
        (None, [], False),  # the device fell silent
    ],
)
def test_an_alert_says_whether_its_places_are_kept(
    operator: Actor, probability: float | None, evidence: list[dict[str, Any]], deleted: bool
) -> None:
    found = raised(supervised(), NOW, probability=probability, evidence=evidence)
    assert alert(operator, found.public_id).places_deleted is deleted


def test_our_own_outage_has_a_page_without_a_person(operator: Actor) -> None:
    page = alert(operator, raised(None, NOW, rule="S-OUTAGE", facts={}).public_id)
    assert (page.alert.person, page.zone, page.others) == (None, None, [])


@pytest.mark.parametrize(
    ("role", "name"),
    [(Role.INVESTIGATOR, Refusal.NOT_PERMITTED), (Role.ANALYST, Refusal.NOT_PERMITTED)],
)
def test_others_cases_stay_closed(role: Role, name: Refusal) -> None:
    found = raised(supervised(), NOW)
    with pytest.raises(Refused) as caught:
        alert(actor(user("somebody", role)), found.public_id)
    assert caught.value.name == name


@pytest.mark.parametrize(("minutes", "after"), [(-60, True), (-0.5, False), (60, False)])
def test_the_page_says_that_it_was_known_after_the_order_s_end(minutes: float, after: bool) -> None:
    one, officer = supervised(), user("officer", Role.OFFICER)
    found = raised(one, NOW)
    end = found.versions.get().known_at + timedelta(minutes=minutes)
    period = (NOW - timedelta(days=3), end)
    Order.objects.filter(pk=one.order.pk).update(in_force=period, officer=officer)
    assert alert(actor(officer), found.public_id).known_after_end is after
