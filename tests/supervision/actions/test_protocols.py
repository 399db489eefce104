# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.db import DatabaseError, transaction
from supervision.factory import user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.protocols import protocol_of, write_protocol
from tarazy.supervision.cards import CARDS
from tarazy.supervision.looks.protocols import protocol, protocols
from tarazy.supervision.models import Protocol, StepKind
from tarazy.supervision.protocols import OF_RULES, Plan, Step, read_steps, shipped
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
GOOD = Plan(4, (Step(StepKind.CALL_PERSON, 5),))


@pytest.fixture
def supervisor() -> Actor:
    return actor(user("supervisor", Role.SUPERVISOR))


def test_a_protocol_ships_for_each_rule(supervisor: Actor) -> None:
    assert set(CARDS) - set(OF_RULES) == set(), "each rule is thought of by name"
    for page in protocols(supervisor):
        assert page.newest.plan.take_min > 0
        assert page.newest.plan.steps
    assert shipped("S-RULE-OF-TOMORROW", "critical").take_min <= 4


def test_a_new_version_stands_beside_the_old_ones(supervisor: Actor) -> None:
    made = write_protocol(supervisor, "S-SOS", 1, GOOD, "calls come first")
    assert made.number == 2
    assert protocol_of("S-SOS", "critical", clock.now()) == made
    editions = protocol(supervisor, "S-SOS").editions
    assert [(one.number, one.author) for one in editions] == [(2, "supervisor"), (1, "")]
    with pytest.raises(Refused) as caught:
        write_protocol(supervisor, "S-SOS", 1, GOOD, "I had the old page open")
    assert caught.value.name == Refusal.PROTOCOL_CHANGED


def test_a_version_is_never_changed(supervisor: Actor) -> None:
    made = write_protocol(supervisor, "S-SOS", 1, GOOD, "calls come first")
    made.take_min = 1
    with pytest.raises(DatabaseError), transaction.atomic():
        made.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


@pytest.mark.parametrize(
    ("rule", "plan", "reason", "name"),
    [
        ("S-NONE", GOOD, "why", Refusal.PROTOCOL_UNKNOWN),
        ("S-SOS", Plan(4, ()), "why", Refusal.PROTOCOL_LENGTH),
        ("S-SOS", Plan(4, GOOD.steps * 13), "why", Refusal.PROTOCOL_LENGTH),
        ("S-SOS", Plan(0, GOOD.steps), "why", Refusal.PROTOCOL_MINUTES),
        ("S-SOS", Plan(4, (Step(StepKind.PATROL, 10**9),)), "why", Refusal.PROTOCOL_MINUTES),
        ("S-SOS", Plan(4, (Step(StepKind.OTHER, 1, "x" * 201),)), "why", Refusal.PROTOCOL_TEXT),
        ("S-SOS", GOOD, " ", Refusal.REASON_MISSING),
        ("S-SOS", GOOD, "x" * 201, Refusal.REASON_MISSING),
    ],
)
def test_what_cannot_be_followed_is_refused(
    rule: str, plan: Plan, reason: str, name: Refusal, supervisor: Actor
) -> None:
    with pytest.raises(Refused) as caught:
        write_protocol(supervisor, rule, 1, plan, reason)
    assert caught.value.name == name
    assert not Protocol.objects.filter(number=2).exists()


def test_an_operator_reads_protocols_and_writes_none() -> None:
    operator = actor(user("operator", Role.OPERATOR))
    assert read_steps(protocol(operator, "S-SOS").newest.plan.rows())
    with pytest.raises(Refused) as caught:
        write_protocol(operator, "S-SOS", 1, GOOD, "why")
    assert caught.value.name == CoreRefusal.NOT_PERMITTED
