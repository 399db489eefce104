# SPDX-License-Identifier: EUPL-1.2
"""Who comes, is turned away and goes stands in the audit log."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from supervision.factory import user

from tarazy.core.access import Role
from tarazy.core.audit import log

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_throttle_left_over() -> None:
    cache.clear()


def sessions() -> list[tuple[str, str, str]]:
    leaves = [json.loads(entry.leaf) for entry in reversed(log.newest(log.size(), 100))]
    found = [(one["verb"], one["outcome"], one["subject"]) for one in leaves]
    return [one for one in found if one[0].startswith("core.session.")]


def test_coming_and_going_leave_lines(client: Client) -> None:
    one = user("the.one", Role.OPERATOR)
    client.post(LOGIN, {"login": "the.one", "password": "wrong password"})
    client.post(LOGIN, {"login": "the.one", "password": "a long password"})
    client.post("/accounts/logout/")
    assert sessions() == [
        ("core.session.begin", "refused:wrong_credentials", one.public_id),
        ("core.session.begin", "done", one.public_id),
        ("core.session.end", "done", one.public_id),
    ]


def test_a_name_that_nobody_has_is_not_written_down(client: Client) -> None:
    client.post(LOGIN, {"login": "my-own-password", "password": "x"})
    assert sessions() == [("core.session.begin", "refused:wrong_credentials", "")]
    assert log.details(log.size() - 1) == {}


def test_the_throttle_bounds_the_lines_too(client: Client) -> None:
    user("the.target", Role.OPERATOR)
    for number in range(20):
        client.post(LOGIN, {"login": "the.target", "password": f"wrong {number}"})
    assert len(sessions()) == 5
