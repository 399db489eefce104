# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from supervision.factory import CONSOLE, supervised, user
from supervision.officer import NIGHT, PDF, actor, approved, new_order, now, signed_in, submitted

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.actions.checkins import plan_check_ins
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.actions.devices import remove_device
from tarazy.supervision.actions.zones import Drawn, draw_zone
from tarazy.supervision.kept_files import path_of
from tarazy.supervision.models import (
    CheckInRoute,
    ConditionKind,
    DraftCondition,
    Fitting,
    Order,
    OrderDraft,
    Paper,
    Person,
    ZoneKind,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def local(days: float) -> str:
    return timezone.localtime(now() + days * DAY).strftime("%Y-%m-%dT%H:%M")


def typed(**more: object) -> dict[str, object]:
    """What a browser sends of a whole form."""
    return {
        "court": "Court No. 1",
        "judge": "B. Test",
        "document_number": "7-1/2026",
        "decided_on": "2026-11-01",
        "full_name": "Жақсылықов Ержан",
        "iin": "",
        "route": "phone",
        "measure": "house_arrest",
        "since": local(0),
        "until": local(30),
        "trace_storage": "all",
        "demands-TOTAL_FORMS": "1",
        "demands-INITIAL_FORMS": "0",
        "demands-0-kind": "home_curfew",
        "demands-0-place": "Abai 1",
        "demands-0-hours": "Mon-Fri 22:00-06:00\nSat, Sun 20:00-08:00",
        "then": "submit",
        **more,
    }


def pdf(content: bytes = PDF, name: str = "order.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_a_document_becomes_a_draft_which_another_person_approves(
    officer: Client, author: User
) -> None:
    assert officer.get("/supervision/orders/new").status_code == 200
    answer = officer.post("/supervision/orders/new", typed(scan=pdf()))
    draft = OrderDraft.objects.get()
    assert answer.headers["Location"] == f"/supervision/drafts/{draft.public_id}/"
    assert draft.state == "submitted"
    row = draft.conditions.get()
    assert row.timetable[1] == {"days": [5, 6], "from": "20:00", "until": "08:00"}
    own = officer.get(f"/supervision/drafts/{draft.public_id}/").content.decode()
    assert "Mon–Fri 22:00–06:00" in own
    assert "/decide/approve" not in own

    approver = signed_in(user("approver", Role.SUPERVISOR))
    assert "Жақсылықов Ержан" in approver.get("/supervision/orders/").content.decode()
    page = approver.get(f"/supervision/drafts/{draft.public_id}/").content.decode()
    assert f"/supervision/papers/{draft.scan.public_id}" in page  # type: ignore[union-attr]
    decide = f"/supervision/drafts/{draft.public_id}/decide/"
    answer = approver.post(f"{decide}approve", {"version": str(draft.version)}, follow=True)
    assert "it is in force from the date" in answer.content.decode()
    assert Order.objects.get().officer == author
    desk = officer.get("/supervision/orders/").content.decode()
    assert "nothing judges it until its zone is drawn" in desk


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("court", "", "This field is required"),
        ("iin", "900101300018", "This is no IIN"),
        ("until", "2020-01-01T00:00", "The order ends before it begins"),
        ("demands-0-hours", "at night", "Line 1 is not understood: “at night”"),
        ("demands-0-hours", "", "A curfew needs hours"),
        ("measure", "banishment", "not one of the available choices"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_the_scan(
    officer: Client, field: str, value: str, sentence: str
) -> None:
    answer = officer.post("/supervision/orders/new", typed(scan=pdf(), **{field: value}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert 'value="7-1/2026"' in text
    kept = Paper.objects.get()
    assert f'value="{kept.public_id}"' in text
    assert OrderDraft.objects.count() == 0
    officer.post("/supervision/orders/new", typed(scan_id=kept.public_id))
    assert OrderDraft.objects.get().scan == kept


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"MZ\x90\x00 a program", "not what it should be"),
        (b"<html>%PDF-1.4 %%EOF", "not what it should be"),
        (b"%PDF-1.4 cut off", "not what it should be"),
        (b"PK\x03\x04" + PDF, "not what it should be"),
    ],
)
def test_a_scan_that_is_none_is_refused_by_its_content(
    officer: Client, content: bytes, sentence: str
) -> None:
    answer = officer.post("/supervision/orders/new", typed(scan=pdf(content)))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Paper.objects.count() == OrderDraft.objects.count() == 0


def test_an_upload_of_30_mb_is_refused_before_it_is_read(officer: Client) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("a byte of it was read")

        readline = read

    body = {"CONTENT_LENGTH": str(30 * 1024**2), "wsgi.input": Unread()}
    kind = "multipart/form-data; boundary=x"
    answer = officer.generic("POST", "/supervision/orders/new", b"", kind, **body)  # type: ignore[arg-type]
    assert answer.status_code == 413
    assert "Nothing was saved" in answer.content.decode()


def test_a_scan_is_served_as_what_it_is_to_whom_it_concerns(author: User) -> None:
    draft = submitted(actor(author), new_order(actor(author)))
    assert draft.scan is not None
    address = f"/supervision/papers/{draft.scan.public_id}"
    answer = signed_in(author).get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (PDF, "application/pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(user("approver", Role.SUPERVISOR)).get(address).status_code == 200
    assert signed_in(user("other", Role.OFFICER)).get(address).status_code == 403
    assert signed_in(user("operator", Role.OPERATOR)).get(address).status_code == 403
    path = path_of(draft.scan.sha256)
    assert path.is_relative_to(settings.TARAZY.folder / "papers")
    assert not path.is_relative_to(settings.STATIC_ROOT)
    path.chmod(0o600)
    try:
        path.write_bytes(PDF + b" ")
        assert signed_in(author).get(address).status_code == 422
    finally:
        path.write_bytes(PDF)


def test_a_scanner_that_finds_something_keeps_nothing(officer: Client, tmp_path: Path) -> None:
    scanner = tmp_path / "scanner"
    for code, status in ((0, 302), (1, 422), (2, 503)):
        scanner.write_text(f"#!/bin/sh\nexit {code}\n")
        scanner.chmod(0o700)
        here = replace(settings.TARAZY, malware_scan=str(scanner))
        with override_settings(TARAZY=here):
            answer = officer.post("/supervision/orders/new", typed(scan=pdf()))
        assert answer.status_code == status
    assert [one.scanned for one in Paper.objects.all()] == [True]


def test_others_orders_and_drafts_have_no_page(officer: Client, author: User) -> None:
    theirs = supervised().order.public_id
    draft = submitted(actor(author), new_order(actor(author))).public_id
    other = signed_in(user("other", Role.OFFICER))
    assert officer.get(f"/supervision/orders/{theirs}/change").status_code == 403
    assert other.get(f"/supervision/drafts/{draft}/").status_code == 403
    assert other.get(f"/supervision/drafts/{draft}/edit").status_code == 403
    assert other.post(f"/supervision/drafts/{draft}/decide/discard").status_code == 403
    assert other.post(f"/supervision/drafts/{draft}/decide/elect").status_code == 404
    for wrong in ("drf_" + "0" * 32, "1", "..", "%27", "ә" * 50):
        assert other.get(f"/supervision/drafts/{wrong}/").status_code == 404
        assert other.get(f"/supervision/papers/{wrong}").status_code == 404


def test_a_change_says_what_it_changes(author: User) -> None:
    me = actor(author)
    order = approved(me, actor(user("approver", Role.SUPERVISOR)), new_order(me))
    officer = signed_in(author)
    address = f"/supervision/orders/{order.public_id}/change"
    assert "Жақсылықов Ержан" in officer.get(address).content.decode()
    form = typed(scan=pdf(), kind="extension", since="", until=local(60))
    form |= {"demands-0-place": "", "demands-0-hours": ""}
    answer = officer.post(address, form, follow=True)
    text = answer.content.decode()
    assert "What changes" in text
    assert answer.status_code == 200
    assert OrderDraft.objects.filter(kind="extension", state="submitted").count() == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_hours_are_read_as_they_are_shown(officer: Client, language: str) -> None:
    officer.post("/supervision/orders/new", typed(then="save"))
    draft = OrderDraft.objects.get()
    edit = f"/supervision/drafts/{draft.public_id}/edit"
    page = officer.get(edit, headers={"accept-language": language})
    rows = page.context["rows"]
    hours = rows[0]["hours"].value()
    form = typed(**{"demands-0-hours": hours, "demands-INITIAL_FORMS": "1"})
    before = draft.conditions.get().timetable
    officer.post(edit, form, headers={"accept-language": language})
    assert draft.conditions.get().timetable == before


@pytest.mark.parametrize(
    "odd",
    [
        {"since": "0001-01-01T00:00"},
        {"until": "9999-12-31T23:59"},
        {"since": "0001-01-01T00:00", "until": "9999-12-31T23:59"},
        {"decided_on": "0001-01-01"},
        {"demands-0-since": "0001-01-01T00:00", "demands-0-until": "9999-12-31T23:59"},
        {"demands-TOTAL_FORMS": "999999"},
        {"demands-TOTAL_FORMS": "x"},
        {"demands-0-hours": "9" * 5_000},
        {"iin": "1" * 5_000},
        {"scan_id": "pap_" + "0" * 32},
        {"full_name": "\u202e" * 200},
        {"then": "fly"},
    ],
)
def test_odd_values_are_no_fault(officer: Client, odd: dict[str, str]) -> None:
    answer = officer.post("/supervision/orders/new", typed(then="save") | odd)
    assert answer.status_code in {302, 404, 422}
    for draft in OrderDraft.objects.all():
        address = f"/supervision/drafts/{draft.public_id}/"
        assert officer.get(address).status_code == 200
        assert officer.get(f"{address}edit").status_code == 200
        assert officer.post(f"{address}decide/submit").status_code in {302, 422}
    assert officer.get("/supervision/orders/").status_code == 200


def test_of_whom_nothing_can_be_heard_is_said(officer: Client, author: User) -> None:
    def told() -> bool:
        return (
            "Nothing can be heard of them" in officer.get("/supervision/orders/").content.decode()
        )

    one = supervised(officer=author)
    assert not told()
    remove_device(CONSOLE, Fitting.objects.get().public_id, at=now())
    assert told()
    windows = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "09:00", "until": "21:00", "times": 1}]
    route = CheckInRoute.CALL
    plan_check_ins(CONSOLE, one.order.public_id, windows, answer_min=30, route=route)
    assert not told()


def test_what_the_court_asks_is_said_before_its_zone_is_drawn(
    officer: Client, author: User
) -> None:
    second = actor(user("second", Role.SUPERVISOR))
    order = approved(actor(author), second, new_order(actor(author)))
    login = user("the.wearer", Role.WEARER)
    Person.objects.filter(pk=order.person_id).update(user=login)
    path = f"/supervision/people/{order.person.public_id}/"
    page, own = officer.get(path).content.decode(), signed_in(login)
    assert "its zone is not drawn" in page
    assert "names no place" not in page
    text = own.get("/supervision/own/").content.decode()
    assert "Be here: Abai 1" in text
    assert "22:00–06:00" in text
    assert "names no place" not in text
    asked = DraftCondition.objects.get(draft__order=order)
    assert f"demand={asked.public_id}" in page
    drawn = Drawn(
        name="Abai 1",
        shape=Shape(kind=ZoneKind.CIRCLE, lat=43.2, lon=76.9, radius_m=80),
        kind=ConditionKind.HOME_CURFEW,
        timetable=NIGHT,
        demand_id=asked.public_id,
    )
    draw_zone(actor(author), order.public_id, drawn)
    assert "its zone is not drawn" not in officer.get(path).content.decode()
    assert own.get("/supervision/own/").content.decode().count("Abai 1") == 1
