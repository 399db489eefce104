# SPDX-License-Identifier: EUPL-1.2
"""Log-ins from the first link to the last closing, as the administrator and the user see them."""

import re

import pytest
from django.test import Client
from supervision.factory import user

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.core.models import User

pytestmark = pytest.mark.django_db
HEADERS = {"accept": "text/html", "accept-language": "en"}
WORDS = "four words of nobody"
NEW = {"username": "a.serik", "full_name": "Серікова Айгүл", "roles": ["officer", "operator"]}


@pytest.fixture
def administrator() -> Client:
    client = Client(headers=HEADERS)
    client.force_login(user("the.keeper", Role.ADMINISTRATOR))
    return client


def path_in(text: str) -> str:
    [path] = re.findall(r"<code>http://testserver(/\S+)</code>", text)
    return str(path)


def made(administrator: Client) -> str:
    """The path of the link for a new log-in."""
    answer = administrator.post("/users/", NEW)
    assert answer.status_code == 200
    return path_in(answer.content.decode())


def choose(browser: Client, path: str, words: str = WORDS, again: str = "") -> str:
    at = browser.get(path, follow=True)
    to = at.redirect_chain[-1][0] if at.redirect_chain else path
    fields = {"new_password1": words, "new_password2": again or words}
    return browser.post(to, fields, follow=True).content.decode()


def log_in(browser: Client, words: str = WORDS) -> bool:
    browser.post("/accounts/login/", {"login": "a.serik", "password": words})
    return "_auth_user_id" in browser.session


def test_a_new_user_chooses_the_password_by_a_link_that_works_once(administrator: Client) -> None:
    path, browser = made(administrator), Client(headers=HEADERS)
    assert not log_in(browser, "")
    text = browser.get(path, follow=True).content.decode()
    assert "a.serik" in text
    assert "Your password is chosen" in choose(browser, path)
    assert log_in(browser)
    assert User.objects.get(username="a.serik").get_full_name() == "Серікова Айгүл"
    other = Client(headers=HEADERS)
    assert "has been used" in other.get(path, follow=True).content.decode()
    assert "has been used" in choose(other, path, "some other long words")
    assert not log_in(Client(headers=HEADERS), "some other long words")


@pytest.mark.parametrize(
    ("words", "again", "sentence"),
    [
        ("short", "short", "too short, too common"),
        ("a.serik.serik", "a.serik.serik", "too short, too common"),
        (WORDS, "four words of somebody", "are not the same"),
    ],
)
def test_a_password_that_is_none_is_not_taken(
    administrator: Client, words: str, again: str, sentence: str
) -> None:
    path, browser = made(administrator), Client(headers=HEADERS)
    assert sentence in choose(browser, path, words, again)
    assert not log_in(browser, words)
    assert "Your password is chosen" in choose(browser, path)


def test_a_new_link_ends_the_password_the_session_and_the_old_link(administrator: Client) -> None:
    first, browser = made(administrator), Client(headers=HEADERS)
    choose(browser, first)
    assert log_in(browser)
    one = User.objects.get(username="a.serik")
    second = path_in(administrator.post(f"/users/{one.public_id}/link").content.decode())
    third = path_in(administrator.post(f"/users/{one.public_id}/link").content.decode())
    assert browser.get("/supervision/").status_code == 302
    assert not log_in(Client(headers=HEADERS))
    assert "has been used" in Client(headers=HEADERS).get(second, follow=True).content.decode()
    assert "Your password is chosen" in choose(Client(headers=HEADERS), third)


def test_whoever_leaves_is_out_at_once_and_a_link_does_not_help(administrator: Client) -> None:
    path, browser = made(administrator), Client(headers=HEADERS)
    choose(browser, path)
    assert log_in(browser)
    one = User.objects.get(username="a.serik")
    link = path_in(administrator.post(f"/users/{one.public_id}/link").content.decode())
    text = administrator.post(f"/users/{one.public_id}/close", follow=True).content.decode()
    assert "nobody comes in by it" in text
    assert browser.get("/supervision/").status_code == 302
    assert "has been used" in Client(headers=HEADERS).get(link, follow=True).content.decode()
    administrator.post(f"/users/{one.public_id}/reopen")
    assert "Your password is chosen" in choose(Client(headers=HEADERS), link)
    assert log_in(Client(headers=HEADERS))


def test_roles_are_changed_and_read_back(administrator: Client) -> None:
    made(administrator)
    one = User.objects.get(username="a.serik")
    assert one.roles == ["operator", "officer"]
    administrator.post(f"/users/{one.public_id}/roles", {"roles": ["analyst"]})
    one.refresh_from_db()
    assert one.roles == ["analyst"]
    administrator.post(f"/users/{one.public_id}/roles", {})
    one.refresh_from_db()
    assert one.roles == []
    for wrong in ("system", "wearer", "king"):
        answer = administrator.post(f"/users/{one.public_id}/roles", {"roles": [wrong]})
        assert answer.status_code == 422


def test_nobody_keeps_the_own_log_in(administrator: Client) -> None:
    own = User.objects.get(username="the.keeper")
    for act in ("roles", "close", "link"):
        answer = administrator.post(f"/users/{own.public_id}/{act}", {"roles": ["prosecutor"]})
        assert answer.status_code in {302, 422}
    own.refresh_from_db()
    assert (own.roles, own.is_active) == (["administrator"], True)
    assert administrator.get("/users/").status_code == 200


def test_the_keeper_of_log_ins_gets_at_no_supervised_person(administrator: Client) -> None:
    wearer = user("w-somebody", Role.WEARER)
    assert "w-somebody" not in administrator.get("/users/").content.decode()
    for act in ("", "roles", "close", "reopen", "link"):
        path = f"/users/{wearer.public_id}/{act}"
        answer = administrator.post(path) if act else administrator.get(path)
        assert answer.status_code == 403, act
    assert User.objects.get(username="w-somebody").is_active


def test_an_auditor_reads_the_log_ins_and_is_offered_nothing(administrator: Client) -> None:
    made(administrator)
    auditor = Client(headers=HEADERS)
    auditor.force_login(user("the.auditor", Role.AUDITOR))
    text = auditor.get("/users/").content.decode()
    assert "Серікова Айгүл" in text
    assert "Make the log-in" not in text
    assert 'href="/users/usr_' not in text
    assert "Make the log-in" in administrator.get("/users/").content.decode()


@pytest.mark.parametrize("name", ["the.keeper", "a name", "x" * 151, ""])
def test_a_name_that_cannot_be_is_said_beside_the_field(administrator: Client, name: str) -> None:
    answer = administrator.post("/users/", NEW | {"username": name})
    assert answer.status_code == 422
    assert User.objects.count() == 1


def test_each_step_leaves_a_line(administrator: Client) -> None:
    choose(Client(headers=HEADERS), made(administrator))
    one = User.objects.get(username="a.serik")
    verbs = [entry.leaf.decode() for entry in log.newest(log.size(), 10)]
    for verb in ("core.user.create", "core.user.link", "core.user.choose_password"):
        assert any(f'"{verb}"' in leaf and one.public_id in leaf for leaf in verbs), verb
