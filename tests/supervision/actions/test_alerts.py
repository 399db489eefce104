# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from supervision.factory import supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.alerts import (
    NOTE_LENGTH_MAX,
    acknowledge,
    call,
    hand_over,
    note,
    release,
    reopen,
    resolve,
    resolve_together,
)
from tarazy.supervision.actions.contacts import add_contact
from tarazy.supervision.models import Act, Alert, AlertState, AlertVersion, Cause
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


@pytest.fixture
def alert() -> Alert:
    return raised(supervised(), NOW)


def judge_again(alert: Alert) -> None:
    """What the engine does when it learns more."""
    alert.version += 1
    alert.save()
    before = alert.versions.get(number=1)
    before.pk, before.number = None, alert.version
    before.save(force_insert=True)


def refusal(name: object, act: object) -> None:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    assert caught.value.name == name


def test_taking_an_alert_in_hand_adds_a_version(operator: Actor, alert: Alert) -> None:
    acknowledge(operator, alert.public_id, 1)
    alert.refresh_from_db()
    assert (alert.state, alert.version) == (AlertState.ACKNOWLEDGED, 2)
    first, second = alert.versions.order_by("number")
    assert (first.state, first.actor) == (AlertState.ACTIVE, "sys_engine")
    assert (second.actor, second.sentence) == (operator.id, first.sentence)


def test_two_operators_never_take_the_same_alert_unknowingly(operator: Actor, alert: Alert) -> None:
    acknowledge(operator, alert.public_id, 1)
    other = actor(user("other", Role.OPERATOR))
    refusal(Refusal.ALERT_CHANGED, lambda: acknowledge(other, alert.public_id, 1))
    refusal(Refusal.ALERT_HELD, lambda: acknowledge(other, alert.public_id, 2))
    refusal(Refusal.ALERT_CHANGED, lambda: resolve(other, alert.public_id, 1, "unknown", "done"))
    assert alert.versions.count() == 2


def test_what_the_engine_learns_hinders_taking_but_not_deciding(
    operator: Actor, alert: Alert
) -> None:
    judge_again(alert)
    refusal(
        Refusal.ALERT_CHANGED, lambda: resolve(operator, alert.public_id, 1, "unknown", "at home")
    )
    acknowledge(operator, alert.public_id, 1)
    resolve(operator, alert.public_id, 3, "unknown", "at home")
    assert AlertVersion.objects.filter(alert=alert).count() == 4


def test_resolving_needs_a_note(operator: Actor, alert: Alert) -> None:
    refusal(Refusal.NOTE_MISSING, lambda: resolve(operator, alert.public_id, 1, "unknown", "  "))
    long = "x" * (NOTE_LENGTH_MAX + 1)
    refusal(Refusal.NOTE_TOO_LONG, lambda: resolve(operator, alert.public_id, 1, "unknown", long))
    resolve(
        operator, alert.public_id, 1, "unknown", " Called: at home, the phone was in the cellar. "
    )
    version = alert.versions.get(number=2)
    assert version.note == "Called: at home, the phone was in the cellar."


def test_what_is_resolved_stays(operator: Actor, alert: Alert) -> None:
    resolve(operator, alert.public_id, 1, "unknown", "a mistake of the map")
    refusal(Refusal.ALERT_RESOLVED, lambda: acknowledge(operator, alert.public_id, 2))
    refusal(
        Refusal.ALERT_RESOLVED, lambda: resolve(operator, alert.public_id, 2, "unknown", "again")
    )


def test_a_breach_that_goes_on_keeps_its_episode(operator: Actor, alert: Alert) -> None:
    resolve(operator, alert.public_id, 1, "unknown", "the court permitted it by telephone")
    alert.refresh_from_db()
    assert alert.until is None


def test_an_officer_decides_only_in_the_own_caseload(alert: Alert) -> None:
    stranger = actor(user("officer", Role.OFFICER))
    refusal(CoreRefusal.NOT_PERMITTED, lambda: acknowledge(stranger, alert.public_id, 1))
    refusal(CoreRefusal.NOT_FOUND, lambda: acknowledge(stranger, "alr_" + "0" * 32, 1))


def test_a_reader_changes_nothing(alert: Alert) -> None:
    prosecutor = actor(user("prosecutor", Role.PROSECUTOR))
    refusal(
        CoreRefusal.NOT_PERMITTED, lambda: resolve(prosecutor, alert.public_id, 1, "unknown", "x")
    )


def test_our_own_outage_is_acknowledged_like_any_alert(operator: Actor) -> None:
    outage = raised(None, NOW, rule="S-OUTAGE", until=NOW - timedelta(minutes=1))
    assert acknowledge(operator, outage.public_id, 1).state == AlertState.ACKNOWLEDGED


def test_two_never_work_on_one_alert_unknowingly(operator: Actor, alert: Alert) -> None:
    other = actor(user("other", Role.OPERATOR))
    acknowledge(operator, alert.public_id, 1)
    for act in (
        lambda: acknowledge(other, alert.public_id, 2),
        lambda: release(other, alert.public_id, 2),
        lambda: resolve(other, alert.public_id, 2, "unknown", "done"),
    ):
        refusal(Refusal.ALERT_HELD, act)
    note(other, alert.public_id, "the patrol is free now")
    refusal(Refusal.NOTE_MISSING, lambda: hand_over(other, alert.public_id, 3, other.id))
    taken = hand_over(other, alert.public_id, 3, other.id, "operator is at lunch")
    assert taken.holder is not None
    assert taken.holder.public_id == other.id
    refusal(Refusal.ALERT_HELD, lambda: resolve(operator, alert.public_id, 4, "unknown", "done"))
    acts = list(alert.versions.order_by("number").values_list("act", flat=True))
    assert acts == ["", Act.TAKEN, Act.NOTED, Act.HANDED_OVER]


def test_taking_twice_is_taking_once(operator: Actor, alert: Alert) -> None:
    acknowledge(operator, alert.public_id, 1)
    acknowledge(operator, alert.public_id, 1)
    assert alert.versions.count() == 2


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, AlertState.ACTIVE),
        ({"until": NOW, "state": AlertState.CLEARED}, AlertState.CLEARED),
        ({"until": NOW, "state": AlertState.WITHDRAWN}, AlertState.WITHDRAWN),
    ],
)
def test_what_is_given_back_waits_as_before(
    facts: dict[str, Any], state: AlertState, operator: Actor
) -> None:
    found = raised(supervised(), NOW, **facts)
    acknowledge(operator, found.public_id, 1)
    released = release(operator, found.public_id, 2)
    assert (released.state, released.holder) == (state, None)
    refusal(Refusal.ALERT_CHANGED, lambda: release(operator, found.public_id, 3))


def test_an_alert_is_handed_only_to_whoever_may_work_on_it(operator: Actor, alert: Alert) -> None:
    away = user("away", Role.OPERATOR)
    away.is_active = False
    away.save()
    strangers = [user("officer", Role.OFFICER), user("reader", Role.PROSECUTOR), away]
    for one in (*[stranger.public_id for stranger in strangers], "usr_none", ""):
        refusal(
            Refusal.TAKER_UNKNOWN,
            lambda to=one: hand_over(operator, alert.public_id, 1, to, "yours"),
        )


def test_a_cause_is_of_the_list(operator: Actor, alert: Alert) -> None:
    for cause in ("", "guilty", "BREACH"):
        refusal(
            Refusal.CAUSE_MISSING,
            lambda cause=cause: resolve(operator, alert.public_id, 1, cause, "a note"),
        )
    done = resolve(operator, alert.public_id, 1, Cause.CHARGING, "plugged in")
    assert (done.cause, done.due_at, done.holder is not None) == (Cause.CHARGING, None, True)
    assert done.resolved_at is not None


def test_together_takes_what_is_safe_and_says_what_it_refused(operator: Actor) -> None:
    one, other = supervised("А"), actor(user("other", Role.OPERATOR))
    over = raised(one, NOW, rule="S-SIGNAL-LOST", until=NOW, state=AlertState.CLEARED)
    low = raised(one, NOW, rule="S-BATTERY-LOW", severity="low")
    running = raised(one, NOW, rule="S-ZONE-BREACH")
    tamper = raised(one, NOW, rule="S-STRAP-TAMPER", until=NOW, state=AlertState.CLEARED)
    held = raised(one, NOW, rule="S-JAMMING", until=NOW, state=AlertState.CLEARED)
    acknowledge(other, held.public_id, 1)
    chosen = {row.public_id: row.version for row in (over, low, running, tamper)}
    refused = resolve_together(operator, chosen | {held.public_id: 2}, "reception", "the mast fell")
    assert sorted(str(row.name) for row in refused) == [
        "alert_held",
        "not_together",
        "not_together",
    ]
    closed = Alert.objects.filter(state=AlertState.RESOLVED).values_list("rule", flat=True)
    assert set(closed) == {"S-SIGNAL-LOST", "S-BATTERY-LOW"}


def test_a_call_is_noted_by_whom_it_reached(operator: Actor, alert: Alert) -> None:
    assert alert.person is not None
    mother = add_contact(operator, alert.person.public_id, "household", "Ана", "+7 701 000 00 01")
    stranger = supervised("Бөтен Адам")
    theirs = add_contact(operator, stranger.person.public_id, "household", "Х", "+7 701 000 00 02")
    call(operator, alert.public_id, mother.public_id)
    assert alert.versions.get(number=2).about == mother.public_id
    refusal(CoreRefusal.NOT_FOUND, lambda: call(operator, alert.public_id, theirs.public_id))


@pytest.mark.parametrize("over", [False, True])
def test_a_resolution_is_taken_back_with_a_reason(operator: Actor, *, over: bool) -> None:
    ended = {"until": NOW, "state": AlertState.CLEARED} if over else {}
    alert = raised(supervised(), NOW, **ended)
    acknowledge(operator, alert.public_id, 1)
    resolve(operator, alert.public_id, 2, "charging", "the wrong one")
    other = actor(user("other", Role.OPERATOR))
    refusal(Refusal.NOTE_MISSING, lambda: reopen(other, alert.public_id, 3, " "))
    refusal(Refusal.ALERT_CHANGED, lambda: reopen(other, alert.public_id, 1, "a slip"))
    again = reopen(other, alert.public_id, 3, "a slip")
    assert again.state == (AlertState.CLEARED if over else AlertState.ACTIVE)
    assert (again.holder, again.cause, again.resolved_at) == (None, "", None)
    last = alert.versions.order_by("-number")[0]
    assert (last.act, last.note, last.actor) == (Act.REOPENED, "a slip", other.id)
    refusal(Refusal.ALERT_CHANGED, lambda: reopen(other, alert.public_id, 4, "twice"))
    acknowledge(operator, alert.public_id, 4)
    assert resolve(operator, alert.public_id, 5, "permitted", "now right").cause == "permitted"


def test_a_resolution_of_long_ago_stays(operator: Actor, alert: Alert) -> None:
    resolve(operator, alert.public_id, 1, "charging", "the wrong one")
    Alert.objects.filter(pk=alert.pk).update(resolved_at=NOW - timedelta(hours=25))
    refusal(Refusal.RESOLVED_LONG_AGO, lambda: reopen(operator, alert.public_id, 2, "a slip"))
