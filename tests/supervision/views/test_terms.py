# SPDX-License-Identifier: EUPL-1.2
"""Numbers and check-ins on the page of a person, and on the own one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from django.utils.formats import date_format
from supervision.factory import supervised, user
from supervision.raised import seen

from tarazy.core.access import Role
from tarazy.supervision.models import CheckIn, CheckInPlan, Order

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def asked(order: Order, state: str = "asked", **more: object) -> CheckIn:
    facts = {"asked_at": NOW, "until": NOW + timedelta(minutes=30)} | more
    return CheckIn.objects.create(
        order=order, route="call", state=state, due_at=NOW, answer_min=30, **facts
    )


def test_the_wearer_answers_on_the_own_page(client: Client) -> None:
    wearer = user("wearer", Role.WEARER)
    one = supervised(login=wearer)
    client.force_login(wearer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "I am here" not in client.get("/supervision/own/").content.decode()
    asked(one.order, "planned", asked_at=None, until=None)
    assert "I am here" not in client.get("/supervision/own/").content.decode()
    check_in = asked(one.order)
    assert "I am here" in client.get("/supervision/own/").content.decode()
    answer = client.post(f"/supervision/own/check-ins/{check_in.public_id}", follow=True)
    assert "Thank you" in answer.content.decode()
    assert "I am here" not in answer.content.decode()
    assert CheckIn.objects.get(pk=check_in.pk).state == "answered"


def test_the_own_page_says_until_when_to_answer(client: Client) -> None:
    wearer = user("wearer", Role.WEARER)
    check_in = asked(supervised(login=wearer).order)
    client.force_login(wearer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    until = date_format(timezone.localtime(check_in.until), "j E H:i")
    assert f"Please answer by <b>{until}</b>" in client.get("/supervision/own/").content.decode()
    CheckIn.objects.update(state="missed")
    text = client.get("/supervision/own/").content.decode()
    assert "The time to answer is over" in text
    assert "Please answer by" not in text


def test_of_an_earlier_check_in_the_own_page_asks_no_more(client: Client) -> None:
    wearer, days = user("wearer", Role.WEARER), timedelta(days=1)
    one = supervised(login=wearer)
    then = {"asked_at": NOW - 9 * days, "until": NOW - 9 * days}
    asked(one.order, "missed", **then)
    client.force_login(wearer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "I am here" in client.get("/supervision/own/").content.decode()
    later = asked(one.order, "answered", noted_at=NOW, asked_at=NOW - days, until=NOW - days)
    assert "I am here" not in client.get("/supervision/own/").content.decode()
    CheckIn.objects.filter(pk=later.pk).update(state="missed", noted_at=None)
    text = client.get("/supervision/own/").content.decode()
    assert later.public_id in text, "the last one is answered late, and ends the alert"


def test_an_answer_after_its_time_says_so_on_the_page(client: Client) -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    until = NOW - timedelta(days=1)
    check_in = asked(one.order, "answered", asked_at=until, until=until, noted_at=until)
    client.force_login(officer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = f"/supervision/people/{one.person.public_id}/"
    assert "answered after its time" not in client.get(page).content.decode()
    CheckIn.objects.filter(pk=check_in.pk).update(noted_at=NOW)
    assert "answered after its time" in client.get(page).content.decode()


@pytest.mark.parametrize("number", ["+7 000 000 00 00", ""])
def test_whom_to_call_stands_on_the_own_page(number: str, client: Client) -> None:
    wearer = user("wearer", Role.WEARER)
    supervised(login=wearer)
    client.force_login(wearer)
    with override_settings(TARAZY=replace(settings.TARAZY, duty_telephone=number)):
        answer = client.get("/supervision/own/", headers={"accept-language": "en"})
    page = answer.content.decode()
    assert ('href="tel:+70000000000"' in page) == bool(number)
    assert ("Call us, day and night" in page) == bool(number)


def test_an_officer_sets_numbers_plans_and_notes(client: Client) -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    check_in = asked(one.order)
    pending = {"rule": "S-SIGNAL-LOST", "since": NOW.isoformat(), "facts": {}}
    seen(one, NOW, pending=[pending | {"sentence": "Nothing heard for long."}])
    client.force_login(officer)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    numbers = f"/supervision/orders/{one.order.public_id}/numbers"
    bad = client.post(numbers, {"name": "silence_min", "value": "9"}, follow=True)
    assert "from 10 to 240" in bad.content.decode()
    client.post(numbers, {"name": "silence_min", "value": "30"})
    plan = {"from": "09:00", "until": "21:00", "times": "2", "answer_min": "20", "route": "call"}
    client.post(f"/supervision/orders/{one.order.public_id}/check-ins", plan)
    note = {"answer": "not_recognised", "note": "<b>hoarse</b>"}
    client.post(f"/supervision/check-ins/{check_in.public_id}/note", note)
    assert CheckInPlan.objects.get().windows[0]["times"] == 2
    page = client.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    for words in ("soon: 30", "2 a day at times of chance", "&lt;b&gt;hoarse", "for long."):
        assert words in page, words


def test_nonsense_is_refused_on_the_page_or_is_no_page(client: Client) -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    client.force_login(officer)
    order = f"/supervision/orders/{one.order.public_id}"
    for told in ({}, {"name": "x", "value": "1e9"}, {"name": "jumps", "value": "-1"}):
        assert client.post(f"{order}/numbers", told).status_code == 302
    for told in ({"times": "2"}, {"times": "2", "from": "25:00", "until": "x", "answer_min": "30"}):
        assert client.post(f"{order}/check-ins", told).status_code == 302
    assert Order.objects.get(pk=one.order.pk).rule_settings == []
    assert not CheckInPlan.objects.exists()
    gone = f"/supervision/check-ins/{'chk_' + '0' * 32}/note"
    assert client.post(gone, {"answer": "call"}).status_code == 404
    wrong = f"/supervision/check-ins/{asked(one.order).public_id}/note"
    assert client.post(wrong, {"answer": "biometry"}).status_code == 404


def test_what_was_typed_is_kept_once_where_it_is_refused(client: Client) -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    answered = asked(one.order, "answered")
    client.force_login(officer)
    order, page = f"/supervision/orders/{one.order.public_id}", f"people/{one.person.public_id}/"
    plan = {"from": "10:15", "until": "10:20", "times": "6", "answer_min": "45", "route": "call"}
    command = f"{page}devices/{one.device.public_id}/command"
    for address, told, words in (
        (f"{order}/check-ins", plan, 'value="10:15"'),
        (f"{order}/numbers", {"name": "silence_min", "value": "999"}, 'value="999"'),
        (f"/supervision/{command}", {"kind": "interval", "seconds": "7"}, 'value="7"'),
    ):
        answer = client.post(address, told, follow=True)
        assert words in answer.content.decode(), words
        assert words not in client.get(f"/supervision/{page}").content.decode()
    note = f"/supervision/check-ins/{answered.public_id}/note"
    back = client.post(note, {"answer": "call", "note": "late"})
    assert back.headers["Location"].startswith(f"/supervision/{page}")
    assert not CheckInPlan.objects.exists()


def test_a_plan_is_changed_from_what_it_is(client: Client) -> None:
    officer = user("officer", Role.OFFICER)
    one = supervised(officer=officer)
    client.force_login(officer)
    plan = {"from": "08:30", "until": "19:30", "times": "3", "answer_min": "25", "route": "call"}
    client.post(f"/supervision/orders/{one.order.public_id}/check-ins", plan)
    text = client.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    for value in ("08:30", "19:30", "3", "25"):
        assert f'value="{value}"' in text
