# SPDX-License-Identifier: EUPL-1.2
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from supervision.factory import Supervised, supervised, user
from supervision.gateways import Gateway, web_gateway
from supervision.officer import new_order, submitted
from supervision.raised import actor, goes_on, raised

from tarazy.core import outbox
from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.models import OutboxEvent
from tarazy.site.wiring import LISTENERS
from tarazy.supervision.actions.alerts import escalate, resolve
from tarazy.supervision.actions.appointments import make_appointment
from tarazy.supervision.actions.contact_drafts import Asked, ask_contact
from tarazy.supervision.actions.judgement import update_alert
from tarazy.supervision.actions.notices import (
    GIVE_UP,
    KEEP,
    LEASE,
    RETURN_AGAIN,
    ask_for_test,
    begin,
    clean_notices,
    due,
    settle,
    tell_of_appointments,
)
from tarazy.supervision.actions.protection import Apart
from tarazy.supervision.actions.steps import begin_protocols
from tarazy.supervision.actions.watchdog import say_judging
from tarazy.supervision.models import Alert, Dispatch, DispatchState, Notice
from tarazy.supervision.notices.outcome import Outcome
from tarazy.supervision.notices.post import Post
from tarazy.supervision.notices.routes import USUAL, Occasion, Route

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WORKER = Actor.system("worker")
HERE = "https://tarazy.example.kz"
DOWN = Outcome(sent=False, reason="http 500")


def route(role: Role, **more: object) -> Route:
    facts = {
        "name": role.value,
        "url": "json://127.0.0.1",
        "role": role,
        "occasions": frozenset(USUAL[role]),
        "language": "en",
        "pause_s": 0,
    }
    return Route(**(facts | more))  # type: ignore[arg-type]


OPERATORS = route(Role.OPERATOR, severities=frozenset({"critical"}))
SUPERVISORS, OFFICERS = route(Role.SUPERVISOR), route(Role.OFFICER)
ADMINISTRATORS = route(Role.ADMINISTRATOR)
ALL = (OPERATORS, SUPERVISORS, OFFICERS, ADMINISTRATORS)


@pytest.fixture(autouse=True)
def routes() -> Iterator[None]:
    with override_settings(TARAZY=replace(settings.TARAZY, notices=ALL)):
        yield


def one_round() -> None:
    """What the worker does, up to the gateways."""
    begin_protocols(NOW)
    outbox.deliver(LISTENERS, NOW + SECOND)


def told(name: Role) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(route=name.value).order_by("id")
    return list(rows.values_list("occasion", "subject"))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with web_gateway() as found:
        yield found


def deliver(gateway: Gateway, one: Route) -> Dispatch | None:
    to = replace(one, url=f"json://127.0.0.1:{gateway.port}")
    return Post(WORKER, (to,), HERE).deliver(to)


def test_a_new_alert_is_told_once_to_those_who_hear_of_its_urgency() -> None:
    person = supervised()
    high = raised(person, NOW, severity="high")
    critical = raised(person, NOW, severity="critical", rule="S-STRAP-TAMPER")
    one_round()
    one_round()
    assert told(Role.OPERATOR) == [("raised", critical.public_id)]
    assert told(Role.SUPERVISOR) == []
    escalate(WORKER, high.public_id, "")
    one_round()
    assert told(Role.SUPERVISOR) == [("escalated", high.public_id)]
    assert told(Role.OFFICER) == [("escalated", high.public_id)]


def test_an_alert_that_comes_back_is_told_of_again_and_not_each_time() -> None:
    alert = raised(supervised(), NOW, severity="critical")
    one_round()
    for minutes, expected in ((1, ["raised", "returned"]), (4, ["raised", "returned"])):
        goes_on(alert, NOW + minutes * MINUTE)
        outbox.deliver(LISTENERS, NOW + minutes * MINUTE + SECOND)
        assert [occasion for occasion, _ in told(Role.OPERATOR)] == expected
    Notice.objects.update(made_at=NOW - RETURN_AGAIN)
    goes_on(alert, NOW + 7 * MINUTE)
    outbox.deliver(LISTENERS, NOW + 7 * MINUTE + SECOND)
    assert told(Role.OPERATOR)[2:] == [("returned", alert.public_id)]


def test_one_that_came_back_before_anybody_was_told_is_a_new_one() -> None:
    alert = raised(supervised(), NOW, severity="critical")
    goes_on(alert, NOW)
    one_round()
    assert told(Role.OPERATOR) == [("raised", alert.public_id)]


def test_one_that_is_over_again_by_then_calls_nobody() -> None:
    alert = raised(supervised(), NOW, severity="critical")
    one_round()
    update_alert(WORKER, goes_on(alert, NOW), NOW + MINUTE, NOW + MINUTE)
    outbox.deliver(LISTENERS, NOW + MINUTE)
    assert told(Role.OPERATOR) == [("raised", alert.public_id)]


def test_what_was_resolved_meanwhile_calls_nobody() -> None:
    alert = raised(supervised(), NOW, severity="critical")
    begin_protocols(NOW)
    resolve(actor(user("op", Role.OPERATOR)), alert.public_id, 1, "test", "a drill")
    outbox.deliver(LISTENERS, NOW + SECOND)
    assert told(Role.OPERATOR) == []


def test_that_nothing_is_judged_reaches_the_administrator() -> None:
    alert = say_judging(WORKER, NOW, None, NOW)
    one_round()
    assert told(Role.ADMINISTRATOR) == [("service", alert.public_id)]


def test_a_draft_that_waits_reaches_the_supervisor() -> None:
    officer = actor(user("officer", Role.OFFICER))
    draft = submitted(officer, new_order(officer))
    one_round()
    assert told(Role.SUPERVISOR) == [("approval", draft.public_id)]


def test_a_contact_that_waits_to_be_forbidden_reaches_the_supervisor() -> None:
    who = user("officer", Role.OFFICER)
    one, other = supervised(officer=who), supervised("Другая Анна")
    asked = Asked(
        other_order_id=other.order.public_id, document_number="7-1/2026", apart=Apart(radius_m=100)
    )
    draft = ask_contact(actor(who), one.order.public_id, asked)
    one_round()
    assert told(Role.SUPERVISOR) == [("approval", draft.public_id)]


def test_an_appointment_is_told_a_day_before_and_once() -> None:
    person = supervised()
    chief = actor(user("chief", Role.SUPERVISOR))
    at = NOW + timedelta(days=3)
    one = make_appointment(chief, person.person.public_id, at, "Abai 1, room 7", "")
    assert tell_of_appointments(at - timedelta(hours=25)) == 0
    assert tell_of_appointments(at - timedelta(hours=23)) == 1
    assert tell_of_appointments(at - timedelta(hours=22)) == 0
    assert told(Role.OFFICER) == [("appointment", one.public_id)]


def test_a_route_of_one_user_hears_of_the_own_people() -> None:
    mine = user("mine", Role.OFFICER)
    near, far = supervised(officer=mine), supervised("Алыс Адам")
    to = replace(OFFICERS, user="mine", occasions=frozenset({Occasion.RAISED}))
    gone = replace(to, name="gone", user="nobody")
    with override_settings(TARAZY=replace(settings.TARAZY, notices=(to, gone))):
        for one in (near, far):
            raised(one, NOW)
        one_round()
    heard = Alert.objects.filter(public_id__in=[subject for _, subject in told(Role.OFFICER)])
    assert [one.person for one in heard] == [near.person]
    assert not Notice.objects.filter(route="gone").exists(), "nobody's route hears nothing"


def test_no_personal_data_reaches_the_channel(gateway: Gateway) -> None:
    officer = user("b.officer", Role.OFFICER)
    person = supervised("Серікова Айгүл", officer=officer)
    person.person.iin_end, person.person.phone = "4217", "+77011234567"
    person.person.save()
    alert = raised(
        person,
        NOW,
        severity="critical",
        rule="S-VICTIM-PROXIMITY",
        sentence="Near the protected person at {zone}.",
        facts={"zone": "Abai 12"},
        evidence=[{"at": NOW.isoformat(), "lat": 48.61234, "lon": 66.95678, "accuracy_m": 9}],
    )
    make_appointment(
        actor(user("chief", Role.SUPERVISOR)),
        person.person.public_id,
        NOW + timedelta(hours=3),
        "Abai 12, room 7",
        "bring the passport",
    )
    escalate(WORKER, alert.public_id, "the victim called")
    one_round()
    tell_of_appointments(NOW)
    ask_for_test(WORKER, "officer", NOW)
    for one in ALL:
        deliver(gateway, one)
    assert len(gateway.came) == 3
    everything = "".join(json.dumps(one, ensure_ascii=False) for one in gateway.messages()).lower()
    assert alert.public_id in everything
    assert person.person.public_id not in everything
    assert person.order.public_id not in everything
    words = re.sub(r"_[0-9a-f]{32}", "", everything)  # an id may hold any four digits by chance
    for secret in (
        "серікова", "айгүл", "4217", "7011234567", "abai", "passport", "48.6", "66.9", "victim",
        "proximity", "protected", "near", "officer", "3-118", "court", "curfew", "home",
        person.device.identifier,
    ):  # fmt: skip
        assert secret.lower() not in words, secret


def test_a_storm_is_one_message_and_what_follows_another(gateway: Gateway) -> None:
    storm = [supervised(f"Person {n}") for n in range(7)]
    for one in storm:
        raised(one, NOW, severity="critical")
    one_round()
    assert OutboxEvent.objects.filter(name="supervision.alerts.begun").count() == 1
    patient = replace(OPERATORS, pause_s=60)
    sent = deliver(gateway, patient)
    assert sent is not None
    assert sent.state == DispatchState.SENT
    (message,) = gateway.messages()
    assert message["title"] == "Tarazy: New critical alerts: 7"
    for one in storm[:2]:
        raised(one, NOW, severity="critical", rule="S-STRAP-TAMPER")
    one_round()
    assert deliver(gateway, patient) is None, "it is gathered for a minute"
    Dispatch.objects.update(ended_at=NOW - timedelta(seconds=61))
    deliver(gateway, patient)
    assert gateway.messages()[1]["title"] == "Tarazy: New critical alerts: 2"
    assert deliver(gateway, patient) is None


def fresh(person: Supervised, rule: str = "S-SOS") -> None:
    raised(person, NOW, severity="critical", rule=rule)
    one_round()


def test_a_gateway_that_is_down_is_tried_again_ever_more_slowly(gateway: Gateway) -> None:
    person = supervised()
    fresh(person)
    gateway.answers = [500, 503]
    waits = []
    for _ in range(3):
        Dispatch.objects.update(next_at=NOW)
        done = deliver(gateway, OPERATORS)
        assert done is not None
        waits.append((done.state, done.error, done.attempts))
        fresh(person, f"S-{len(waits)}")
    assert waits == [("waiting", "http 500", 1), ("waiting", "http 503", 2), ("sent", "", 3)]
    assert [one["title"][-1] for one in gateway.messages()] == ["1", "2", "3"], "all in one"
    assert not Dispatch.objects.get().perhaps_twice, "the gateway said no: nothing had come"


def test_the_wait_grows_and_ends_after_a_day() -> None:
    fresh(supervised())
    Notice.objects.update(made_at=NOW)
    waits, now = [], NOW
    for _ in range(10):
        dispatch = begin(OPERATORS, now)
        assert dispatch is not None
        settled = settle(WORKER, dispatch, DOWN, now)
        waits.append((settled.next_at - now).total_seconds())
        now = settled.next_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    last = begin(OPERATORS, NOW + GIVE_UP)
    assert last is not None
    assert settle(WORKER, last, DOWN, NOW + GIVE_UP).state == DispatchState.GIVEN_UP
    assert begin(OPERATORS, NOW + GIVE_UP + LEASE) is None


def test_what_came_lately_is_not_given_up_with_the_old() -> None:
    person = supervised()
    fresh(person)
    late = raised(person, NOW, severity="critical", rule="S-REMOVAL")
    begin(OPERATORS, NOW)
    one_round()
    Notice.objects.update(made_at=NOW)
    Notice.objects.filter(subject=late.public_id).update(made_at=NOW + timedelta(hours=23))
    after = NOW + GIVE_UP
    last = begin(OPERATORS, after)
    assert last is not None
    assert last.notices.count() == 2
    assert settle(WORKER, last, DOWN, after).state == DispatchState.GIVEN_UP
    anew = begin(OPERATORS, after)
    assert anew is not None
    assert [one.subject for one in anew.notices.all()] == [late.public_id]


def test_who_dies_between_sending_and_noting_it_sends_again_and_says_so(gateway: Gateway) -> None:
    fresh(supervised())
    assert begin(OPERATORS, NOW) is not None  # and is killed
    assert due(ALL, NOW + LEASE - SECOND) == []
    assert begin(OPERATORS, NOW + LEASE - SECOND) is None, "it may still be on its way"
    assert due(ALL, NOW + LEASE) == [OPERATORS]
    Dispatch.objects.update(next_at=NOW)
    done = deliver(gateway, OPERATORS)
    assert done is not None
    assert (done.state, done.perhaps_twice, done.attempts) == (DispatchState.SENT, True, 2)
    assert gateway.messages()[0]["message"].endswith("This may have come to you once already.")


def test_who_comes_too_late_changes_nothing() -> None:
    fresh(supervised())
    slow = begin(OPERATORS, NOW)
    quick = begin(OPERATORS, NOW + LEASE)
    assert slow is not None
    assert quick is not None
    settle(WORKER, slow, DOWN, NOW + LEASE)
    settle(WORKER, quick, Outcome(sent=True), NOW + LEASE)
    settle(WORKER, slow, DOWN, NOW + 2 * LEASE)
    done = Dispatch.objects.get()
    assert (done.state, done.error, done.perhaps_twice) == (DispatchState.SENT, "", True)


def test_every_attempt_leaves_a_line_without_an_address(gateway: Gateway) -> None:
    fresh(supervised())
    before = log.size()
    done = deliver(gateway, OPERATORS)
    assert done is not None
    entry = json.loads(log.entry(before).leaf)
    assert (entry["verb"], entry["subject"]) == ("supervision.notice.settle", done.public_id)
    kept = {name: one.value for name, one in log.details(before).items()}
    assert kept == {"route": "operator", "attempt": "1", "outcome": "sent"}


def test_what_is_old_goes_and_what_has_no_route_is_given_up() -> None:
    fresh(supervised())
    begin(OPERATORS, NOW)
    with override_settings(TARAZY=replace(settings.TARAZY, notices=())):
        assert clean_notices(NOW + timedelta(hours=1)) == 0
        assert Dispatch.objects.get().state == DispatchState.WAITING
        clean_notices(NOW + GIVE_UP + timedelta(hours=1))
    assert Dispatch.objects.get().state == DispatchState.GIVEN_UP
    assert clean_notices(NOW + KEEP + timedelta(hours=1)) > 0
    assert not Notice.objects.exists()


def test_without_routes_nothing_is_written() -> None:
    with override_settings(TARAZY=replace(settings.TARAZY, notices=())):
        fresh(supervised())
    assert not Notice.objects.exists()
