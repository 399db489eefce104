# SPDX-License-Identifier: EUPL-1.2
"""Undecided drafts, reasons of absences, notes of check-ins and telephones go after their time."""

from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.actions.test_records import NOW, carried_out, due_now, ended
from supervision.factory import CONSOLE, Supervised, supervised, terms, user
from supervision.officer import change, new_order, submitted
from supervision.raised import actor

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions import leaving_records, records
from tarazy.supervision.actions.absences import withdraw_absence
from tarazy.supervision.actions.contacts import add_contact, remove_contact
from tarazy.supervision.actions.drafts import approve_draft, save_draft
from tarazy.supervision.actions.holds import lift_hold, place_hold
from tarazy.supervision.actions.leaving_records import due
from tarazy.supervision.actions.orders import start_order
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    plan_retention,
)
from tarazy.supervision.models import (
    CheckIn,
    Contact,
    EngineCheckpoint,
    Order,
    OrderDraft,
    Paper,
    PermittedAbsence,
    VersionKind,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


@pytest.fixture
def chief() -> Actor:
    return actor(user("chief", Role.SUPERVISOR))


def test_an_undecided_draft_goes_after_the_time_for_which_it_was_written(chief: Actor) -> None:
    officer = actor(user("officer", Role.OFFICER))
    draft = submitted(officer, new_order(officer))
    Paper.objects.all().update(recorded_at=NOW)
    OrderDraft.objects.update(
        created_at=NOW - 900 * DAY, submitted_at=NOW - 900 * DAY, until=NOW - 364 * DAY
    )
    assert due_now() == set()
    OrderDraft.objects.update(until=NOW - 367 * DAY)
    assert due_now() == {draft.public_id}
    OrderDraft.objects.update(until=None)  # nothing to count from
    assert due_now() == set()
    OrderDraft.objects.update(until=NOW - 367 * DAY)
    assert carried_out() == 1
    draft.refresh_from_db()
    assert (draft.full_name, draft.iin_digest, draft.phone) == ("", None, "")
    assert (draft.state, draft.decided_at, draft.forgotten_at) == ("discarded", NOW, NOW)
    assert [one.place for one in draft.conditions.all()] == [""]
    assert draft.document_number
    with pytest.raises(Refused):
        approve_draft(chief, draft.public_id, draft.version)


def test_an_undecided_change_waits_for_the_order_that_it_would_have_changed(chief: Actor) -> None:
    officer_user = user("officer", Role.OFFICER)
    one = supervised(officer=officer_user)
    officer = actor(officer_user)
    draft = submitted(officer, change(officer, one.order, VersionKind.EXTENSION, NOW + 90 * DAY))
    OrderDraft.objects.update(
        created_at=NOW - 900 * DAY, submitted_at=NOW - 900 * DAY, until=NOW - 500 * DAY
    )
    assert due_now() == set()
    ended(one.order, 364)
    assert due_now() == set()
    ended(one.order, 367)
    assert draft.public_id in due_now()
    hold = place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    assert draft.public_id not in due_now()
    lift_hold(CONSOLE, hold.public_id, now=NOW)


def test_a_draft_that_gets_another_end_after_the_plan_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer = actor(user("officer", Role.OFFICER))
    save_draft(officer, new_order(officer))
    OrderDraft.objects.update(created_at=NOW - 900 * DAY, until=NOW - 400 * DAY)
    run = plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    found = due(run.planned_at)
    told = iter([found])  # read before somebody wrote another end; the second time it is there

    def read(at: datetime) -> list[leaving_records.Due]:
        OrderDraft.objects.update(until=NOW + 30 * DAY)
        return next(told, None) or due(at)

    monkeypatch.setattr(records, "due", read)
    apply_retention(CONSOLE, NOW)
    assert OrderDraft.objects.get().full_name == "Жақсылықов Ержан"
    assert OrderDraft.objects.get().state == "draft"


def absence_of(one: Supervised) -> PermittedAbsence:
    return PermittedAbsence.objects.create(
        order=one.order, period=DateTimeTZRange(NOW, NOW + DAY), reason="An operation",
        evidence="letter 7", decided_by="Court 2", granted_at=NOW - 3000 * DAY, granted_by="usr_1",
    )  # fmt: skip


def test_the_reason_of_an_absence_goes_with_the_papers_of_the_order(chief: Actor) -> None:
    one = supervised()
    absence = absence_of(one)
    withdraw_absence(chief, absence.public_id, "It was put off.")
    ended(one.order, 1824)
    assert due_now() == set()
    ended(one.order, 1827)
    assert due_now() == {absence.public_id}
    hold = place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    assert due_now() == set()
    lift_hold(CONSOLE, hold.public_id, now=NOW)
    assert carried_out() == 1
    absence.refresh_from_db()
    assert (absence.reason, absence.withdrawn_reason, absence.evidence) == ("", "", "")
    assert (absence.decided_by, absence.period.lower) == ("Court 2", NOW)
    assert due_now() == set()


def test_the_note_of_a_check_in_goes_and_its_answer_stays() -> None:
    one = supervised()
    asked = CheckIn.objects.create(
        order=one.order, route="call", state="answered", due_at=NOW - 400 * DAY, answer_min=10,
        asked_at=NOW - 400 * DAY, until=NOW - 400 * DAY, noted_at=NOW - 400 * DAY, answer="call",
        note="She was at her mother's, in hospital 3.",
    )  # fmt: skip
    ended(one.order, 364)
    assert due_now() == set()
    ended(one.order, 367)
    assert due_now() == {asked.public_id}
    assert carried_out() == 1
    asked.refresh_from_db()
    assert (asked.note, asked.state, asked.answer) == ("", "answered", "call")
    assert due_now() == set()


def test_whom_to_telephone_goes_after_the_last_order_and_the_call_stays(chief: Actor) -> None:
    one = supervised()
    mother = add_contact(chief, one.person.public_id, "household", "Mother", "+7 701 000 00 01")
    removed = add_contact(chief, one.person.public_id, "work", "Shop", "+7 701 000 00 02")
    remove_contact(chief, removed.public_id)
    removed.refresh_from_db()
    ended(one.order, 364)
    assert due_now() == set()
    ended(one.order, 367)
    assert due_now() == {mother.public_id, removed.public_id}
    later = start_order(CONSOLE, one.person.public_id, terms(NOW - DAY, NOW + DAY))
    assert due_now() == set()
    Order.objects.filter(pk=one.order.pk).update(
        in_force=DateTimeTZRange(NOW - 900 * DAY, NOW - 800 * DAY)
    )
    ended(later, 367)
    assert carried_out() == 1
    kept = {row.pk: row for row in Contact.objects.all()}
    assert {(row.name, row.phone) for row in kept.values()} == {("", "")}
    assert (kept[mother.pk].removed_at, kept[mother.pk].kind) == (NOW, "household")
    assert kept[removed.pk].removed_at == removed.removed_at
    assert due_now() == set()


def test_a_reason_that_no_plan_named_stays_whoever_asks() -> None:
    one = supervised()
    absence = absence_of(one)
    ended(one.order, 1827)

    def forget() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT supervision_forget_reasons(%s)", [[absence.public_id]])
            return int(cursor.fetchone()[0])

    assert forget() == 0
    plan_retention(CONSOLE, NOW - NOTICE + timedelta(hours=1))
    assert forget() == 0
    run = plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    hold = place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    assert forget() == 0
    lift_hold(CONSOLE, hold.public_id, now=NOW)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
        cursor.execute("UPDATE supervision_permittedabsence SET reason = 'another'")
    assert [item.reason for item in items_of(run)] == ["absence"]
    assert forget() == 1
