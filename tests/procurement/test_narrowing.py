# SPDX-License-Identifier: EUPL-1.2
"""Filters of the lists give what looking at each row gives, in the order of the list."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
from procurement.offers import award, bid, process

from tarazy.procurement import listing, narrowing, queries, ranking
from tarazy.procurement.importing import import_files
from tarazy.procurement.queries import Row, Wanted
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Folder

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PROCESSES = 150
ODD = "a'b\u0000%_\"; DROP".replace("\u0000", "")


def of(number: int, buyer: dict[str, Any], title: str = "a road") -> dict[str, Any]:
    """A process that raises R018 at least."""
    made = process([bid(1, "w")], award("w", date=f"2025-02-0{number}T00:00:00Z"))
    made["tender"] |= {"title": title, "numberOfTenderers": 1, "status": "complete"}
    made["tender"]["tenderPeriod"] = {"startDate": f"2025-01-0{number}T00:00:00Z"}
    return {**made, "ocid": f"ocds-apart-{number}-END", "buyer": buyer}


APART = [
    of(1, {"id": "own-1", "name": "Школа №1"}),
    of(2, {"id": "own-1", "name": "Школа имени Абая"}),  # the same under another name
    of(3, {"id": "own-2", "name": "Школа №2"}),
    of(4, {"name": "ШКОЛА без номера"}),
    of(5, {"id": ODD, "name": ODD}, title=ODD),
    of(6, {}, title="nobody's"),
]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("narrowed")
    write_market(files / "market.jsonl", files / "truth.jsonl", seed=3, processes=PROCESSES)
    apart = files / "apart.jsonl"
    apart.write_text("".join(json.dumps(one) + "\n" for one in APART))
    import_files(files / "folder", [files / "market.jsonl", apart], now=NOW)
    run(files / "folder", now=NOW)
    return files / "folder"


def every(market: Path, name: str) -> list[Row]:
    findings = Folder(market).manifest().findings
    assert findings is not None
    file = market / findings.folder / listing.PAGES / name
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        rows: list[Row] = engine.sql(f"FROM '{file}'").to_arrow_table().to_pylist()
    return rows


def named(*ids: str) -> Callable[[Row], bool]:
    return lambda row: row["buyer_id"] in ids


FILTERS: dict[str, tuple[Wanted, Callable[[Row], bool]]] = {
    "nothing": (Wanted(), lambda _: True),
    "a buyer by its id, under all its names": (Wanted(buyer="own-1"), named("own-1")),
    "a part of one of its names": (Wanted(buyer="имени АБАЯ"), named("own-1")),
    "a part of several names": (
        Wanted(buyer="школа"),
        named("own-1", "own-2", "ШКОЛА без номера"),
    ),
    "a buyer without an id": (Wanted(buyer="без номера"), named("ШКОЛА без номера")),
    "nobody": (Wanted(buyer="no such buyer"), named()),
    "a hostile buyer": (Wanted(buyer=ODD), named(ODD)),
    "hostile words": (Wanted(text=ODD), lambda row: row["title"] == ODD),
    "words": (Wanted(text="A Road"), lambda row: "a road" in (row["title"] or "").lower()),
    "an ocid": (Wanted(text="ocds-apart-3-END"), lambda row: row["ocid"] == "ocds-apart-3-END"),
    "the beginning of ocids": (
        Wanted(text="ocds-apart-"),
        lambda row: (row["ocid"] or "").startswith("ocds-apart-"),
    ),
    "the end of ocids": (Wanted(text="-END"), lambda row: (row["ocid"] or "").endswith("-END")),
    "a year": (Wanted(year=2025), lambda row: row["year"] == 2025),
    "a buyer and words": (
        Wanted(buyer="школа", text="road", year=2025),
        lambda row: (
            row["buyer_id"] in {"own-1", "own-2", "ШКОЛА без номера"}
            and row["title"] == "a road"
            and row["year"] == 2025
        ),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("few", [0, narrowing.OCIDS_MAX])
def test_filters_are_those_of_each_row(
    market: Path, name: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "OCIDS_MAX", few)
    wanted, meets = FILTERS[name]
    for file, asked in ((listing.RAISED, queries.flags), (ranking.FILE, queries.first)):
        expected = [row for row in every(market, file) if meets(row)]
        found = asked(market, wanted)
        assert found.total == len(expected)
        assert found.rows == expected[: queries.PAGE_SIZE]
        assert bool(expected) == (name != "nobody")


@pytest.fixture(scope="module")
def rows(market: Path) -> list[Row]:
    """Every answer with its facts, in the order of the pages."""
    findings = Folder(market).manifest().findings
    assert findings is not None
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        listing.show(engine, market / findings.folder, findings.base_rates)
        order = "ORDER BY place NULLS LAST, code, lot_id, party_id"
        answers: list[Row] = engine.sql(f"FROM findings {order}").to_arrow_table().to_pylist()
    return answers


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("code", ["R018", "R048", ""])
def test_other_answers_are_those_of_each_row(
    market: Path, rows: list[Row], name: str, code: str
) -> None:
    wanted, meets = FILTERS[name]
    answers: dict[queries.Answer, list[Row]] = {
        "clear": [row for row in rows if row["raised"] is False],
        "not_assessed": [row for row in rows if row["raised"] is None],
        "all": rows,
    }
    for answer, of_answer in answers.items():
        expected = [row for row in of_answer if code in ("", row["code"]) and meets(row)]
        found = queries.flags(market, replace(wanted, answer=answer, code=code))
        assert found.total == len(expected)
        assert found.rows == expected[: queries.PAGE_SIZE]
        assert not any(row["evidence"] for row in found.rows if row["ocid"])


def test_of_words_that_many_have_only_the_first_are_counted(
    market: Path, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = Wanted(text="road", size=2)
    whole = queries.flags(market, roads), queries.first(market, roads)
    last = replace(roads, page=10**8)
    monkeypatch.setattr(queries, "COUNTED_MAX", 3)
    for all_of_them, asked in zip(whole, (queries.flags, queries.first), strict=True):
        assert (all_of_them.total > 3, all_of_them.more) == (True, False)
        found = asked(market, roads)
        assert (found.total, found.more, found.rows) == (3, True, all_of_them.rows)
        assert (asked(market, last).page, len(asked(market, last).rows)) == (2, 2)
    monkeypatch.setattr(queries, "COUNTED_MAX", whole[1].total)
    assert queries.first(market, roads) == whole[1]  # exactly so many are no more than that


@pytest.mark.parametrize("sort", ["newest", "largest", "buyer"])
@pytest.mark.parametrize("gathered", [0, 4, 1_000])
def test_of_other_answers_the_first_gathered_do_only_where_they_fill_the_pages(
    market: Path,
    rows: list[Row],
    sort: queries.Sort,
    gathered: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    monkeypatch.setattr(queries, "GATHERED", (gathered // 2, gathered))
    answers: tuple[queries.Answer, ...] = ("clear", "not_assessed", "all")
    for answer in answers:
        for code in ("R018", "R048", "R003"):
            wanted = Wanted(text="road", code=code, answer=answer, sort=sort)
            monkeypatch.setattr(queries, "COUNTED_MAX", 1_000)
            whole = queries.flags(market, wanted)
            expected = [
                row
                for row in rows
                if row["code"] == code
                and "road" in (row["title"] or "").lower()
                and queries.ANSWERS[answer]
                in {"true", {None: "raised IS NULL", False: "NOT raised"}.get(row["raised"])}
            ]
            assert (whole.total, whole.more) == (len(expected), False)
            monkeypatch.setattr(queries, "COUNTED_MAX", 3)
            found = queries.flags(market, wanted)
            assert found.rows == whole.rows
            assert (found.total, found.more) == (min(whole.total, 3), whole.total > 3)


@pytest.mark.parametrize("sort", ["newest", "largest", "buyer"])
@pytest.mark.parametrize("looked_through", [(1, 2), (3, 40), (1_000,)])
def test_other_answers_are_in_order_however_few_are_looked_at_first(
    market: Path,
    sort: queries.Sort,
    looked_through: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "LOOKED_THROUGH", looked_through)
    findings = Folder(market).manifest().findings
    assert findings is not None
    for code, year in product(("R018", "R003", "R038"), (None, *findings.years)):
        [rate] = [one for one in findings.base_rates if one.code == code]
        with duckdb.connect() as engine:
            engine.execute("SET TimeZone = 'UTC'")
            listing.show(engine, market / findings.folder, [rate])
            dated = "" if year is None else f"WHERE year = {year}"
            order = f"{queries.SORTS[sort]}, {queries.TIES}"
            table = engine.sql(f"FROM findings {dated} ORDER BY {order}").to_arrow_table()
        wanted = Wanted(code=code, answer="all", sort=sort, year=year)
        for page in range(1, 2 + table.num_rows // queries.PAGE_SIZE):
            found = queries.flags(market, replace(wanted, page=page))
            begin = (found.page - 1) * queries.PAGE_SIZE
            expected = table.slice(begin, queries.PAGE_SIZE).to_pylist()
            bare = [{**row, "evidence": None} for row in found.rows if row["ocid"]]
            assert bare == [{**row, "evidence": None} for row in expected if row["ocid"]]
            assert (found.total, len(found.rows)) == (table.num_rows, len(expected))


@pytest.mark.parametrize("sort", ["newest", "largest", "buyer"])
def test_pages_follow_each_other(market: Path, sort: queries.Sort) -> None:
    pages: list[Row] = []
    number = 1
    while len(pages) < queries.flags(market, Wanted(sort=sort)).total:
        found = queries.flags(market, Wanted(sort=sort, page=number))
        assert found.page == number
        pages, number = pages + found.rows, number + 1
    shown = sorted(json.dumps(row, default=str) for row in pages)
    assert shown == sorted(json.dumps(row, default=str) for row in every(market, listing.RAISED))
    assert queries.flags(market, Wanted(sort=sort, page=10**8)).page == number - 1
    values = [row["value_amount"] for row in pages if row["value_amount"] is not None]
    assert sort != "largest" or values == sorted(values, reverse=True)


@pytest.mark.parametrize("sort", ["newest", "largest", "buyer"])
@pytest.mark.parametrize("answer", ["all", "clear", "not_assessed"])
@pytest.mark.parametrize("code", ["R036", "R018", "R038"])
def test_pages_with_words_follow_each_other_also_within_a_process_of_many_lots(
    code: str,
    answer: queries.Answer,
    sort: queries.Sort,
    lots: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "COUNTED_MAX", 17)
    monkeypatch.setattr(queries, "GATHERED", (2, 3))
    findings = Folder(lots).manifest().findings
    assert findings is not None
    [rate] = [one for one in findings.base_rates if one.code == code]
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        listing.show(engine, lots / findings.folder, [rate])
        told = f"FROM findings WHERE contains(words, 'road') AND {queries.ANSWERS[answer]}"
        order = f"ORDER BY {queries.SORTS[sort]}, {queries.TIES}"
        whole = engine.sql(f"{told} {order}").to_arrow_table().to_pylist()
    wanted = Wanted(code=code, answer=answer, text="road", sort=sort, size=4)
    for page in range(1, 6):
        found = queries.flags(lots, replace(wanted, page=page))
        first = (found.page - 1) * 4
        expected = [{**row, "evidence": None} for row in whole[first : min(first + 4, 20)]]
        assert (found.total, found.more) == (min(len(whole), 17), len(whole) > 17)
        assert [{**row, "evidence": None} for row in found.rows] == expected


@pytest.fixture(scope="module")
def lots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five processes of six lots each; in every second lot the lowest bid was disqualified."""
    files = tmp_path_factory.mktemp("lots")
    releases = [in_lots(number) for number in range(5)]
    file = files / "lots.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in releases))
    import_files(files / "folder", [file], now=NOW)
    run(files / "folder", now=NOW)
    return files / "folder"


def in_lots(number: int) -> dict[str, Any]:
    bids = [
        bid(price + lot, name, status=status, relatedLots=[str(lot)])
        for lot in range(6)
        for name, price, status in (
            ("a", 80, "valid" if lot % 2 else "disqualified"),
            ("b", 100, "valid"),
        )
    ]
    awards = [{**award("b"), "id": str(lot), "relatedLots": [str(lot)]} for lot in range(6)]
    title = "a road" if number else "a bridge"
    made = process(bids, *awards, title=title, status="complete")
    made["tender"] |= {"lots": [{"id": str(lot)} for lot in range(6)]}
    made["tender"] |= {"value": {"amount": number % 3, "currency": "KZT"}}
    period = {"startDate": f"2025-01-0{number + 1}T00:00:00Z"}
    made["tender"]["tenderPeriod"] = period
    return {**made, "ocid": f"ocds-lots-{number}", "buyer": {"name": f"Buyer {number % 2}"}}


def test_pages_end_early_and_the_total_is_told_all_the_same(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "REACHED_MAX", queries.PAGE_SIZE)
    for wanted in (Wanted(answer="clear"), Wanted(code="R018", answer="all", sort="largest")):
        found = queries.flags(market, replace(wanted, page=3))
        assert (found.page, found.reached, len(found.rows)) == (1, *[queries.PAGE_SIZE] * 2)
        assert found.total > queries.PAGE_SIZE
    raised = queries.flags(market, Wanted(page=2))
    assert (raised.page, raised.reached) == (2, raised.total)


def test_a_code_is_looked_for_in_either_list(market: Path) -> None:
    for wanted in (Wanted(code="R018"), Wanted(code="R018", buyer="own-1")):
        flags, first = queries.flags(market, wanted), queries.first(market, wanted)
        assert {row["code"] for row in flags.rows} == {"R018"}
        assert first.rows
        assert all("R018" in row["codes"] for row in first.rows)
        assert {row["ocid"] for row in flags.rows} == {row["ocid"] for row in first.rows}
