# SPDX-License-Identifier: EUPL-1.2
"""Papers, messages, receipts and drafts go when their time is over, and not a day before."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import ForeignKey
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.officer import approved, change, new_order, signed_in, submitted
from supervision.raised import actor
from supervision.recorded import receipt_of

from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.supervision.actions import leaving_records, records
from tarazy.supervision.actions.appointments import make_appointment, send_message
from tarazy.supervision.actions.drafts import discard_draft, save_draft
from tarazy.supervision.actions.holds import lift_hold, place_hold
from tarazy.supervision.actions.leaving_records import OWNERS, due
from tarazy.supervision.actions.orders import PersonFacts
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.actions.records import sweep_papers
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    plan_retention,
)
from tarazy.supervision.kept_files import path_of
from tarazy.supervision.models import (
    Appointment,
    Disclosure,
    EngineCheckpoint,
    Fitting,
    FittingProtocol,
    Order,
    OrderDraft,
    OrderVersion,
    Paper,
    PaperKind,
    Person,
    VersionKind,
    WearerMessage,
)

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"IEND\xaeB`\x82"


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


@pytest.fixture
def chief() -> Actor:
    return actor(user("chief", Role.SUPERVISOR))


def scan_of(order: Order, content: bytes = b"%PDF-1.4\n%%EOF\n") -> Paper:
    """A scan of the order's first document."""
    paper = store_paper(CONSOLE, PaperKind.SCAN, content, "Серікова Айгүл.pdf")
    refer(order, paper)
    return paper


def refer(order: Order, paper: Paper) -> None:
    """One more version of the order, with this scan: no version is ever changed."""
    version = OrderVersion.objects.filter(order=order).order_by("number").last()
    assert version is not None
    version.pk, version.number, version.scan = None, version.number + 1, paper
    version.save(force_insert=True)


def ended(order: Order, days: float) -> None:
    """As if the order had ended so long ago."""
    until = NOW - timedelta(days=days)
    Order.objects.filter(pk=order.pk).update(in_force=DateTimeTZRange(until - 30 * DAY, until))


def due_now(at: datetime = NOW) -> set[str]:
    return {one.record for one in due(at) if not one.held}


def carried_out() -> int:
    """A plan that was there to be seen for a day, carried out; how many lines it had of records."""
    run = plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    apply_retention(CONSOLE, NOW)
    return sum(bool(item.records) for item in items_of(run))


def test_a_message_goes_a_year_after_the_order_and_its_times_stay(chief: Actor) -> None:
    one = supervised()
    message = send_message(chief, one.person.public_id, "Come at nine, bring your mother.")
    appointment = make_appointment(chief, one.person.public_id, NOW + DAY, "Abai 1", "room 7")
    Appointment.objects.update(at=NOW - 400 * DAY)
    WearerMessage.objects.update(sent_at=NOW - 400 * DAY)
    assert due_now() == set()
    ended(one.order, 364)
    assert due_now() == set()
    ended(one.order, 367)
    assert due_now() == {message.public_id, appointment.public_id}
    assert carried_out() == 2
    kept, met = WearerMessage.objects.get(), Appointment.objects.get()
    assert (kept.text, kept.sent_by, kept.forgotten_at is not None) == ("", chief.id, True)
    assert (met.place, met.note, met.state) == ("", "", "planned")
    assert due_now() == set()
    assert carried_out() == 0


def test_nothing_goes_that_no_plan_of_a_day_ago_named(chief: Actor) -> None:
    one = supervised()
    send_message(chief, one.person.public_id, "first")
    WearerMessage.objects.update(sent_at=NOW - 400 * DAY)
    ended(one.order, 370)
    plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    other = supervised("Басқа Адам")
    send_message(chief, other.person.public_id, "second")
    WearerMessage.objects.filter(text="second").update(sent_at=NOW - 400 * DAY)
    ended(other.order, 370)
    apply_retention(CONSOLE, NOW)
    assert set(WearerMessage.objects.values_list("text", flat=True)) == {"", "second"}


def test_a_scan_loses_its_bytes_and_its_name_and_keeps_its_digest(chief: Actor) -> None:
    one = supervised()
    paper = scan_of(one.order)
    digest = paper.sha256
    ended(one.order, 1824)
    assert due_now() == set()
    ended(one.order, 1827)
    Paper.objects.update(recorded_at=NOW - 2000 * DAY)
    assert path_of(digest).exists()
    before = log.size()
    assert carried_out() == 1
    paper.refresh_from_db()
    assert (paper.name, paper.sha256, paper.forgotten_at) == ("", digest, NOW)
    assert not path_of(digest).exists()
    verbs = [json.loads(log.entry(n).leaf) for n in range(before, log.size())]
    (line,) = [leaf for leaf in verbs if leaf["verb"] == "supervision.retention.forget_records"]
    assert (line["subject"], line["basis"]) == (one.order.public_id, one.order.public_id)
    boss = User.objects.get(username="chief")
    answer = signed_in(boss).get(f"/supervision/papers/{paper.public_id}")
    assert answer.status_code == 422
    assert "was deleted when the time was over" in answer.content.decode()


def test_pages_say_when_a_scan_was_deleted_and_link_none(chief: Actor) -> None:
    one = supervised()
    paper = scan_of(one.order)
    boss = signed_in(User.objects.get(username="chief"))
    address = f"/supervision/people/{one.person.public_id}/"
    link = f'href="/supervision/papers/{paper.public_id}"'
    assert link in boss.get(address).content.decode()
    Paper.objects.update(forgotten_at=datetime(2026, 3, 4, 9, tzinfo=UTC), name="")
    text = boss.get(address).content.decode()
    assert "scan: deleted on 4 March 2026 under the retention rules" in text
    assert link not in text
    draft = put_away(chief, 1)
    OrderDraft.objects.filter(pk=draft.pk).update(scan=paper)
    text = boss.get(f"/supervision/drafts/{draft.public_id}/").content.decode()
    assert "deleted on 4 March 2026 under the retention rules" in text
    assert link not in text


def test_a_paper_that_a_live_order_or_a_draft_refers_to_stays(chief: Actor) -> None:
    old, live = supervised(), supervised("Тірі Қаулы")
    paper = scan_of(old.order)
    ended(old.order, 3000)
    Paper.objects.update(recorded_at=NOW - 3000 * DAY)
    refer(live.order, paper)
    assert due_now() == set(), "another order lives that refers to it"
    ended(live.order, 3000)
    assert due_now() == {paper.public_id}

    officer = actor(user("officer", Role.SUPERVISOR))
    third = supervised("Үшінші Адам")
    until = third.order.in_force.upper + 30 * DAY
    draft = save_draft(officer, change(officer, third.order, VersionKind.EXTENSION, until))
    OrderDraft.objects.filter(pk=draft.pk).update(scan=paper)
    assert due_now() == set(), "a draft refers to it"
    discard_draft(officer, draft.public_id)
    assert due_now() == set(), "and the order that it was to change lives"
    ended(third.order, 3000)
    OrderDraft.objects.update(decided_at=NOW - 2500 * DAY, created_at=NOW - 2500 * DAY)
    assert paper.public_id in due_now()


def test_a_draft_that_waits_keeps_its_scan_for_ever(chief: Actor) -> None:
    officer = actor(user("officer", Role.OFFICER))
    submitted(officer, new_order(officer))
    OrderDraft.objects.update(created_at=NOW - 5000 * DAY, submitted_at=NOW - 5000 * DAY)
    Paper.objects.update(recorded_at=NOW - 5000 * DAY)
    assert due_now() == set()


def test_photo_and_signature_wait_for_the_last_order_of_whoever_was_fitted() -> None:
    one = supervised()
    photo = store_paper(CONSOLE, PaperKind.PHOTO, PNG, "leg.png")
    signature = store_paper(CONSOLE, PaperKind.SIGNATURE, PNG[:16] + b"2" + PNG[16:], "signed.png")
    FittingProtocol.objects.create(
        fitting=Fitting.objects.get(person=one.person),
        stage="fitting",
        at=NOW,
        consent=True,
        medical_on=date(2020, 1, 1),
        photo=photo,
        signature=signature,
        recorded_by="usr_x",
    )
    Paper.objects.update(recorded_at=NOW - 3000 * DAY)
    assert due_now() == set()
    ended(one.order, 1100)
    assert due_now() == {photo.public_id, signature.public_id}


def test_a_hold_stops_it_and_the_plan_says_so(chief: Actor) -> None:
    one = supervised()
    paper, prosecutor = scan_of(one.order), actor(user("prosecutor", Role.PROSECUTOR))
    ended(one.order, 3000)
    Paper.objects.update(recorded_at=NOW - 3000 * DAY)
    hold = place_hold(prosecutor, one.person.public_id, "an appeal", now=NOW)
    run = plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    assert [(item.reason, item.held) for item in items_of(run) if item.records] == [("scan", True)]
    apply_retention(CONSOLE, NOW)
    assert Paper.objects.get().forgotten_at is None
    lift_hold(prosecutor, hold.public_id, now=NOW)
    carried_out()
    assert not path_of(paper.sha256).exists()


def test_a_hold_that_comes_after_the_plan_stops_it_too() -> None:
    one = supervised()
    scan_of(one.order)
    ended(one.order, 3000)
    Paper.objects.update(recorded_at=NOW - 3000 * DAY)
    plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    apply_retention(CONSOLE, NOW)
    assert Paper.objects.get().forgotten_at is None


def test_a_file_that_belongs_to_nothing_goes_after_a_month() -> None:
    paper = store_paper(CONSOLE, PaperKind.SCAN, b"%PDF-1.4\nloose\n%%EOF\n", "x.pdf")
    Paper.objects.update(recorded_at=NOW - 29 * DAY)
    assert due_now() == set()
    Paper.objects.update(recorded_at=NOW - 32 * DAY)
    assert due_now() == {paper.public_id}
    carried_out()
    assert not path_of(paper.sha256).exists()


def test_the_same_bytes_stay_as_long_as_one_paper_needs_them() -> None:
    content = b"%PDF-1.4\nthe same\n%%EOF\n"
    old, live = supervised(), supervised("Тірі Қаулы")
    gone, kept = scan_of(old.order, content), scan_of(live.order, content)
    ended(old.order, 3000)
    Paper.objects.filter(pk=gone.pk).update(recorded_at=NOW - 3000 * DAY)
    carried_out()
    assert Paper.objects.get(pk=gone.pk).forgotten_at == NOW
    assert Paper.objects.get(pk=kept.pk).forgotten_at is None
    assert path_of(kept.sha256).exists()


def test_what_a_refused_act_or_a_killed_process_left_is_swept_away() -> None:
    folder: Path = settings.TARAZY.papers_folder / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    stray, fresh = folder / ("ab" + "0" * 62), folder / ("ab" + "1" * 62)
    for path in (stray, fresh):
        path.write_bytes(b"x")
    os.utime(stray, (NOW.timestamp() - 100_000, NOW.timestamp() - 100_000))
    assert sweep_papers() >= 1
    assert not stray.exists()
    assert fresh.exists(), "an act may be under way that brought it"
    fresh.unlink()


def test_a_receipt_forgets_the_name_and_keeps_that_it_was_handed() -> None:
    one = supervised()
    handed = receipt_of(one)
    Disclosure.objects.update(handed_at=NOW - 2000 * DAY)
    ended(one.order, 1830)
    assert due_now() == {handed.public_id}
    carried_out()
    left = Disclosure.objects.get()
    assert (left.recipient, left.capacity) == ("", "counsel")
    prosecutor = user("prosecutor", Role.PROSECUTOR)
    page = signed_in(prosecutor).get(f"/supervision/people/{one.person.public_id}/reports/")
    assert "name deleted" in page.content.decode()


def put_away(author: Actor, days: float, iin_digest: bytes | None = None) -> OrderDraft:
    """A draft of somebody new, discarded so long ago; its scan is left out of this."""
    person = PersonFacts(full_name="Жақсылықов Ержан", phone="+7 700", iin_digest=iin_digest)
    draft = save_draft(author, new_order(author, person=person))
    discard_draft(author, draft.public_id)
    then = NOW - timedelta(days=days)
    OrderDraft.objects.filter(pk=draft.pk).update(
        decided_at=then, created_at=then, scan=None, remark="Wrong address of Абай 1"
    )
    return draft


def test_a_discarded_draft_loses_whom_it_names_and_stays_on_record(chief: Actor) -> None:
    draft = put_away(chief, 364, b"1" * 32)
    OrderDraft.objects.update(
        guardian_name="Серік", guardian_phone="+7", birth_date=date(2009, 1, 1)
    )
    Paper.objects.all().delete()
    assert due_now() == set()
    OrderDraft.objects.update(decided_at=NOW - 367 * DAY, created_at=NOW - 367 * DAY)
    assert due_now() == {draft.public_id}
    before = log.size()
    assert carried_out() == 1
    draft.refresh_from_db()
    said = (draft.full_name, draft.iin_digest, draft.iin_end, draft.birth_date, draft.phone)
    assert said == ("", None, "", None, "")
    assert (draft.guardian_name, draft.guardian_phone, draft.remark) == ("", "", "")
    assert [one.place for one in draft.conditions.all()] == [""]
    assert (draft.forgotten_at, draft.state, draft.author_id) == (NOW, "discarded", chief.user_pk)
    assert draft.document_number
    assert due_now() == set()
    leaves = [json.loads(log.entry(n).leaf) for n in range(before, log.size())]
    (line,) = [leaf for leaf in leaves if leaf["verb"] == "supervision.retention.forget_records"]
    assert line["subject"] == "draft"
    boss = signed_in(User.objects.get(username="chief"))
    page = boss.get(f"/supervision/drafts/{draft.public_id}/").content.decode()
    assert "name deleted" in page
    assert "Telephone" not in page
    assert "name deleted" in boss.get("/supervision/orders/").content.decode()


def test_a_draft_that_waits_or_was_approved_keeps_whom_it_names(chief: Actor) -> None:
    officer = actor(user("officer", Role.OFFICER))
    save_draft(officer, new_order(officer))
    OrderDraft.objects.update(created_at=NOW - 5000 * DAY)
    assert due_now() == set()
    approved(officer, chief, new_order(officer))
    OrderDraft.objects.update(created_at=NOW - 5000 * DAY, decided_at=NOW - 5000 * DAY)
    assert due_now() == set()


def test_a_hold_on_whoever_has_its_iin_keeps_a_discarded_draft(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, other = put_away(chief, 400, b"1" * 32), put_away(chief, 400)
    Paper.objects.all().delete()
    one = supervised()
    Person.objects.filter(pk=one.person.pk).update(iin_digest=b"1" * 32)
    run = plan_retention(CONSOLE, NOW - NOTICE - timedelta(minutes=1))
    found = due(run.planned_at)
    assert {one.record for one in found} == {draft.public_id, other.public_id}
    hold = place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    assert due_now() == {other.public_id}
    # As if the hold had come after what is due was read again, and before it was deleted.
    monkeypatch.setattr(records, "due", lambda _at: found)
    apply_retention(CONSOLE, NOW)
    names = {row.pk: row.full_name for row in OrderDraft.objects.all()}
    assert names == {draft.pk: "Жақсылықов Ержан", other.pk: ""}
    lift_hold(CONSOLE, hold.public_id, now=NOW)
    assert due_now() == {draft.public_id}


def test_whatever_else_refers_to_a_paper_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    one: Supervised = supervised()
    scan_of(one.order)
    ended(one.order, 3000)
    Paper.objects.update(recorded_at=NOW - 3000 * DAY)
    assert len(due_now()) == 1
    known = {name: query for name, query in OWNERS.items() if "orderversion" not in name}
    monkeypatch.setattr(leaving_records, "OWNERS", known)
    assert due_now() == set()


def test_every_reference_to_a_paper_has_an_end_that_we_know() -> None:
    found = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Paper
    }
    assert found <= set(OWNERS), "say in leaving_records.py whose end the new one waits for"
