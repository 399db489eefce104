# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.alerts import NOTE_LENGTH_MAX, acknowledge, resolve
from tarazy.supervision.models import Alert, AlertState, AlertVersion
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
    refusal(Refusal.ALERT_CHANGED, lambda: acknowledge(other, alert.public_id, 2))
    refusal(Refusal.ALERT_CHANGED, lambda: resolve(other, alert.public_id, 1, "done"))
    assert alert.versions.count() == 2


def test_what_the_engine_learns_hinders_taking_but_not_deciding(
    operator: Actor, alert: Alert
) -> None:
    judge_again(alert)
    refusal(Refusal.ALERT_CHANGED, lambda: resolve(operator, alert.public_id, 1, "at home"))
    acknowledge(operator, alert.public_id, 1)
    resolve(operator, alert.public_id, 3, "at home")
    assert AlertVersion.objects.filter(alert=alert).count() == 4


def test_resolving_needs_a_note(operator: Actor, alert: Alert) -> None:
    refusal(Refusal.NOTE_MISSING, lambda: resolve(operator, alert.public_id, 1, "  "))
    long = "x" * (NOTE_LENGTH_MAX + 1)
    refusal(Refusal.NOTE_TOO_LONG, lambda: resolve(operator, alert.public_id, 1, long))
    resolve(operator, alert.public_id, 1, " Called: at home, the phone was in the cellar. ")
    version = alert.versions.get(number=2)
    assert version.note == "Called: at home, the phone was in the cellar."


def test_what_is_resolved_stays(operator: Actor, alert: Alert) -> None:
    resolve(operator, alert.public_id, 1, "a mistake of the map")
    refusal(Refusal.ALERT_RESOLVED, lambda: acknowledge(operator, alert.public_id, 2))
    refusal(Refusal.ALERT_RESOLVED, lambda: resolve(operator, alert.public_id, 2, "again"))


def test_a_breach_that_goes_on_keeps_its_episode(operator: Actor, alert: Alert) -> None:
    resolve(operator, alert.public_id, 1, "the court permitted it by telephone")
    alert.refresh_from_db()
    assert alert.until is None


def test_an_officer_decides_only_in_the_own_caseload(alert: Alert) -> None:
    stranger = actor(user("officer", Role.OFFICER))
    refusal(CoreRefusal.NOT_PERMITTED, lambda: acknowledge(stranger, alert.public_id, 1))
    refusal(CoreRefusal.NOT_FOUND, lambda: acknowledge(stranger, "alr_" + "0" * 32, 1))


def test_a_reader_changes_nothing(alert: Alert) -> None:
    prosecutor = actor(user("prosecutor", Role.PROSECUTOR))
    refusal(CoreRefusal.NOT_PERMITTED, lambda: resolve(prosecutor, alert.public_id, 1, "x"))


def test_our_own_outage_is_acknowledged_like_any_alert(operator: Actor) -> None:
    outage = raised(None, NOW, rule="S-OUTAGE", until=NOW - timedelta(minutes=1))
    assert acknowledge(operator, outage.public_id, 1).state == AlertState.ACKNOWLEDGED
