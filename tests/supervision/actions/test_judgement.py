# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from msgspec import structs

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.episodes import take_turns
from tarazy.supervision.actions.judgement import (
    REOPEN,
    Finding,
    raise_alert,
    record_outage,
    update_alert,
    withdraw_alert,
)
from tarazy.supervision.actions.turns import Act
from tarazy.supervision.models import Alert, Order, Person
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules.interface import Breach

pytestmark = pytest.mark.django_db

ENGINE = Actor.system("engine")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SIGHTING = Sighting(NOON, 43.2, 76.9, None)


@pytest.fixture
def finding(db: None) -> Finding:
    person = Person.objects.create(full_name="A", sort_key="a")
    order = Order.objects.create(
        person=person,
        measure="house_arrest",
        court="Court",
        document_number="1",
        judge="Judge",
        decided_on=date(2026, 1, 1),
        in_force=DateTimeTZRange(NOON - 60 * MINUTE, NOON + 600 * MINUTE),
        time_zone="Asia/Almaty",
    )
    breach = Breach(
        since=NOON,
        sentence="In {zone}.",
        facts={"zone": "z"},
        probability=0.9,
        evidence=(SIGHTING,),
    )
    return Finding(person.pk, order.pk, None, "S-SIGNAL-LOST", 1, "high", breach)


def later(finding: Finding, minutes: float, sentence: str = "Again.") -> Finding:
    breach = structs.replace(finding.breach, since=NOON + minutes * MINUTE, sentence=sentence)
    return replace(finding, breach=breach)


def test_an_alert_begins_with_its_first_version(finding: Finding) -> None:
    alert = raise_alert(ENGINE, finding, NOON + MINUTE)
    version = alert.versions.get()
    assert (alert.state, alert.since, alert.known_at) == ("active", NOON, NOON + MINUTE)
    assert (version.number, version.sentence, version.facts) == (1, "In {zone}.", {"zone": "z"})
    assert version.evidence == [
        {"at": NOON.isoformat(), "lat": 43.2, "lon": 76.9, "accuracy_m": None}
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(leaf, 'UTF8')::json FROM core_audit_entry")
        ((leaf,),) = cursor.fetchall()
    assert (leaf["verb"], leaf["subject"]) == ("supervision.alert.raise", alert.public_id)
    assert leaf["basis"] == Order.objects.get().public_id
    assert "76.9" not in str(leaf)


@pytest.mark.parametrize(
    ("state", "after"),
    [("active", "cleared"), ("acknowledged", "acknowledged"), ("resolved", "resolved")],
)
def test_an_ended_episode_waits_for_a_person(finding: Finding, state: str, after: str) -> None:
    raise_alert(ENGINE, finding, NOON)
    Alert.objects.update(state=state)
    update_alert(ENGINE, later(finding, 0, "Over."), NOON + 9 * MINUTE, NOON + 9 * MINUTE)
    alert = Alert.objects.get()
    assert (alert.state, alert.until, alert.version) == (after, NOON + 9 * MINUTE, 2)
    assert [one.sentence for one in alert.versions.all()] == ["In {zone}.", "Over."]


def test_a_beginning_that_is_known_better_is_a_version_of_the_same(finding: Finding) -> None:
    raise_alert(ENGINE, finding, NOON)
    update_alert(ENGINE, later(finding, -5), None, NOON + MINUTE)
    alert = Alert.objects.get()
    assert (alert.since, alert.until, alert.state) == (NOON - 5 * MINUTE, None, "active")
    assert [one.since for one in alert.versions.all()] == [NOON, NOON - 5 * MINUTE]


@pytest.mark.parametrize(
    ("gap", "state", "alerts"),
    [
        (REOPEN, "cleared", 1),
        (REOPEN, "acknowledged", 1),
        (REOPEN, "resolved", 2),
        (REOPEN + MINUTE, "cleared", 2),
    ],
)
def test_a_cause_that_comes_back(finding: Finding, gap: timedelta, state: str, alerts: int) -> None:
    raise_alert(ENGINE, finding, NOON)
    update_alert(ENGINE, later(finding, 0, "Over."), NOON + MINUTE, NOON + MINUTE)
    Alert.objects.update(state=state)
    again = raise_alert(ENGINE, later(finding, 1 + gap / MINUTE), NOON + 99 * MINUTE)
    assert Alert.objects.count() == alerts
    assert (again.state, again.until) == ("active", None)
    assert again.version == (3 if alerts == 1 else 1)


def test_the_database_refuses_a_second_running_episode(finding: Finding) -> None:
    raise_alert(ENGINE, finding, NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        raise_alert(ENGINE, finding, NOON)


def test_updating_what_does_not_run_changes_nothing(finding: Finding) -> None:
    update_alert(ENGINE, finding, NOON, NOON)
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("in_one_call", [False, True])
def test_what_is_raised_after_a_withdrawal_is_another_alert_whatever_its_name(
    finding: Finding, *, in_one_call: bool
) -> None:
    """Numbers of what is withdrawn are given again, and one step may do both."""
    first, second = later(finding, 0), later(finding, 20)
    acts = [
        *(Act("raise", first, None, "number 1"), Act("withdraw", first, NOON, "number 1")),
        *(Act("raise", second, None, "number 1"), Act("update", second, None, "number 1")),
    ]
    named: dict[object, Alert] = {}
    for some in [acts] if in_one_call else [acts[:2], acts[2:]]:
        take_turns(ENGINE, some, NOON + 30 * MINUTE, named)
    found = Alert.objects.order_by("pk").values_list("state", "since", "until", "version")
    assert list(found) == [
        ("withdrawn", NOON, NOON, 2),
        ("active", NOON + 20 * MINUTE, None, 2),
    ]


def test_what_comes_back_goes_on_in_no_alert_that_was_denied_in_somebody_s_hands(
    finding: Finding,
) -> None:
    alert = raise_alert(ENGINE, finding, NOON)
    Alert.objects.filter(pk=alert.pk).update(state="acknowledged")
    withdraw_alert(ENGINE, later(finding, 0), NOON + 5 * MINUTE, NOON + 6 * MINUTE)
    raise_alert(ENGINE, later(finding, 20), NOON + 21 * MINUTE)
    found = Alert.objects.order_by("pk").values_list("state", "since", "until")
    assert list(found) == [
        ("acknowledged", NOON, NOON + 5 * MINUTE),
        ("active", NOON + 20 * MINUTE, None),
    ]


def test_an_outage_is_one_alert_of_nobody(db: None) -> None:
    record_outage(ENGINE, NOON, None, NOON + MINUTE)
    record_outage(ENGINE, NOON, NOON + 5 * MINUTE, NOON + 5 * MINUTE)
    alert = Alert.objects.get()
    assert (alert.person, alert.state, alert.until) == (None, "cleared", NOON + 5 * MINUTE)
    assert alert.versions.count() == 2


def test_only_the_service_itself_raises(finding: Finding) -> None:
    with pytest.raises(Refused):
        raise_alert(Actor(id="usr_x", roles=frozenset({Role.OPERATOR})), finding, NOON)
    assert Alert.objects.count() == 0
