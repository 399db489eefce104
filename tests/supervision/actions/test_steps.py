# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import supervised, user
from supervision.raised import actor, goes_on, raised

from tarazy.core import clock, outbox
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.models import OutboxEvent
from tarazy.site.wiring import LISTENERS
from tarazy.supervision.actions.alerts import acknowledge, hand_over, release, resolve
from tarazy.supervision.actions.protocols import write_protocol
from tarazy.supervision.actions.steps import (
    ESCALATED_AGAIN,
    begin_protocols,
    escalate_overdue,
    finish_step,
    run_again,
    take_step_back,
)
from tarazy.supervision.looks.alerts import alert as look_at
from tarazy.supervision.models import Act, Alert, AlertState, StepKind
from tarazy.supervision.protocols import Plan, Step
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
MINUTE = timedelta(minutes=1)
WORKER = Actor.system("worker")
PLAN = Plan(4, (Step(StepKind.CALL_PERSON, 5), Step(StepKind.PATROL, 30, "the third car")))


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


@pytest.fixture
def alert() -> Alert:
    supervisor = actor(user("supervisor", Role.SUPERVISOR))
    write_protocol(supervisor, "S-CURFEW-ABSENCE", 1, PLAN, "a short one for tests")
    found = raised(supervised(), NOW, known_at=NOW)
    assert begin_protocols(NOW) == 1
    found.refresh_from_db()
    return found


def states(operator: Actor, alert: Alert) -> list[str]:
    found = look_at(operator, alert.public_id).progress
    assert found is not None
    return [one.state for one in found.stages]


def acts(alert: Alert) -> list[str]:
    return [act for act in alert.versions.order_by("number").values_list("act", flat=True) if act]


def test_the_clock_to_take_runs_from_when_we_knew(alert: Alert) -> None:
    assert alert.due_at == NOW + 4 * MINUTE
    assert alert.protocol is not None
    assert alert.protocol.number == 2
    assert begin_protocols(NOW) == 0


def test_whoever_is_faster_than_the_worker_begins_the_protocol(operator: Actor) -> None:
    fresh = raised(supervised(), NOW, known_at=NOW)
    taken = acknowledge(operator, fresh.public_id, 1)
    assert taken.due_at is not None
    assert states(operator, fresh)[0] == "now"
    assert begin_protocols(NOW) == 0
    told = OutboxEvent.objects.filter(name="supervision.alerts.begun")
    assert [one.payload["alerts"] for one in told] == [fresh.public_id]


def test_steps_follow_each_other_and_whoever_does_one_has_the_alert(
    operator: Actor, alert: Alert
) -> None:
    assert states(operator, alert) == ["now", "later"]
    first = finish_step(operator, alert.public_id, 0, done=False, version=1, note="no answer")
    assert first.holder is not None
    assert first.due_at is not None
    assert first.due_at - NOW > 29 * MINUTE
    assert states(operator, alert) == ["failed", "now"]
    last = finish_step(operator, alert.public_id, 1, done=True, version=1)
    assert last.due_at is None
    assert states(operator, alert) == ["failed", "done"]
    assert acts(alert) == [Act.TAKEN, Act.STEP_FAILED, Act.STEP_DONE]


def test_a_step_is_taken_back_and_done_again(operator: Actor, alert: Alert) -> None:
    finish_step(operator, alert.public_id, 0, done=True, version=1)
    take_step_back(operator, alert.public_id, 1, "it was another number")
    assert states(operator, alert) == ["now", "later"]
    finish_step(operator, alert.public_id, 0, done=False, version=1, note="no answer")
    assert states(operator, alert) == ["failed", "now"]


@pytest.mark.parametrize(
    ("step", "note", "name"),
    [
        (1, "why", Refusal.STEP_CHANGED),
        (0, " ", Refusal.STEP_NOTE_MISSING),
        (999_999_999, "why", Refusal.STEP_CHANGED),
    ],
)
def test_a_step_that_is_not_next_or_failed_without_a_word_is_refused(
    step: int, note: str, name: Refusal, operator: Actor, alert: Alert
) -> None:
    with pytest.raises(Refused) as caught:
        finish_step(operator, alert.public_id, step, done=False, version=1, note=note)
    assert caught.value.name == name
    assert acts(alert) == []


def test_a_step_of_an_alert_in_other_hands_is_refused(operator: Actor, alert: Alert) -> None:
    acknowledge(operator, alert.public_id, 1)
    other = actor(user("other", Role.OPERATOR))
    with pytest.raises(Refused) as caught:
        finish_step(other, alert.public_id, 0, done=True, version=2)
    assert caught.value.name == Refusal.ALERT_HELD
    with pytest.raises(Refused) as caught:
        take_step_back(other, alert.public_id, 1)
    assert caught.value.name == Refusal.ALERT_HELD


def test_what_stays_undone_is_escalated_once(operator: Actor, alert: Alert) -> None:
    assert escalate_overdue(WORKER, NOW + 3 * MINUTE) == 0
    assert escalate_overdue(WORKER, NOW + 4 * MINUTE) == 1
    assert escalate_overdue(WORKER, NOW + 5 * MINUTE) == 0
    alert.refresh_from_db()
    first = alert.escalated_at
    assert first is not None
    # The clock's own version hinders nobody: the page that was open before it still acts.
    acknowledge(operator, alert.public_id, 1)
    assert escalate_overdue(WORKER, NOW + 60 * MINUTE) == 1
    alert.refresh_from_db()
    assert alert.escalated_at == first  # what desk and table show is when it first called
    assert acts(alert) == [Act.ESCALATED, Act.TAKEN, Act.ESCALATED]
    resolve(operator, alert.public_id, 1, "permitted", "the court had permitted it")
    assert escalate_overdue(WORKER, NOW + 600 * MINUTE) == 0


def test_an_escalated_alert_that_comes_back_is_escalated_again(
    operator: Actor, alert: Alert
) -> None:
    escalate_overdue(WORKER, NOW + 4 * MINUTE)
    goes_on(alert, NOW + 10 * MINUTE)
    assert escalate_overdue(WORKER, NOW + 600 * MINUTE) == 0
    outbox.deliver(LISTENERS, NOW + 21 * MINUTE)
    alert.refresh_from_db()
    assert alert.state == AlertState.ACTIVE
    first = alert.versions.get(act=Act.ESCALATED)
    assert alert.due_at == first.known_at + ESCALATED_AGAIN
    assert escalate_overdue(WORKER, alert.due_at) == 1
    assert acts(alert) == [Act.ESCALATED, Act.ESCALATED]
    last = alert.versions.latest("number")
    last.pk, last.number, last.known_at = None, last.number + 1, NOW + 40 * MINUTE
    last.save(force_insert=True)
    Alert.objects.filter(pk=alert.pk).update(version=last.number)
    assert run_again({"alerts": alert.public_id}, NOW + 45 * MINUTE) == 1
    alert.refresh_from_db()
    assert alert.due_at == NOW + 40 * MINUTE + ESCALATED_AGAIN  # since the last call, not the first
    Alert.objects.filter(pk=alert.pk).update(due_at=None)
    assert run_again({"alerts": alert.public_id}, NOW + 90 * MINUTE) == 1
    alert.refresh_from_db()
    assert alert.due_at == NOW + 94 * MINUTE
    acknowledge(operator, alert.public_id, alert.version)
    assert run_again({"alerts": alert.public_id}, NOW + 95 * MINUTE) == 0


def test_giving_back_starts_the_clock_anew(operator: Actor, alert: Alert) -> None:
    acknowledge(operator, alert.public_id, 1)
    before = clock.now()
    released = release(operator, alert.public_id, 2)
    assert released.due_at is not None
    assert before + 4 * MINUTE <= released.due_at <= clock.now() + 4 * MINUTE
    assert released.state == AlertState.ACTIVE


def test_an_alert_keeps_the_version_with_which_it_was_begun(operator: Actor, alert: Alert) -> None:
    supervisor = actor(user("supervisor2", Role.SUPERVISOR))
    write_protocol(supervisor, "S-CURFEW-ABSENCE", 2, Plan(1, PLAN.steps[:1]), "shorter")
    hand_over(operator, alert.public_id, 1, supervisor.id, "yours")
    found = look_at(operator, alert.public_id).progress
    assert found is not None
    assert (found.number, len(found.stages), found.stages[1].text) == (2, 2, "the third car")


def test_a_late_look_at_many_alerts_escalates_only_open_ones(operator: Actor) -> None:
    one = supervised()
    done = raised(one, NOW, rule="S-A", state=AlertState.RESOLVED, until=NOW)
    open_one = raised(one, NOW, rule="S-B")
    begin_protocols(NOW)
    escalate_overdue(WORKER, NOW + 600 * MINUTE)
    assert acts(done) == []
    assert acts(open_one) == [Act.ESCALATED]
