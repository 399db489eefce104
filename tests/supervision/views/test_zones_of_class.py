# SPDX-License-Identifier: EUPL-1.2
"""A condition on all shared zones of a class: drawn, rehearsed and changed like any other."""

from dataclasses import replace

import pytest
from django.test import Client
from supervision.factory import CONSOLE, Supervised, user
from supervision.officer import actor, approved, change, now
from supervision.views.test_zones import keep_fixes, typed

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.actions.drafts import DraftDemand
from tarazy.supervision.actions.shared_zones import share_zone
from tarazy.supervision.models import (
    Condition,
    ConditionKind,
    DraftCondition,
    VersionKind,
    ZoneKind,
)

pytestmark = pytest.mark.django_db
SCHOOL = Shape(kind=ZoneKind.CIRCLE, lat=48.65, lon=66.95, radius_m=160.0)


def of_class(**more: object) -> dict[str, object]:
    """All zones of a class; whatever was drawn before is left in the other fields."""
    return typed(shape="places", place_class="school", name="", lat="", lon="") | more


def test_somebody_is_kept_out_of_every_zone_of_a_class(officer: Client, one: Supervised) -> None:
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    assert "Kind of shared zones" not in officer.get(address).content.decode()
    share_zone(CONSOLE, "school", "No. 1", SCHOOL, title="Schools")
    assert "Schools (1)" in officer.get(address).content.decode()
    form = of_class(hours="Mon-Fri 08:00-18:00", buffer_m="200")
    for more, sentence in (
        ({"hours": "at noon"}, "at noon"),
        ({"place_class": "moon"}, "Select a valid choice"),
        ({"place_class": ""}, "Choose the kind of shared zones"),
        ({"demand": "inclusion"}, "can only be kept out of"),
    ):
        wrong = officer.post(address, form | more)
        assert wrong.status_code == 422
        assert sentence in wrong.content.decode()
    assert Condition.objects.count() == 1
    assert officer.post(address, form).status_code == 302
    condition = Condition.objects.exclude(pk=one.curfew.pk).get()
    assert (condition.kind, condition.zone.place_class) == ("exclusion", "school")
    assert (condition.timetable[0]["from"], condition.buffer_m) == ("08:00", 200)
    page = officer.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    assert "Schools" in page
    assert officer.post(address, form).status_code == 422, "one condition for a class at a time"


def test_a_class_is_rehearsed_like_a_zone(officer: Client, one: Supervised) -> None:
    share_zone(CONSOLE, "school", "No. 1", SCHOOL, title="Schools")
    share_zone(CONSOLE, "school", "No. 2", replace(SCHOOL, lat=48.7, lon=66.9), title="Schools")
    keep_fixes(one, [(48.65, 66.9)] * 20 + [(48.7, 66.9)] * 20 + [(48.65, 66.9)] * 20)
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    text = officer.post(address, of_class(then="rehearse")).content.decode()
    assert "This would have raised 1 alert:" in text
    assert "No. 2" in text, "the finding names the zone, not the class"
    assert Condition.objects.count() == 1
    share_zone(CONSOLE, "port", "Aktau", replace(SCHOOL, lat=44.0), title="Ports")
    text = officer.post(address, of_class(then="rehearse", place_class="port")).content.decode()
    assert "This would have raised no alert." in text


def test_a_condition_on_a_class_is_changed_like_any_other(officer: Client, one: Supervised) -> None:
    for name, title in (("school", "Schools"), ("port", "Ports")):
        share_zone(CONSOLE, name, "No. 1", SCHOOL, title=title)
    officer.post(f"/supervision/people/{one.person.public_id}/zones/new", of_class())

    def judged_now() -> Condition:
        return Condition.objects.get(kind="exclusion", period__contains=now())

    def changed(**more: object) -> Condition:
        before = judged_now()
        edit = f"/supervision/conditions/{before.public_id}/"
        assert "Schools (1)" in officer.get(edit).content.decode()
        assert officer.post(edit, of_class(**more)).status_code == 302
        return judged_now()

    first = judged_now()
    same = changed()
    assert same == first, "nothing was changed, and nothing begins anew"
    hours = changed(hours="Mon-Fri 08:00-18:00")
    assert (hours.zone, hours.timetable[0]["from"]) == (first.zone, "08:00")
    wide = changed(hours="Mon-Fri 08:00-18:00", buffer_m="300")
    assert (wide.zone, wide.buffer_m, wide.timetable) == (first.zone, 300, hours.timetable)
    other = changed(hours="Mon-Fri 08:00-18:00", buffer_m="300", place_class="port")
    assert (other.zone.place_class, other.buffer_m) == ("port", 300)
    drawn = typed(hours="Mon-Fri 08:00-18:00", lat="48.9", name="one gate")
    edit = f"/supervision/conditions/{other.public_id}/"
    assert officer.post(edit, drawn).status_code == 302
    single = judged_now()
    assert (single.zone.name, single.zone.person, single.zone.replaces) == (
        "one gate", one.person, None,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.period.upper <= now()


def test_a_line_of_the_document_may_name_a_class(
    officer: Client, one: Supervised, author: User
) -> None:
    share_zone(CONSOLE, "school", "No. 1", SCHOOL, title="Schools")
    facts = change(actor(author), one.order, VersionKind.VARIATION, one.order.in_force.upper)
    demand = DraftDemand(kind=ConditionKind.EXCLUSION, place="all schools")
    approver = actor(user("approver", Role.SUPERVISOR))
    approved(actor(author), approver, replace(facts, demands=[demand]))
    asked = DraftCondition.objects.get()
    address = f"/supervision/people/{one.person.public_id}/zones/new?demand={asked.public_id}"
    assert "Schools (1)" in officer.get(address).content.decode()
    assert officer.post(address, of_class()).status_code == 302
    asked.refresh_from_db()
    assert asked.condition == Condition.objects.get(kind="exclusion")


def test_a_class_that_covers_the_home_must_be_confirmed(officer: Client, one: Supervised) -> None:
    share_zone(CONSOLE, "school", "No. 7", replace(SCHOOL, lat=48.6005, lon=66.9), title="Schools")
    address = f"/supervision/people/{one.person.public_id}/zones/new"
    answer = officer.post(address, of_class())
    assert "No. 7, one of the shared zones to keep out of, covers" in answer.content.decode()
    assert Condition.objects.count() == 1
    assert officer.post(address, of_class(sure="yes")).status_code == 302
