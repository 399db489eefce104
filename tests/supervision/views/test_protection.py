# SPDX-License-Identifier: EUPL-1.2
"""Pages about protected people, from the record to the withdrawal."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from supervision.factory import CONSOLE, supervised, user
from supervision.raised import raised

from tarazy.core.access import Role
from tarazy.supervision.actions.devices import enrol_device
from tarazy.supervision.models import Consent, NoContact, ProtectedFitting, ProtectedPerson

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
NAME, PHONE = "Қорғалған Адам", "+7 700 000 00 17"


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(user("keeper", Role.PROTECTION))
    return client


def record(keeper: Client, label: str = "ПЛ-17") -> ProtectedPerson:
    to = reverse("supervision:protected-record")
    keeper.post(to, {"label": label, "full_name": NAME, "phone": PHONE})
    return ProtectedPerson.objects.get(label=label)


def test_from_the_record_to_the_withdrawal(keeper: Client) -> None:
    one, wearer = record(keeper), supervised()
    enrol_device(CONSOLE, "owntracks", "phone 77")
    page = reverse("supervision:protected-person", args=[one.public_id])
    no_consent = keeper.post(
        reverse("supervision:protected-fit", args=[one.public_id]), {"device": "phone 77"}
    )
    assert no_consent.status_code == 422
    assert 'value="phone 77"' in no_consent.content.decode(), "what was typed is kept"
    until = f"{NOW + timedelta(days=30):%Y-%m-%dT%H:%M}"
    for name, facts in (
        ("consent-record", {"document_number": "C-1", "until": until}),
        ("protected-fit", {"device": "phone 77"}),
        (
            "no-contact-protect",
            {"order": wearer.order.public_id, "radius_m": "500", "inner_m": "200"},
        ),
    ):
        answer = keeper.post(reverse(f"supervision:{name}", args=[one.public_id]), facts)
        assert (answer.status_code, answer.headers["Location"]) == (302, page), name
    assert (NoContact.objects.get().radius_m, NoContact.objects.get().inner_m) == (500, 200)
    text = keeper.get(page).content.decode()
    for words in (NAME, PHONE, "phone 77", wearer.person.full_name):
        assert words in text
    assert "data-map" not in text
    keeper.post(
        reverse("supervision:protected-unfit", args=[ProtectedFitting.objects.get().public_id])
    )
    consent = Consent.objects.get()
    keeper.post(reverse("supervision:consent-withdraw", args=[consent.public_id]))
    assert Consent.objects.get().withdrawn_at is not None
    again = keeper.post(reverse("supervision:consent-withdraw", args=[consent.public_id]))
    assert again.status_code in {403, 404, 409, 422}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"document_number": "C-1", "until": "soon"},
        {"document_number": "C-1", "until": "9999-99-99T00:00"},
        {"document_number": "", "until": "2099-01-01T00:00"},
        {"document_number": "C-1", "until": "1999-01-01T00:00"},
    ],
)
def test_what_is_no_consent_is_told_on_the_page(keeper: Client, facts: dict[str, str]) -> None:
    one = record(keeper)
    answer = keeper.post(reverse("supervision:consent-record", args=[one.public_id]), facts)
    assert (answer.status_code, Consent.objects.count()) == (422, 0)
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(("outer", "inner"), [("", ""), ("x", "1"), ("300", "300"), ("٣٠٠", "100")])
def test_an_unlawful_radius_is_told_on_the_page(keeper: Client, outer: str, inner: str) -> None:
    one, order = record(keeper), supervised().order.public_id
    to = reverse("supervision:no-contact-protect", args=[one.public_id])
    answer = keeper.post(to, {"order": order, "radius_m": outer, "inner_m": inner})
    assert (answer.status_code, NoContact.objects.count()) == (422, 0)


def test_the_alert_says_whom_to_call_and_no_name(keeper: Client, client: Client) -> None:
    one, wearer = record(keeper), supervised()
    demand = NoContact.objects.create(
        order=wearer.order, protected=one, radius_m=300, inner_m=100, period=wearer.order.in_force
    )
    alert = raised(wearer, NOW, rule="S-VICTIM-PROXIMITY", condition=None, no_contact=demand)
    client.force_login(user("operator", Role.OPERATOR))
    text = client.get(reverse("supervision:alert", args=[alert.public_id])).content.decode()
    assert "ПЛ-17" in text
    assert PHONE in text
    assert NAME not in text
    client.force_login(user("auditor", Role.AUDITOR))
    text = client.get(reverse("supervision:alert", args=[alert.public_id])).content.decode()
    assert PHONE not in text
