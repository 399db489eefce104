# SPDX-License-Identifier: EUPL-1.2
"""Officers and investigators change, and supervised people get in by themselves."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.officer import new_order, now, signed_in, submitted
from supervision.raised import actor

from tarazy.core.access import Role
from tarazy.core.actions import close_user
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.models import OrderDraft

pytestmark = pytest.mark.django_db
HEADERS = {"accept": "text/html", "accept-language": "en"}
LETTER = "No. 12-4/77 of 3 November"
DAY = timedelta(days=1)


def officer_path(one: Supervised) -> str:
    return f"/supervision/people/{one.person.public_id}/officer/{one.order.public_id}"


@pytest.fixture
def supervisor() -> Client:
    return signed_in(user("the.supervisor", Role.SUPERVISOR))


def test_another_officer_takes_a_person_over(supervisor: Client) -> None:
    before, after = user("before", Role.OFFICER), user("after", Role.OFFICER)
    one = supervised(officer=before)
    page = f"/supervision/people/{one.person.public_id}/"
    assert signed_in(after).get(page).status_code == 403
    form = {"to": after.public_id}
    path = officer_path(one)
    assert "The officer is changed" in supervisor.post(path, form, follow=True).content.decode()
    assert signed_in(before).get(page).status_code == 403
    assert signed_in(after).get(page).status_code == 200
    [seq] = log.about("supervision.order.set_officer", one.order.public_id, now() - DAY, now())
    told = {name: detail.value for name, detail in log.details(seq).items()}
    assert told == {"before": before.public_id, "now": after.public_id}


def test_nobody_else_than_a_supervisor_gives_people_away() -> None:
    officer, friend = user("officer", Role.OFFICER), user("friend", Role.OFFICER)
    one = supervised(officer=officer)
    client = signed_in(officer)
    assert client.post(officer_path(one), {"to": friend.public_id}).status_code == 403
    form = {"leaver": officer.public_id, "to": friend.public_id}
    assert client.post("/supervision/covers/give", form).status_code == 403
    page = client.get(f"/supervision/people/{one.person.public_id}/charge").content.decode()
    assert 'name="to"' not in page
    assert "Give a log-in" in page


@pytest.mark.parametrize("who", ["nobody", "operator", "closed"])
def test_only_an_open_officer_takes_people(supervisor: Client, who: str) -> None:
    operator, closed = user("operator", Role.OPERATOR), user("closed", Role.OFFICER)
    close_user(CONSOLE, closed.public_id)
    ids = {"nobody": "", "operator": operator.public_id, "closed": closed.public_id}
    one = supervised(officer=user("officer", Role.OFFICER))
    path, form = officer_path(one), {"to": ids[who]}
    assert "from the list" in supervisor.post(path, form, follow=True).content.decode()
    one.order.refresh_from_db()
    assert one.order.officer == User.objects.get(username="officer")


def test_an_investigator_is_named_by_a_letter_and_reads_from_then_on(supervisor: Client) -> None:
    investigator, one = user("investigator", Role.INVESTIGATOR), supervised()
    page = f"/supervision/people/{one.person.public_id}/"
    path = officer_path(one).replace("officer", "investigator")
    form = {"to": investigator.public_id}
    assert "by which document" in supervisor.post(path, form, follow=True).content.decode()
    assert signed_in(investigator).get(page).status_code == 403
    supervisor.post(path, form | {"letter": LETTER})
    assert signed_in(investigator).get(page).status_code == 200
    supervisor.post(path, form | {"to": "", "letter": "No. 12-4/90: the case is closed"})
    assert signed_in(investigator).get(page).status_code == 403


def test_a_whole_caseload_goes_over_for_good(supervisor: Client) -> None:
    leaver, heir = user("leaver", Role.OFFICER), user("heir", Role.OFFICER)
    running, over = supervised("Біреу", officer=leaver), supervised("Екінші", officer=leaver)
    others = supervised("Үшінші", officer=user("third", Role.OFFICER))
    revoke_order(CONSOLE, over.order.public_id, DOCUMENT, at=now() - timedelta(hours=1))
    draft = submitted(actor(leaver), new_order(actor(leaver)))
    close_user(CONSOLE, leaver.public_id)
    page = supervisor.get("/supervision/covers/").content.decode()
    assert re.search(r"leaver \(closed\): 2 orders", page)
    form = {"leaver": leaver.public_id, "to": heir.public_id}
    answer = supervisor.post("/supervision/covers/give", form, follow=True).content.decode()
    assert "2 orders are handed over" in answer
    for one in (running, over):
        one.order.refresh_from_db()
        assert one.order.officer == heir
        told = log.about("supervision.caseload.give", one.order.public_id, now() - DAY, now())
        assert len(told) == 1
    others.order.refresh_from_db()
    assert others.order.officer == User.objects.get(username="third")
    assert OrderDraft.objects.get(pk=draft.pk).officer == heir
    again = supervisor.post("/supervision/covers/give", form, follow=True).content.decode()
    assert "0 orders are handed over" in again
    to_itself = {"leaver": heir.public_id, "to": heir.public_id}
    refused = supervisor.post("/supervision/covers/give", to_itself, follow=True)
    assert "from the list" in refused.content.decode()


def give(officer: Client, person_id: str) -> str:
    answer = officer.post(f"/supervision/people/{person_id}/login")
    assert answer.status_code == 200
    [path] = re.findall(r"<code>http://testserver(/\S+)</code>", answer.content.decode())
    return str(path)


def choose(path: str, words: str) -> None:
    browser = Client(headers=HEADERS)
    to = browser.get(path, follow=True).redirect_chain[-1][0]
    browser.post(to, {"new_password1": words, "new_password2": words})


def came_in(name: str, words: str) -> Client | None:
    browser = Client(headers=HEADERS)
    browser.post("/accounts/login/", {"login": name, "password": words})
    return browser if "_auth_user_id" in browser.session else None


def test_a_supervised_person_gets_in_and_sees_the_own_order_alone() -> None:
    officer = user("officer", Role.OFFICER)
    one, other = supervised(officer=officer), supervised("Басқа Біреу", officer=officer)
    desk = signed_in(officer)
    choose(give(desk, one.person.public_id), "four words of nobody")
    one.person.refresh_from_db()
    assert one.person.user is not None
    assert one.person.full_name not in one.person.user.username
    own = came_in(one.person.user.username, "four words of nobody")
    assert own is not None
    text = own.get("/supervision/own/").content.decode()
    assert one.order.document_number in text
    assert own.get(f"/supervision/people/{other.person.public_id}/").status_code == 403
    assert own.get("/users/").status_code == 403
    choose(give(desk, one.person.public_id), "other words of nobody")
    assert came_in(one.person.user.username, "four words of nobody") is None
    assert came_in(one.person.user.username, "other words of nobody") is not None
    assert User.objects.filter(roles=["wearer"]).count() == 1


def test_a_log_in_is_closed_and_given_again() -> None:
    officer = user("officer", Role.OFFICER)
    one, desk = supervised(officer=officer), signed_in(officer)
    close = f"/supervision/people/{one.person.public_id}/login/close"
    assert desk.post(close).status_code == 404
    choose(give(desk, one.person.public_id), "four words of nobody")
    one.person.refresh_from_db()
    assert one.person.user is not None
    own = came_in(one.person.user.username, "four words of nobody")
    assert own is not None
    desk.post(close)
    assert own.get("/supervision/own/").status_code == 302
    assert came_in(one.person.user.username, "four words of nobody") is None
    choose(give(desk, one.person.public_id), "other words of nobody")
    assert came_in(one.person.user.username, "other words of nobody") is not None


def test_after_the_order_no_log_in_is_given() -> None:
    officer = user("officer", Role.OFFICER)
    one, desk = supervised(officer=officer), signed_in(officer)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=now() - timedelta(hours=1))
    path = f"/supervision/people/{one.person.public_id}/login"
    assert "has ended" in desk.post(path, follow=True).content.decode()
    one.person.refresh_from_db()
    assert one.person.user is None
    assert desk.get(f"/supervision/people/{one.person.public_id}/charge").status_code == 200


def test_another_officer_gives_no_log_in() -> None:
    one = supervised(officer=user("officer", Role.OFFICER))
    stranger = signed_in(user("stranger", Role.OFFICER))
    assert stranger.post(f"/supervision/people/{one.person.public_id}/login").status_code == 403
    assert stranger.get(f"/supervision/people/{one.person.public_id}/charge").status_code == 403
    one.person.refresh_from_db()
    assert one.person.user is None
