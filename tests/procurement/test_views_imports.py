# SPDX-License-Identifier: EUPL-1.2
"""The page of files that came in: whoever has no console sees what was refused and lost, too."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from procurement.imported import bring

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.procurement import reported
from tarazy.procurement.fetching import FetchReport
from tarazy.procurement.importing import NothingRead, import_files
from tarazy.procurement.store import Folder
from tarazy.procurement.walking import KindReport, Unread

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
GOOD = {"ocid": "ocds-1", "date": "2026-01-01T00:00:00Z", "tender": {"value": {"amount": "much"}}}
NASTY = '<b onload="x">880101300123.jsonl'


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Files as they come: with a lost value and a refused line, without one, and with nothing."""
    own: Path = settings.TARAZY.procurement_folder
    before = set(own.rglob("imp_*.json")) if own.exists() else set()
    good = msgspec.json.encode(GOOD)
    for name, content in (
        (NASTY, good + b"\nnot json\n"),
        ("clean.jsonl", msgspec.json.encode({"ocid": "ocds-2"})),
    ):
        (tmp_path / name).write_bytes(content)
        import_files(own, [tmp_path / name], now=NOW)
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(NothingRead):
        import_files(own, [tmp_path / "empty.jsonl"], now=NOW)
    yield own
    for one in set(own.rglob("imp_*.json")) - before:
        one.unlink()


@pytest.fixture
def analyst(db: None) -> Iterator[Client]:
    user = create_user(Actor.console(), "analyst-of-imports", "x" * 16, roles=[Role.ANALYST])
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


def page(client: Client, language: str = "en", **filters: str) -> str:
    answer = client.get(
        reverse("procurement:imports"), filters, headers={"accept-language": language}
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_shown_with_its_time_hash_and_troubles(analyst: Client, folder: Path) -> None:
    shown = page(analyst)
    digest = sha256(msgspec.json.encode(GOOD) + b"\nnot json\n").hexdigest()
    (row,) = [one for one in shown.split("<tr>") if digest in one]
    assert "<b onload" not in row
    assert "880101300123" not in row
    assert "••••••••0123" in row
    assert "2026-11-24T01:30:00+05:00" in row  # local time, and it says so
    assert "UTC+05" in row
    assert "tender.value.amount" in row
    assert "Lines: 2" in row
    assert row.count("<b>1</b>") == 2  # one line refused, one value lost
    assert "empty" in shown


def test_the_newest_is_first_and_filters_leave_fewer(analyst: Client, folder: Path) -> None:
    shown = page(analyst)
    places = [shown.index(name) for name in ("empty.jsonl", "clean.jsonl", "0123.jsonl")]
    assert places == sorted(places)
    troubled = page(analyst, trouble="1")
    assert "clean.jsonl" not in troubled
    assert "empty.jsonl" in troubled
    assert "clean.jsonl" in page(analyst, text="CLEAN")
    assert "Nothing fits these filters" in page(analyst, text="' OR 1=1 --")
    assert "clean.jsonl" in page(analyst, page="999999")


@pytest.mark.parametrize(
    ("language", "told"),
    [("ru", "Сохранить не удалось."), ("kk", "Сақтау мүмкін болмады.")],
)
def test_what_was_wrong_is_told_in_the_language_of_the_screen(
    language: str, told: str, analyst: Client, folder: Path
) -> None:
    shown = page(analyst, language)
    assert told in shown
    for words in ("Could not be kept", "Releases read", "Lines", "is not JSON"):
        assert words not in shown


def test_a_damaged_report_is_named_and_hides_no_other(analyst: Client, folder: Path) -> None:
    bad = folder / "imports" / "imp_ffffffffffffffffffffffffffffffff.json"
    bad.write_text('{"id": 5')
    for filters in ({}, {"trouble": "1"}):
        shown = page(analyst, **filters)
        assert f"The report {bad.name} is damaged and cannot be shown." in shown
        assert "empty.jsonl" in shown


def test_pages_of_many_reports_have_each_once(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_bytes(msgspec.json.encode({"ocid": "ocds-1"}))
    store = tmp_path / "store"
    (report,) = bring(store, file)
    for number in range(119):
        copy = msgspec.structs.replace(report, id=f"imp_{number:032x}", name=f"{number}.jsonl")
        Folder(store).keep_record(copy.id, copy)
    found = [reported.reports(store, page=number) for number in (1, 2, 3)]
    assert [len(one.rows) for one in found] == [50, 50, 20]
    assert len({one.id for page in found for one in page.rows}) == 120
    assert {one.total for one in found} == {120}
    assert reported.reports(tmp_path / "nowhere").rows == []


def test_what_the_portal_did_not_give_is_told(analyst: Client, folder: Path) -> None:
    gaps = [
        Unread(after="5002", until="5001", why="portal_broken", said="<b> 880101300123", at="t"),
        Unread(after="9", until="8", key="8", process="1001", why="portal_cut", at="t"),
    ]
    report = FetchReport(
        id="fch_ffffffffffffffffffffffffffffffff",
        at=NOW,
        kinds=[
            KindReport(kind="TrdBuy"),
            KindReport(kind="TrdApp", unread=gaps),
            KindReport(kind="Rnu", failed="portal_empty"),
        ],
    )
    kept = folder / "imports" / f"{report.id}.json"
    kept.write_bytes(msgspec.json.encode(report))
    try:
        shown = page(analyst)
        [missing] = re.findall(
            r'<section class="card" id="missing">.*?</section>', shown, re.DOTALL
        )
        told = " ".join(missing.split())
    finally:
        kept.unlink()
    assert "2026-11-24T01:30:00+05:00" in told
    assert "Entries with ids below 5002, down to 5001, were not read." in told
    assert "The entry 8 was not read." in told
    assert "The purchase 1001 stays as it was until then." in told
    assert "somewhere a bidder may be missing" in told
    assert "The portal gave not one entry of a list that had some before" in told
    assert "notices" not in told
    assert "<b>" not in told
    assert "880101300123" not in told
    assert 'id="missing"' not in page(analyst)
