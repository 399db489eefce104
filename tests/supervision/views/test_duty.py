# SPDX-License-Identifier: EUPL-1.2
"""The pages of a duty operator and a supervisor, by their forms."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from supervision.factory import Supervised, supervised, user
from supervision.raised import raised
from supervision.test_views import signed_in

from tarazy.core.access import Role
from tarazy.supervision.models import Act, Alert, AlertState, Contact, LiveStream, Protocol

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


@pytest.fixture
def operator() -> Client:
    return signed_in(user("operator", Role.OPERATOR))


@pytest.fixture
def supervisor() -> Client:
    return signed_in(user("supervisor", Role.SUPERVISOR))


@pytest.fixture
def one() -> Supervised:
    return supervised()


def test_the_live_stream_keeps_the_filters_of_the_address(operator: Client) -> None:
    wish = {"wish": "hands=mine&severity=none&x=%3Cscript%3E"}
    assert operator.post("/supervision/live", wish).status_code == 200
    assert LiveStream.objects.get().wish == "hands=mine"


def test_another_s_alert_is_taken_over_with_a_reason(operator: Client, one: Supervised) -> None:
    alert = raised(one, NOW)
    page = f"/supervision/alerts/{alert.public_id}/"
    signed_in(user("other", Role.OPERATOR)).post(f"{page}acknowledge", {"version": "1"})
    assert "other has this alert in hand" in operator.get(page).content.decode()
    form = {"version": "2", "to": "me"}
    assert operator.post(f"{page}hand-over", form).status_code == 422
    answer = operator.post(f"{page}hand-over", form | {"note": "other went home"})
    assert answer.status_code == 302
    alert.refresh_from_db()
    assert alert.holder is not None
    assert alert.holder.username == "operator"


def test_a_step_that_has_nobody_to_call_says_so() -> None:
    officer = user("officer", Role.OFFICER)
    one, client = supervised(officer=officer), signed_in(officer)
    alert = raised(one, NOW, rule="S-MISSED-CHECKIN")
    page = f"/supervision/alerts/{alert.public_id}/"
    client.post(f"{page}acknowledge", {"version": "1"})
    assert "No number for this step is recorded" in client.get(page).content.decode()
    one.person.phone = "+7 700 000 00 01"
    one.person.save()
    Contact.objects.create(person=one.person, kind="household", name="Mother", phone="+7 700 2")

    def under_way() -> str:
        text = client.get(page).content.decode()
        return text.partition('id="next"')[2].partition("</section>")[0]

    for number in ("0", "1"):  # the person is called, and then seen
        assert "+7 700 000 00 01" in under_way()
        assert "Mother" not in under_way()
        version = str(Alert.objects.get(pk=alert.pk).version)
        form = {"step": number, "version": version, "outcome": "failed", "note": "no answer"}
        assert client.post(f"{page}step", form).status_code == 302
    assert "Mother, +7 700 2" in under_way()
    one.order.in_force = (one.order.in_force.lower, NOW)
    one.order.save()
    assert "The order is no longer in force" in under_way()


def test_several_are_resolved_together_and_tamper_is_not_among_them(
    operator: Client, one: Supervised
) -> None:
    over = raised(one, NOW, rule="S-SIGNAL-LOST", until=NOW, state=AlertState.CLEARED)
    tamper = raised(one, NOW, rule="S-STRAP-TAMPER", until=NOW, state=AlertState.CLEARED)
    text = operator.get("/supervision/together/").content.decode()
    assert over.public_id in text
    assert tamper.public_id not in text
    form = {"alert": [f"{one.public_id} 1" for one in (over, tamper)], "cause": "reception"}
    kept = operator.post("/supervision/together/resolve", form | {"note": ""})
    assert kept.status_code == 422
    assert '<option value="reception" selected>' in kept.content.decode()
    done = operator.post("/supervision/together/resolve", form | {"note": "the mast fell"})
    assert done.status_code == 302
    resolved = Alert.objects.filter(state=AlertState.RESOLVED)
    assert list(resolved) == [over]
    for hostile in ({}, {"alert": "' OR 1=1"}, {"alert": ["x " + "9" * 400] * 500}):
        answer = operator.post("/supervision/together/resolve", hostile | {"note": "x"})
        assert answer.status_code == 422


def test_a_wrong_number_is_said_and_what_was_typed_stays(operator: Client, one: Supervised) -> None:
    page = f"/supervision/people/{one.person.public_id}/"
    form = {"kind": "guardian", "name": "Апасы <b>", "phone": "none"}
    operator.post(f"{page}contacts", form)
    text = operator.get(page).content.decode()
    assert "Write the number in digits" in text
    assert 'value="Апасы &lt;b&gt;"' in text
    operator.post(f"{page}contacts", form | {"phone": "+7 701 000 00 09"})
    contact = Contact.objects.get()
    assert "+77010000009" in operator.get(page).content.decode()
    operator.post(f"/supervision/contacts/{contact.public_id}/remove")
    assert "+77010000009" not in operator.get(page).content.decode()


def test_a_supervisor_writes_a_protocol_and_an_operator_only_reads(
    operator: Client, supervisor: Client
) -> None:
    page = "/supervision/protocols/S-SOS/"
    assert 'name="take_min"' not in operator.get(page).content.decode()
    form = {
        "number": "1",
        "take_min": "2",
        "kind": ["", "patrol", "nonsense"],
        "minutes": ["", "12", "1"],
        "text": ["", "car <three>", ""],
    }
    asked = supervisor.post(f"{page}write", form)
    assert asked.status_code == 422
    assert "car &lt;three&gt;" in asked.content.decode()
    assert operator.post(f"{page}write", form | {"reason": "why"}).status_code == 403
    assert supervisor.post(f"{page}write", form | {"reason": "why"}).status_code == 302
    made = Protocol.objects.get(number=2)
    assert made.steps == [{"kind": "patrol", "minutes": 12, "text": "car <three>"}]
    late = supervisor.post(f"{page}write", form | {"reason": "why", "take_min": "9" * 30})
    assert late.status_code == 422
    assert supervisor.get("/supervision/protocols/S-NONE/").status_code == 422


def test_a_shift_begins_and_ends_on_the_page(operator: Client) -> None:
    operator.post("/supervision/shift/begin")
    assert "End my shift" in operator.get("/supervision/shift/").content.decode()
    assert operator.post("/supervision/shift/end", {"note": "x" * 5000}).status_code == 422
    assert operator.post("/supervision/shift/end", {"note": "all is calm"}).status_code == 302
    assert "all is calm" in operator.get("/supervision/shift/?hours=99").content.decode()


def test_a_call_is_noted_without_a_page(operator: Client, one: Supervised) -> None:
    alert = raised(one, NOW)
    page = f"/supervision/alerts/{alert.public_id}/"
    assert operator.post(f"{page}called", {"contact": ""}).status_code == 204
    assert operator.post(f"{page}called", {"contact": "con_none"}).status_code == 404
    assert alert.versions.get(number=2).act == Act.CALLED


def test_what_was_resolved_by_mistake_is_opened_again(operator: Client, one: Supervised) -> None:
    alert = raised(one, NOW)
    page = f"/supervision/alerts/{alert.public_id}/"
    assert "resolved by mistake" not in operator.get(page).content.decode()
    form = {"version": "1", "cause": "charging", "note": "the wrong one"}
    assert operator.post(f"{page}resolve", form).status_code == 302
    assert "resolved by mistake" in operator.get(page).content.decode()
    empty = operator.post(f"{page}reopen", {"version": "2", "note": ""})
    assert empty.status_code == 422
    assert operator.post(f"{page}reopen", {"version": "2", "note": "a slip"}).status_code == 302
    alert.refresh_from_db()
    assert (alert.state, alert.cause) == (AlertState.ACTIVE, "")
    text = operator.get(page).content.decode()
    assert "resolution taken back" in text
    assert "Nobody has this alert in hand" in text
