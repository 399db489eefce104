# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from supervision.factory import supervised, user
from supervision.officer import (
    PDF,
    actor,
    approved,
    change,
    new_order,
    now,
    submitted,
)

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.absences import Leave, grant_absence
from tarazy.supervision.actions.drafts import (
    approve_draft,
    discard_draft,
    give_back_draft,
    save_draft,
    submit_draft,
)
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.models import (
    DraftCondition,
    DraftState,
    Order,
    OrderDraft,
    OrderVersion,
    PaperKind,
    Person,
    VersionKind,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def officer() -> Actor:
    return actor(user("officer", Role.OFFICER))


@pytest.fixture
def approver() -> Actor:
    return actor(user("approver", Role.SUPERVISOR))


def refusal(call: object, *words: object) -> str:
    with pytest.raises(Refused) as caught:
        call(*words)  # type: ignore[operator]
    return str(caught.value.name)


def test_a_draft_is_no_order_until_another_person_approved_it(
    officer: Actor, approver: Actor
) -> None:
    draft = submitted(officer, new_order(officer))
    assert (Order.objects.count(), Person.objects.count()) == (0, 0)
    order = approve_draft(approver, draft.public_id, draft.version)
    assert order.in_force.lower == draft.since
    assert order.officer_id == officer.user_pk
    version = OrderVersion.objects.get(order=order)
    assert (version.approved_by, version.scan) == (approver.id, draft.scan)
    assert order.person.full_name == "Жақсылықов Ержан"
    assert DraftCondition.objects.get(draft=draft).condition is None
    assert OrderDraft.objects.get().state == DraftState.APPROVED


def test_nobody_approves_the_own_draft(approver: Actor) -> None:
    draft = submitted(approver, new_order(approver))
    assert refusal(approve_draft, approver, draft.public_id, draft.version) == "own_draft"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_orderdraft SET state = 'approved', decided_by_id = author_id"
        )


def test_an_officer_approves_nothing(officer: Actor) -> None:
    draft = submitted(officer, new_order(officer))
    other = actor(user("other", Role.OFFICER))
    for who in (officer, other):
        refused = refusal(approve_draft, who, draft.public_id, draft.version)
        assert refused == "not_permitted"


def test_what_was_changed_after_it_was_seen_is_not_approved(
    officer: Actor, approver: Actor
) -> None:
    draft = submitted(officer, new_order(officer))
    seen = draft.version
    save_draft(officer, new_order(officer, measure="bail"), draft.public_id)
    assert refusal(approve_draft, approver, draft.public_id, seen) == "draft_changed"
    assert refusal(approve_draft, approver, draft.public_id, seen + 1) == "draft_not_submitted"
    submit_draft(officer, draft.public_id)
    assert approve_draft(approver, draft.public_id, seen + 1).measure == "bail"
    assert refusal(approve_draft, approver, draft.public_id, seen + 1) == "draft_closed"


def test_a_draft_is_given_back_with_a_remark(officer: Actor, approver: Actor) -> None:
    draft = submitted(officer, new_order(officer))
    seen = (approver, draft.public_id, draft.version)
    assert refusal(give_back_draft, *seen, " ") == "remark_missing"
    given = give_back_draft(*seen, "The judge's name is another.")
    assert (given.state, given.remark) == ("draft", "The judge's name is another.")
    discard_draft(officer, draft.public_id)
    assert refusal(submit_draft, officer, draft.public_id) == "draft_closed"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"scan_id": ""}, "scan_missing"),
        ({"measure": "banishment"}, "measure_unknown"),
        ({"until": now() - 2 * DAY}, "order_period_empty"),
        ({"since": now() - 3 * DAY, "until": now() - DAY}, "order_in_the_past"),
    ],
)
def test_what_could_not_be_in_force_is_not_submitted(
    officer: Actor, more: dict[str, object], name: str
) -> None:
    draft = save_draft(officer, new_order(officer, **more))
    assert refusal(submit_draft, officer, draft.public_id) == name


def test_a_minor_needs_a_guardian(officer: Actor) -> None:
    facts = new_order(officer)
    young = replace(facts.person, birth_date=date(now().year - 16, 1, 1))
    draft = save_draft(officer, replace(facts, person=young))
    assert refusal(submit_draft, officer, draft.public_id) == "guardian_missing"
    guarded = replace(young, guardian_name="Ана", guardian_phone="+7 700 000 00 00")
    save_draft(officer, replace(facts, person=guarded), draft.public_id)
    assert submit_draft(officer, draft.public_id).state == DraftState.SUBMITTED


def test_the_iin_finds_who_is_in_the_register(officer: Actor, approver: Actor) -> None:
    facts = new_order(officer)
    known = replace(facts.person, iin_digest=b"d" * 32, iin_end="0018")
    first = approved(officer, approver, replace(facts, person=known, until=now() + DAY))
    later = replace(known, full_name="Жаксылыков Ержан")
    second = replace(facts, person=later, since=now() + 2 * DAY)
    assert approved(officer, approver, second).person_id == first.person_id
    assert Person.objects.get().full_name == "Жаксылыков Ержан"


@pytest.mark.parametrize(
    ("kind", "days", "name"),
    [
        (VersionKind.EXTENSION, 10, "not_longer"),
        (VersionKind.EARLY_END, 90, "not_earlier"),
        (VersionKind.EARLY_END, -1, "not_earlier"),
        (VersionKind.VARIATION, -1, "order_in_the_past"),
    ],
)
def test_a_change_that_is_none_is_refused(
    approver: Actor, kind: VersionKind, days: int, name: str
) -> None:
    order = supervised().order
    draft = save_draft(approver, change(approver, order, kind, now() + days * DAY))
    assert refusal(submit_draft, approver, draft.public_id) == name


def test_extension_early_end_and_revocation(approver: Actor) -> None:
    order, author = supervised().order, actor(user("author", Role.SUPERVISOR))
    until = now() + 90 * DAY
    order = approved(author, approver, change(author, order, VersionKind.EXTENSION, until))
    assert order.in_force.upper == until
    until = now() + 2 * DAY
    order = approved(author, approver, change(author, order, VersionKind.EARLY_END, until))
    assert (order.in_force.upper, order.revoked_at) == (until, None)
    at = now()
    order = approved(author, approver, change(author, order, VersionKind.REVOCATION, at))
    assert (order.in_force.upper, order.revoked_at) == (at, at)
    kinds = list(order.versions.values_list("kind", flat=True))
    assert kinds == ["original", "extension", "early_end", "revocation"]


@pytest.mark.parametrize(
    ("kind", "more", "name"),
    [
        (VersionKind.REVOCATION, {"until": now() + 61 * DAY}, "revocation_late"),
        (VersionKind.EXTENSION, {"since": now() + 60 * DAY}, "beginning_ahead"),
        (VersionKind.VARIATION, {"since": now() + DAY}, "beginning_ahead"),
    ],
)
def test_a_date_that_would_leave_nobody_supervised_is_refused(
    approver: Actor, kind: VersionKind, more: dict[str, Any], name: str
) -> None:
    order = supervised().order
    facts = replace(change(approver, order, kind, now() + 90 * DAY), **more)
    draft = save_draft(approver, facts)
    assert refusal(submit_draft, approver, draft.public_id) == name


def test_an_order_to_be_revoked_later_is_kept_until_then(approver: Actor) -> None:
    one, author = supervised(), actor(user("author", Role.SUPERVISOR))
    later = change(author, one.order, VersionKind.REVOCATION, now() + 9 * DAY)
    order = approved(author, approver, later)
    assert order.in_force.upper == order.revoked_at == later.until
    leave = Leave(since=now(), until=now() + DAY, reason="In hospital", decided_by="A. Test")
    assert grant_absence(approver, order.public_id, leave).order_id == order.pk
    longer = change(author, order, VersionKind.EXTENSION, now() + 90 * DAY)
    draft = save_draft(author, longer)
    assert refusal(submit_draft, author, draft.public_id) == "order_ended"
    sooner = change(author, order, VersionKind.REVOCATION, now() + DAY)
    save_draft(author, sooner, draft.public_id)
    submit_draft(author, draft.public_id)
    order = approve_draft(approver, draft.public_id, draft.version + 1)
    assert order.in_force.upper == order.revoked_at == sooner.until


def test_the_kind_of_a_change_may_be_mended(approver: Actor) -> None:
    order = supervised().order
    facts = change(approver, order, VersionKind.EXTENSION, now() + 10 * DAY)
    draft = save_draft(approver, facts)
    mended = replace(facts, kind=VersionKind.EARLY_END)
    assert save_draft(approver, mended, draft.public_id).kind == VersionKind.EARLY_END
    original = replace(facts, kind=VersionKind.ORIGINAL)
    assert save_draft(approver, original, draft.public_id).kind == VersionKind.EARLY_END


def test_one_change_of_an_order_at_a_time(approver: Actor) -> None:
    order = supervised().order
    facts = change(approver, order, VersionKind.EXTENSION, now() + 90 * DAY)
    save_draft(approver, facts)
    assert refusal(save_draft, approver, facts) == "draft_waits"


def test_others_orders_drafts_and_scans_are_out_of_reach(officer: Actor) -> None:
    order, other = supervised().order, actor(user("other", Role.OFFICER))
    facts = change(officer, order, VersionKind.EXTENSION, now() + 90 * DAY)
    assert refusal(save_draft, officer, facts) == "not_permitted"
    draft = save_draft(officer, new_order(officer))
    assert refusal(save_draft, other, new_order(other), draft.public_id) == "not_permitted"
    assert refusal(discard_draft, other, draft.public_id) == "not_permitted"
    theirs = store_paper(other, PaperKind.SCAN, PDF, "theirs.pdf").public_id
    assert refusal(save_draft, officer, new_order(officer, scan_id=theirs)) == "not_found"
