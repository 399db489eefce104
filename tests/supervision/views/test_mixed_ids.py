# SPDX-License-Identifier: EUPL-1.2
"""Somebody else's id beside an own one, in an address or a field; the same form sent twice.

The walk over the policy (tests/site/test_policy.py) tries each address with one person's ids. Here
an officer, who may see the first person, puts ids of another one into that person's pages.
"""

from dataclasses import dataclass

import pytest
from django.test import Client
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.officer import now, signed_in
from supervision.recorded import alert_of, contact_of, fitting_of
from supervision.views.test_devices import protocol

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.actions.devices import enrol_device
from tarazy.supervision.models import (
    Alert,
    AlertState,
    Contact,
    Device,
    DeviceCommand,
    Fitting,
    OrderDraft,
)

pytestmark = pytest.mark.django_db
REFUSED = {302, 403, 404, 422}


@dataclass(frozen=True, slots=True)
class Two:
    """An officer with one person; another person is somebody else's."""

    officer: User
    client: Client
    mine: Supervised
    other: Supervised


@pytest.fixture
def two() -> Two:
    officer = user("mixed.officer", Role.OFFICER)
    mine = supervised("Менің Адамым", officer=officer)
    other = supervised("Бөтен Адам", officer=user("mixed.other", Role.OFFICER))
    return Two(officer, signed_in(officer), mine, other)


def test_another_s_fitting_is_not_ended_from_an_own_page(two: Two) -> None:
    fitting = fitting_of(two.other)
    address = f"/supervision/people/{two.mine.person.public_id}/fittings/{fitting}/end"
    form = {"stock": "free", "note": "a", "signature_drawn": protocol("x")["signature_drawn"]}
    answer = two.client.post(address, form)
    assert answer.status_code in {403, 404}
    assert two.other.person.full_name not in answer.content.decode()
    assert Fitting.objects.get(public_id=fitting).period.upper is None


def test_another_s_device_is_sent_nothing_from_an_own_page(two: Two) -> None:
    device = two.other.device.public_id
    address = f"/supervision/people/{two.mine.person.public_id}/devices/{device}/command"
    answer = two.client.post(address, {"kind": "locate"})
    assert answer.status_code in {403, 404, 422}
    assert not DeviceCommand.objects.exists()


def test_another_s_device_is_not_put_on(two: Two) -> None:
    device = two.other.device
    address = f"/supervision/people/{two.mine.person.public_id}/fit"
    assert two.client.post(address, protocol(device.public_id)).status_code in REFUSED
    assert {one.person for one in Fitting.objects.filter(device=device)} == {two.other.person}


def test_another_s_zone_and_demand_show_nothing(two: Two) -> None:
    two.other.curfew.zone.name = "құпия аймақ"
    two.other.curfew.zone.save()
    page = f"/supervision/people/{two.mine.person.public_id}/zones/new"
    for query in (f"copy={two.other.curfew.public_id}", f"copy={two.other.curfew.zone.public_id}"):
        answer = two.client.get(f"{page}?{query}")
        assert "құпия" not in answer.content.decode()
        assert answer.status_code != 500


def test_another_s_contact_is_not_noted_as_called(two: Two) -> None:
    alert, contact = alert_of(two.mine), contact_of(two.other)
    address = f"/supervision/alerts/{alert.public_id}/called"
    answer = two.client.post(address, {"contact": contact.public_id})
    assert answer.status_code in {403, 404, 422}
    assert alert.versions.count() == 1


def test_another_s_alert_is_not_resolved_among_own_ones(two: Two) -> None:
    mine, other = alert_of(two.mine), alert_of(two.other)
    rows = [f"{one.public_id} {one.version}" for one in (mine, other)]
    facts = {"alert": rows, "cause": "permitted", "note": "both"}
    answer = two.client.post("/supervision/together/resolve", facts)
    assert answer.status_code < 500
    other.refresh_from_db()
    assert other.state == AlertState.ACTIVE
    assert other.versions.count() == 1


def test_an_alert_is_not_put_into_hands_that_may_not_hold_it(two: Two) -> None:
    alert = alert_of(two.mine)
    nobody = user("mixed.wearer", Role.WEARER)
    for to in (nobody.public_id, User.objects.get(username="mixed.other").public_id, "usr_x"):
        facts = {"version": "1", "to": to, "note": "yours now"}
        answer = two.client.post(f"/supervision/alerts/{alert.public_id}/hand-over", facts)
        assert answer.status_code in {403, 404, 422}
    alert.refresh_from_db()
    assert alert.holder is None


def test_the_same_form_sent_twice_does_it_once(two: Two) -> None:
    """A tired hand clicks twice: one resolution, one fitting, and a refusal in words."""
    alert = alert_of(two.mine)
    facts = {"version": "1", "cause": "permitted", "note": "on the way to the court"}
    address = f"/supervision/alerts/{alert.public_id}/resolve"
    first, again = two.client.post(address, facts), two.client.post(address, facts)
    assert (first.status_code, again.status_code) == (302, 422)
    assert Alert.objects.get(pk=alert.pk).versions.filter(act="resolved").count() == 1

    Fitting.objects.filter(person=two.mine.person).update(period=(None, now()))
    device = enrol_device(CONSOLE, "owntracks", "clicked twice")[0]
    page = f"/supervision/people/{two.mine.person.public_id}/fit"
    for _ in range(2):
        assert two.client.post(page, protocol(device.public_id)).status_code in REFUSED
    assert Fitting.objects.filter(device=device).count() == 1
    assert Device.objects.filter(identifier="clicked twice").count() == 1


def test_a_contact_sent_twice_is_one(two: Two) -> None:
    page = f"/supervision/people/{two.mine.person.public_id}/contacts"
    facts = {"kind": "household", "name": "Анасы", "phone": "+7 701 000 00 09"}
    for _ in range(2):
        assert two.client.post(page, facts).status_code in REFUSED
    assert Contact.objects.filter(person=two.mine.person, phone=facts["phone"]).count() == 1
    assert not OrderDraft.objects.exists()


@pytest.mark.parametrize("alert", ["a/b", "..", "//elsewhere.example"])
def test_a_way_back_that_is_no_alert_leads_to_the_person(two: Two, alert: str) -> None:
    page = f"/supervision/people/{two.mine.person.public_id}/"
    form = {"kind": "family", "name": "Анасы", "phone": "+7 701 000 00 00", "alert": alert}
    assert two.client.post(f"{page}contacts", form).headers["Location"] == page
    command = f"{page}devices/{two.mine.device.public_id}/command"
    answer = two.client.post(command, {"kind": "locate", "alert": alert})
    assert answer.headers["Location"] == f"{page}#devices"
