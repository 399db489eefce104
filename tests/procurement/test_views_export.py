# SPDX-License-Identifier: EUPL-1.2
"""Lists of findings as files: all that the pages list, and nothing that a program would run."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.core.audit import log
from tarazy.procurement import exporting, queries
from tarazy.procurement.importing import import_files
from tarazy.procurement.queries import Wanted
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PERSON = "880101300123"
FORMULA = '=HYPERLINK("http://table")'


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("files")
    write_market(files / "market.jsonl", files / "truth.jsonl", seed=5, processes=300)
    nasties = [nasty("0001-01-01T00:00:00Z"), nasty("9999-12-31T23:59:59Z")]
    (files / "nasty.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, nasties)))
    folder: Path = settings.TARAZY.procurement_folder
    import_files(folder, [files / "market.jsonl", files / "nasty.jsonl"], now=NOW)
    run(folder, now=NOW)
    return folder


def nasty(at: str) -> dict[str, Any]:
    """Published by somebody who wants a formula to run; named after a person's number."""
    tender = {
        "title": f"{FORMULA} \x07 {PERSON}",
        "status": "complete",
        "procurementMethod": "open",
        "numberOfTenderers": 1,
        "value": {"amount": 1234567.89, "currency": "KZT"},
        "tenderPeriod": {"startDate": at, "endDate": at},
    }
    buyer = {"id": f"+KZ-IIN-{PERSON}", "name": f"@{PERSON}"}
    return {"ocid": f"=ocds-{at[:4]}", "date": at, "buyer": buyer, "tender": tender}


@pytest.fixture
def analyst(db: None, market: Path) -> Iterator[Client]:
    user = create_user(Actor.console(), "analyst-of-tables", "x" * 16, roles=[Role.ANALYST])
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


def csv_rows(client: Client, name: str, **filters: str) -> list[dict[str, str]]:
    answer = client.get(reverse(f"procurement:{name}"), {**filters, "as": "csv"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"answer": "all", "sort": "largest"},
        {"answer": "not_assessed", "code": "R036", "sort": "buyer"},
        {"text": "ocds-tarazydemo", "answer": "all", "year": "2025"},
        {"answer": "clear", "page": "7"},
    ],
)
def test_a_file_has_every_row_of_all_pages_in_their_order(
    filters: dict[str, str], analyst: Client, market: Path
) -> None:
    rows = csv_rows(analyst, "flags-export", **filters)
    wanted = {key: value for key, value in filters.items() if key != "page"}
    year = int(wanted.pop("year", "0")) or None
    listed, page = list[tuple[Any, ...]](), 1
    while len(listed) < exporting.ROWS_MAX:
        some = Wanted(**wanted, year=year, page=page, size=1_000)  # type: ignore[arg-type]
        found = queries.flags(market, some)
        if found.page != page:
            break
        listed += [(one["ocid"], one["code"], one["lot_id"]) for one in found.rows]
        page += 1
    told = [(one["ocid"].removeprefix("'"), one["indicator"], one["lot"]) for one in rows]
    assert told == [(ocid or "", code, lot or "") for ocid, code, lot in listed]
    assert told


def test_a_list_that_is_longer_is_cut_and_the_workbook_says_so(
    analyst: Client, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = queries.flags(market, Wanted())
    monkeypatch.setattr(exporting, "ROWS_MAX", 60)
    assert len(csv_rows(analyst, "flags-export")) == 60
    answer = analyst.get(reverse("procurement:flags-export"), {"as": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    table, about = book.worksheets
    assert table.max_row == 61
    told = {row[0]: row[2] for row in about.iter_rows(values_only=True)}
    zone = str(told["zone"])  # cells have none
    assert (zone.startswith("Asia/Almaty, "), zone.endswith(" UTC+05:00")) == (True, True)
    assert (told["rows"], told["left_out"]) == (60, whole.total - 60)
    page = analyst.get(reverse("procurement:flags"), headers={"accept-language": "en"})
    assert "The file has the first 60 rows by these filters." in page.content.decode()


@pytest.mark.parametrize("name", ["flags-export", "first-export"])
def test_nothing_in_a_file_is_run_and_no_number_of_a_person_is_in_it(
    name: str, analyst: Client
) -> None:
    address = reverse(f"procurement:{name}")
    plain = analyst.get(address, {"as": "csv", "answer": "all", "text": "http://table"})
    rows = list(csv.reader(io.StringIO(plain.content.decode("utf-8-sig"))))
    assert len(rows) > 1
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-\D", cell)]
    book = analyst.get(address, {"answer": "all", "text": "http://table"})
    found = load_workbook(io.BytesIO(book.content))
    values = [cell for sheet in found for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in values if cell.data_type == "f"]
    words = " ".join(str(cell.value) for cell in values) + plain.content.decode()
    assert PERSON not in words
    assert "••••••••0123" in words


def test_moments_are_in_utc_and_those_that_no_calendar_here_has_are_not_lost(
    analyst: Client,
) -> None:
    rows = csv_rows(analyst, "flags-export", answer="raised", text="http://table")
    assert {row["at_utc"] for row in rows} == {
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59+00:00",
    }
    assert {row["value_amount"] for row in rows} == {"1234567.89000000"}
    ordinary = csv_rows(analyst, "flags-export")
    assert {row["at_utc"][19:] for row in ordinary if row["at_utc"]} == {"+00:00"}
    answer = analyst.get(reverse("procurement:flags-export"), {"text": "http://table"})
    (head, *told) = (
        load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    )
    assert len(head) == len(told[0])
    assert {row[-2] for row in told} == {row["at_utc"] for row in rows}


def test_the_ranking_says_why(analyst: Client, market: Path) -> None:
    rows = csv_rows(analyst, "first-export")
    assert len(rows) == queries.first(market, Wanted()).total
    weights = [float(row["weight"]) for row in rows]
    assert weights == sorted(weights, reverse=True)
    assert all(len(row["indicators"].split()) >= 1 for row in rows)


def test_the_log_has_who_took_how_much(analyst: Client) -> None:
    before = log.size()
    rows = csv_rows(analyst, "flags-export", code="R036", answer="raised")
    leaf = json.loads(log.entry(before).leaf)
    assert leaf["verb"] == "procurement.flags.export"
    kept = {name: detail.value for name, detail in log.details(before).items()}
    assert kept == {"rows": str(len(rows)), "indicator": "R036", "answer": "raised"}
