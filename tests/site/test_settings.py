# SPDX-License-Identifier: EUPL-1.2
"""What the frame of every page stands: odd text, wrong hosts, other people at the same screen."""

import pytest
from django.core.cache import cache
from django.test import Client
from supervision.factory import user

from tarazy.core.access import Role
from tarazy.core.errors import Misconfigured
from tarazy.site.settings import database

pytestmark = pytest.mark.django_db
EVERYTHING = [role for role in Role if role is not Role.SYSTEM]
NUL = "\0"


@pytest.fixture
def reader() -> Client:
    found = Client(raise_request_exception=False, headers={"accept": "text/html"})
    found.force_login(user("the.reader", *EVERYTHING))
    return found


@pytest.mark.parametrize(
    "address",
    [
        "/supervision/people/per%00/",
        "/supervision/alerts/alr%00/",
        "/supervision/people/?name=%00",
        "/supervision/people/?page=%00",
        "/supervision/people/x/trail.json?since=%00",
        "/procurement/?buyer=%00",
        "/audit/?before=%00",
        "/catalogue/a%00",
        "/%00",
        "/supervision/people/%ED%A0%80/",
        "/supervision/people/?name=%ED%A0%80",
    ],
)
def test_text_that_no_table_holds_is_no_fault(reader: Client, address: str) -> None:
    assert 200 <= reader.get(address).status_code < 500


@pytest.mark.parametrize(
    ("address", "facts"),
    [
        ("/supervision/alerts/x/resolve", {"version": "1", "note": NUL}),
        ("/supervision/alerts/x\0/acknowledge", {"version": "1"}),
        ("/purpose", {"purpose": NUL}),
        ("/language", {"language": NUL}),
        ("/accounts/login/", {"login": NUL, "password": NUL}),
    ],
)
def test_nor_in_a_form(reader: Client, address: str, facts: dict[str, str]) -> None:
    assert reader.post(address, facts).status_code == 400


def test_nor_in_a_cookie() -> None:
    cookie = '__Host-session="' + "a" * 32 + '\\000"'  # three octal digits: how cookies quote it
    stranger = Client(raise_request_exception=False, headers={"cookie": cookie})
    assert stranger.get("/").status_code == 400


def test_pages_are_kept_by_no_cache(reader: Client) -> None:
    for address in ("/supervision/", "/supervision/people/", "/audit/", "/accounts/login/", "/no"):
        assert "no-store" in reader.get(address).headers["Cache-Control"], address


def test_a_wrong_host_gets_the_strict_policy_too(client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_many_names_do_not_push_the_throttle_out() -> None:
    cache.clear()
    cache.set("zz-first", 5)
    for number in range(400):
        cache.set(f"zz-{number}", number)
    cache.set("another", 1)
    assert cache.get("zz-first") == 5
    assert [cache.get(f"zz-{number}") for number in range(400)] == list(range(400))
    cache.clear()


@pytest.mark.parametrize("url", ["postgresql://[", "postgresql://host:port/x"])
def test_a_wrong_database_address_names_its_setting(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        database(url, "DATABASE_URL")
    assert caught.value.setting == "DATABASE_URL"
