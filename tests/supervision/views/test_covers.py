# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from supervision.factory import supervised, user
from supervision.officer import now, signed_in

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.models import Cover

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS = "/supervision/covers/"


@pytest.fixture
def away() -> User:
    return user("away", Role.OFFICER)


@pytest.fixture
def substitute() -> User:
    return user("substitute", Role.OFFICER)


def form(officer: User, other: User, since: float, until: float) -> dict[str, str]:
    moments = [timezone.localtime(now() + days * DAY) for days in (since, until)]
    texts = [one.strftime("%Y-%m-%dT%H:%M") for one in moments]
    who = {"officer": officer.public_id, "substitute": other.public_id}
    return {**who, "since": texts[0], "until": texts[1]}


def test_a_caseload_is_handed_over_and_comes_back(away: User, substitute: User) -> None:
    page = f"/supervision/people/{supervised(officer=away).person.public_id}/"
    one, other = signed_in(away), signed_in(substitute)
    assert other.get(page).status_code == 403
    assert one.post(ADDRESS, form(away, substitute, -1, 10)).status_code == 302
    assert other.get(page).status_code == 200
    assert one.get(page).status_code == 200
    assert "substitute" in one.get(ADDRESS).content.decode()
    end = f"{ADDRESS}{Cover.objects.get().public_id}/end"
    assert other.post(end).status_code == 403, "only who is away, or a supervisor, ends it"
    assert one.post(end).status_code == 302
    assert other.get(page).status_code == 403
    assert one.post(end).status_code == 422


def test_a_leave_that_was_sent_twice_is_one_and_ends_with_it(away: User, substitute: User) -> None:
    page = f"/supervision/people/{supervised(officer=away).person.public_id}/"
    one, other = signed_in(away), signed_in(substitute)
    assert one.post(ADDRESS, form(away, substitute, -1, 10)).status_code == 302
    again = one.post(ADDRESS, form(away, substitute, 3, 12))
    assert again.status_code == 422
    assert "steps in for the other one" in again.content.decode()
    assert one.post(f"{ADDRESS}{Cover.objects.get().public_id}/end").status_code == 302
    assert other.get(page).status_code == 403
    assert one.post(ADDRESS, form(away, substitute, 3, 12)).status_code == 302, "another leave"
    third = user("third", Role.OFFICER)
    assert one.post(ADDRESS, form(away, third, 3, 12)).status_code == 302, "a second substitute"


def test_a_leave_of_later_gives_nothing_yet(away: User, substitute: User) -> None:
    page = f"/supervision/people/{supervised(officer=away).person.public_id}/"
    supervisor = signed_in(user("supervisor", Role.SUPERVISOR))
    assert supervisor.post(ADDRESS, form(away, substitute, 5, 10)).status_code == 302
    assert signed_in(substitute).get(page).status_code == 403


@pytest.mark.parametrize(("since", "until"), [(5, 4), (-5, -4), (0, 400)])
def test_a_leave_that_is_none_is_refused(
    away: User, substitute: User, since: float, until: float
) -> None:
    answer = signed_in(away).post(ADDRESS, form(away, substitute, since, until))
    assert "A leave ends after it begins" in answer.content.decode()
    assert Cover.objects.count() == 0


def test_nobody_takes_anothers_caseload(away: User, substitute: User) -> None:
    taker: Client = signed_in(substitute)
    assert taker.post(ADDRESS, form(away, substitute, 0, 5)).status_code == 422
    assert Cover.objects.count() == 0
    assert signed_in(user("operator", Role.OPERATOR)).get(ADDRESS).status_code == 403
