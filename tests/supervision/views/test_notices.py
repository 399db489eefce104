# SPDX-License-Identifier: EUPL-1.2
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from supervision.factory import supervised, user
from supervision.officer import signed_in
from supervision.raised import actor

from tarazy.core.access import Role
from tarazy.supervision.actions.appointments import make_appointment
from tarazy.supervision.models import Dispatch, Notice
from tarazy.supervision.notices.routes import Occasion, Route

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
PAGE = "/supervision/notices/"
ROUTE = Route(
    name="duty-phone",
    url="tgram://s3cret:t0ken/-100",
    role=Role.OPERATOR,
    occasions=frozenset({Occasion.RAISED}),
)


def message(route: str, occasion: str = "raised", count: int = 1, **more: Any) -> Dispatch:
    facts = {"made_at": NOW, "next_at": NOW, "attempts": 1, "state": "sent", "ended_at": NOW}
    made = Dispatch.objects.create(route=route, **(facts | more))
    for n in range(count):
        Notice.objects.create(
            route=route,
            occasion=occasion,
            subject=f"alr_{made.pk:016x}{n:016x}",
            made_at=NOW,
            dispatch=made,
        )
    return made


@pytest.fixture
def chief() -> Client:
    return signed_in(user("chief", Role.SUPERVISOR))


def rows(client: Client, query: str = "") -> list[str]:
    text = client.get(f"{PAGE}?{query}").content.decode()
    return re.findall(r'<td data-label="Route"><b>([^<]+)</b>', text)


def test_without_a_route_the_page_says_how_to_set_one_up(chief: Client) -> None:
    text = chief.get(PAGE).content.decode()
    assert "No route is set up" in text
    assert "TARAZY_NOTICES" in text


def test_it_shows_routes_and_messages_but_no_address(chief: Client) -> None:
    message("duty-phone", count=12)
    message("mail", "service", state="waiting", ended_at=None, error="timeout", attempts=4)
    message("old", state="given_up", perhaps_twice=True, error="http 500")
    with override_settings(TARAZY=replace(settings.TARAZY, notices=(ROUTE,))):
        text = chief.get(PAGE).content.decode()
    assert "s3cret" not in text
    assert "t0ken" not in text
    for words in (
        "new alert: 12", "and 4 more", "did not answer in time", "given up", "answered 500",
        "may have come twice", "duty operator",
    ):  # fmt: skip
        assert words in text, words


def test_what_waits_for_approval_leads_to_where_it_is_decided(chief: Client) -> None:
    message("chief", "approval", count=2)
    draft, contact = (one.subject.replace("alr_", "") for one in Notice.objects.order_by("id"))
    Notice.objects.filter(subject=f"alr_{draft}").update(subject=f"drf_{draft}")
    Notice.objects.filter(subject=f"alr_{contact}").update(subject=f"ncd_{contact}")
    text = chief.get(PAGE).content.decode()
    assert f'href="/supervision/drafts/drf_{draft}/"' in text
    assert re.search(rf'<a href="/supervision/orders/"><[^>]*ncd_{contact}', text)


def test_it_is_filtered_and_sorted(chief: Client) -> None:
    message("b", attempts=1)
    message("a", attempts=7)
    message("c", state="given_up", attempts=2)
    assert rows(chief) == ["c", "a", "b"]
    assert rows(chief, "sort=oldest") == ["b", "a", "c"]
    assert rows(chief, "sort=attempts") == ["a", "c", "b"]
    assert rows(chief, "sort=route") == ["a", "b", "c"]
    assert rows(chief, "state=given_up") == ["c"]
    assert rows(chief, "state=doubtful") == ["c", "a"]
    assert rows(chief, "route=b") == ["b"]
    assert rows(chief, "state=%27&sort=--&route=nowhere&page=x") == []
    assert rows(chief, "state=nothing&sort=nothing&page=99") == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("role", "links"),
    [(Role.SUPERVISOR, True), (Role.AUDITOR, True), (Role.ADMINISTRATOR, False)],
)
def test_references_lead_only_where_one_may_go(role: Role, links: bool) -> None:
    made = message("duty-phone")
    text = signed_in(user("the.one", role)).get(PAGE).content.decode()
    subject = made.notices.get().subject
    assert subject in text
    assert (f'href="/supervision/alerts/{subject}/"' in text) == links


def test_a_notice_of_an_appointment_leads_to_its_person_and_no_further() -> None:
    mine = user("mine", Role.OFFICER)
    near = supervised(officer=mine)
    chief = actor(user("chief", Role.SUPERVISOR))
    at = NOW + timedelta(hours=5)
    one = make_appointment(chief, near.person.public_id, at, "Abai 1", "")
    address = f"/supervision/appointments/{one.public_id}/"
    answer = signed_in(mine).get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/supervision/people/{near.person.public_id}/appointments"
    assert signed_in(user("other", Role.OFFICER)).get(address).status_code == 403
    assert signed_in(mine).get("/supervision/appointments/apt_0/").status_code in {403, 404}
