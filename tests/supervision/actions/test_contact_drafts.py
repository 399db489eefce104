# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.contact_drafts import (
    Asked,
    approve_contact,
    ask_contact,
    discard_contact,
)
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.actions.protection import Apart, forbid_contact
from tarazy.supervision.models import ContactDraft, DraftState, NoContact
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)


@pytest.fixture
def officer() -> Actor:
    return actor(user("an.officer", Role.OFFICER))


@pytest.fixture
def supervisor() -> Actor:
    return actor(user("a.supervisor", Role.SUPERVISOR))


@pytest.fixture
def two(officer: Actor) -> tuple[Supervised, Supervised]:
    from tarazy.core.models import User

    me = User.objects.get(public_id=officer.id)
    return supervised(officer=me), supervised("Другая Анна")


def asked(other: Supervised, **more: object) -> Asked:
    facts = {"document_number": "7-1/2026", "apart": Apart(radius_m=100)} | more
    return Asked(other_order_id=other.order.public_id, **facts)  # type: ignore[arg-type]


def refusal(act: object, *words: object) -> str:
    with pytest.raises(Refused) as caught:
        act(*words)  # type: ignore[operator]
    return str(caught.value.name)


def test_nothing_is_forbidden_before_another_person_approves(
    two: tuple[Supervised, Supervised], officer: Actor, supervisor: Actor
) -> None:
    one, other = two
    draft = ask_contact(officer, one.order.public_id, asked(other))
    assert NoContact.objects.count() == 0
    assert refusal(approve_contact, officer, draft.public_id) == CoreRefusal.NOT_PERMITTED
    demand = approve_contact(supervisor, draft.public_id)
    assert (demand.order, demand.other_order, demand.radius_m) == (one.order, other.order, 100)
    draft.refresh_from_db()
    assert (draft.state, draft.demand) == (DraftState.APPROVED, demand)
    assert refusal(approve_contact, supervisor, draft.public_id) == Refusal.DRAFT_CLOSED
    assert refusal(discard_contact, officer, draft.public_id) == Refusal.DRAFT_CLOSED


def test_nobody_approves_what_they_asked_not_even_past_the_code(
    two: tuple[Supervised, Supervised], supervisor: Actor
) -> None:
    one, other = two
    draft = ask_contact(supervisor, one.order.public_id, asked(other))
    assert refusal(approve_contact, supervisor, draft.public_id) == Refusal.OWN_DRAFT
    with pytest.raises(DatabaseError), transaction.atomic():
        ContactDraft.objects.filter(pk=draft.pk).update(
            state=DraftState.APPROVED, decided_by=draft.author
        )


def test_both_orders_are_looked_at_when_it_is_asked(
    two: tuple[Supervised, Supervised], officer: Actor
) -> None:
    one, other = two
    mine = one.order.public_id
    far = Apart(until=NOW + 900 * DAY)
    cases = [
        (asked(one), Refusal.NO_CONTACT_SELF),
        (replace(asked(other), other_order_id="ord_none"), CoreRefusal.NOT_FOUND),
        (asked(other, apart=Apart(radius_m=5)), Refusal.NO_CONTACT_RADIUS),
        (asked(other, apart=far), Refusal.CONDITION_OUTSIDE_ORDER),
        (asked(other, document_number=" "), Refusal.BAD_FIELD),
        (asked(other, document_number="1\n2"), Refusal.BAD_FIELD),
    ]
    for facts, why in cases:
        assert refusal(ask_contact, officer, mine, facts) == why
    ask_contact(officer, mine, asked(other))
    assert refusal(ask_contact, officer, mine, asked(other)) == Refusal.DRAFT_WAITS
    theirs = (officer, other.order.public_id, asked(one))
    assert refusal(ask_contact, *theirs) == CoreRefusal.NOT_PERMITTED
    assert ContactDraft.objects.count() == 1


def test_both_orders_are_looked_at_again_when_it_is_approved(
    two: tuple[Supervised, Supervised], officer: Actor, supervisor: Actor
) -> None:
    one, other = two
    draft = ask_contact(officer, one.order.public_id, asked(other))
    revoke_order(CONSOLE, other.order.public_id, DOCUMENT, at=NOW - timedelta(minutes=1))
    assert refusal(approve_contact, supervisor, draft.public_id) == Refusal.ORDER_ENDED
    assert NoContact.objects.count() == 0
    assert discard_contact(officer, draft.public_id).state == DraftState.DISCARDED


def test_what_is_forbidden_already_is_not_asked_again(
    two: tuple[Supervised, Supervised], officer: Actor
) -> None:
    one, other = two
    forbid_contact(CONSOLE, one.order.public_id, other.order.public_id, Apart())
    words = (officer, one.order.public_id, asked(other))
    assert refusal(ask_contact, *words) == Refusal.NO_CONTACT_OVERLAPS


def test_people_forbid_nothing_without_a_draft(
    two: tuple[Supervised, Supervised], officer: Actor, supervisor: Actor
) -> None:
    one, other = two
    for who in (officer, supervisor):
        words = (who, one.order.public_id, other.order.public_id, Apart())
        assert refusal(forbid_contact, *words) == CoreRefusal.NOT_PERMITTED
