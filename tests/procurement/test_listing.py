# SPDX-License-Identifier: EUPL-1.2
"""What a run leaves for the pages gives every answer, also those that have no row of their own."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import msgspec
import pytest
from procurement.offers import award, bid, process

from tarazy.core.errors import Refused
from tarazy.procurement import listing, numbered, process_queries, queries, references
from tarazy.procurement.importing import import_files
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Subject
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.run import remembered, run, show
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Findings, Folder

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PROCESSES = 150
COLUMNS = "subject, ocid, lot_id, raised, reason, round(value, 6), evidence"


NAMING_OTHERS = [
    {
        **process([bid(1, "w"), bid(2, "l")], award("w", amount=9, date="2025-01-01T00:00:00Z")),
        "ocid": "ocds-first",
        "buyer": {"id": "b"},
        "relatedProcesses": [
            {"id": "1", "relationship": ["subContract"], "identifier": "ocds-second"},
            {"id": "2", "relationship": ["subContract"], "identifier": "ocds-unknown"},
        ],
    },
    {**process([bid(1, "l")], award("l")), "ocid": "ocds-second"},
    {
        **process([bid(1, "w")], award("w", amount=999, date="2025-02-01T00:00:00Z")),
        "ocid": "ocds-third",
        "buyer": {"id": "b"},
    },
]
NAMING_OTHERS[0]["tender"]["procurementMethod"] = "direct"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("listed")
    market = files / "market.jsonl"
    write_market(market, files / "truth.jsonl", seed=7, processes=PROCESSES)
    apart = files / "apart.jsonl"
    apart.write_text("".join(json.dumps(one) + "\n" for one in NAMING_OTHERS))
    import_files(files / "folder", [market, apart], now=NOW)
    run(files / "folder", now=NOW)
    return files / "folder"


def findings_of(folder: Path) -> Findings:
    findings = Folder(folder).manifest().findings
    assert findings is not None
    return findings


def test_the_answers_are_those_of_the_statements(market: Path) -> None:
    findings, store = findings_of(market), Folder(market)
    written = remembered(market)
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        show(engine, store.tables(store.manifest()), market)
        references.show(engine, market)
        engine.execute(f"ALTER VIEW {numbered.PROCESS} RENAME TO read")
        numbered.as_published(engine, "read")
        listing.show(engine, market / findings.folder, findings.base_rates)
        for name, query in written.shared.items():
            engine.execute(f"CREATE TABLE shared_{name} AS {query}")
        rowless = 0
        for rate in findings.base_rates:
            engine.execute(f"CREATE TABLE found_{rate.code} AS {written.queries[rate.code]}")
            party = ", party_id, party_name" if rate.of_organisations else ""
            ours = f"SELECT {COLUMNS}{party} FROM answers WHERE code = '{rate.code}'"
            theirs = f"SELECT {COLUMNS}{party} FROM found_{rate.code}"
            [(apart, count, as_many)] = engine.sql(
                f"SELECT (SELECT count(*) FROM ({theirs} EXCEPT ALL {ours})),"
                f" (SELECT count(*) FROM ({ours})), (SELECT count(*) FROM ({theirs}))"
            ).fetchall()
            assert (rate.code, apart, count) == (rate.code, 0, as_many)
            files = listing.files_of(market / findings.folder, rate)
            [(rows,)] = engine.sql(
                f"SELECT count(*) FROM read_parquet({[str(file) for file in files]})"
            ).fetchall()
            rowless += as_many - rows
    assert rowless > PROCESSES


def test_an_answer_that_rests_on_another_process_finds_and_names_it(market: Path) -> None:
    flags = {
        (row["code"], row["ocid"]): row["evidence"]
        for code in ("R052", "R070")
        for row in queries.flags(market, queries.Wanted(code=code, text="ocds-")).rows
    }
    assert ("R070", "ocds-first") in flags
    found = process_queries.process(market, "ocds-third")
    assert found is not None
    [grown] = [row for row in found.findings if row["code"] == "R052"]
    assert grown["raised"]
    shown = {fact["field"]: fact["value"] for fact in grown["evidence"]}
    assert shown["first.ocid"] == "ocds-first"


def test_the_newest_are_the_same_however_far_is_looked(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [
        queries.Wanted(answer="not_assessed"),
        queries.Wanted(answer="not_assessed", code="R018"),
        queries.Wanted(answer="clear", code="R003", page=2),
        queries.Wanted(answer="all", code="R028", page=3),
        queries.Wanted(answer="not_assessed", code="R048"),
    ]
    monkeypatch.setattr(queries, "LOOKED_THROUGH", ())
    whole = [queries.flags(market, one) for one in wanted]
    monkeypatch.setattr(queries, "LOOKED_THROUGH", (1, 20, 60))
    assert [queries.flags(market, one) for one in wanted] == whole
    assert all(found.rows for found in whole[:4])


def test_a_process_has_an_answer_of_every_indicator(market: Path) -> None:
    findings = findings_of(market)
    of_processes = {one.code for one in findings.base_rates if not one.of_organisations}
    ocid = queries.first(market, queries.Wanted()).rows[0]["ocid"]
    found = process_queries.process(market, ocid)
    assert found is not None
    assert {row["code"] for row in found.findings} == of_processes
    assert all((row["raised"] is None) == bool(row["reason"]) for row in found.findings)
    assert all(bool(row["evidence"]) == bool(row["raised"]) for row in found.findings)


def test_what_needs_too_much_memory_is_refused_in_words(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READER_MEMORY", "1MB")
    with pytest.raises(Refused) as told:
        queries.flags(market, queries.Wanted(answer="all", text="a"))
    assert told.value.name is Refusal.TOO_MUCH_TO_READ


def test_every_answer_of_a_large_market_is_not_looked_through(
    market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = queries.Wanted(answer="all", text="ocds-first")
    of_processes = [one for one in INDICATORS if Subject.PROCESS in one.CARD.subjects]
    assert queries.flags(market, wanted).total == len(of_processes)
    monkeypatch.setattr(queries, "ANSWERS_MAX", 100)
    with pytest.raises(Refused) as told:
        queries.flags(market, wanted)
    assert told.value.name is Refusal.TOO_MUCH_TO_READ
    assert queries.flags(market, replace(wanted, code="R052")).total == 1
    assert queries.flags(market, replace(wanted, text="")).rows  # the newest


@pytest.mark.parametrize("gathered", [0, 1_000])
def test_answers_by_filters_are_those_of_every_process(
    market: Path, monkeypatch: pytest.MonkeyPatch, gathered: int
) -> None:
    monkeypatch.setattr(queries, "GATHERED", (gathered,))
    buyer = queries.flags(market, queries.Wanted()).rows[0]["buyer_id"]
    answers: tuple[queries.Answer, ...] = ("raised", "clear", "not_assessed", "all")
    totals = {
        answer: queries.flags(market, queries.Wanted(answer=answer, buyer=buyer)).total
        for answer in answers
    }
    assert totals["raised"] + totals["clear"] + totals["not_assessed"] == totals["all"]
    assert all(totals.values())


def every_answer(folder: Path, findings: Findings) -> list[tuple[object, ...]]:
    """In order; figures without the last digits, which are of sums in no order."""
    with duckdb.connect() as engine:
        listing.show(engine, folder / findings.folder, findings.base_rates)
        return engine.execute(
            "SELECT * REPLACE (round(value, 6) AS value, raised AND evidence IS NULL AS evidence)"
            " FROM answers ORDER BY ALL"
        ).fetchall()


def test_a_year_of_one_indicator_is_the_same_with_its_places_known_and_without(
    market: Path, tmp_path: Path
) -> None:
    shutil.copytree(market, tmp_path / "own")
    findings = findings_of(market)
    assert all(findings.spans[year] for year in findings.years)
    without = msgspec.structs.replace(findings, spans={})
    own = Folder(tmp_path / "own")
    own.publish(msgspec.structs.replace(own.manifest(), findings=without))
    year = findings.years[1]
    for wanted in (
        queries.Wanted(code="R003", answer="clear", year=year),
        queries.Wanted(code="R018", answer="not_assessed", year=year, page=2),
        queries.Wanted(code="R018", answer="all", year=year, sort="largest"),
    ):
        found, slowly = queries.flags(market, wanted), queries.flags(own.path, wanted)
        assert (found.rows, found.total) == (slowly.rows, slowly.total)
        assert found.rows
        assert {row["year"] for row in found.rows} == {year}


def test_answers_in_several_stretches_are_the_same(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(market, tmp_path / "own")
    monkeypatch.setattr(listing, "STRETCH", 50)
    ours, theirs = run(tmp_path / "own", now=NOW), findings_of(market)
    assert ours.base_rates == theirs.base_rates
    assert len(listing.files_of(tmp_path / "own" / ours.folder, ours.base_rates[0])) == 4
    assert every_answer(tmp_path / "own", ours) == every_answer(market, theirs)
    for wanted in (
        queries.Wanted(answer="not_assessed", code="R018", page=2),
        queries.Wanted(answer="clear", code="R003", sort="largest"),
        queries.Wanted(),
    ):
        rows = queries.flags(tmp_path / "own", wanted).rows
        assert rows
        monkeypatch.setattr(listing, "STRETCH", 1 << 20)
        assert queries.flags(market, wanted).rows == rows
        monkeypatch.setattr(listing, "STRETCH", 50)
    ocid = queries.first(market, queries.Wanted()).rows[0]["ocid"]
    found = process_queries.process(tmp_path / "own", ocid)
    assert found is not None
    monkeypatch.setattr(listing, "STRETCH", 1 << 20)
    whole = process_queries.process(market, ocid)
    assert whole is not None
    assert found.findings == whole.findings


def test_a_process_that_was_replaced_since_the_run_is_shown_as_it_is_now(
    market: Path, tmp_path: Path
) -> None:
    newer = {**NAMING_OTHERS[1], "date": "2026-03-01T00:00:00Z", "id": "newer"}
    (tmp_path / "newer.jsonl").write_text(json.dumps(newer))
    import_files(market, [tmp_path / "newer.jsonl"], now=NOW)
    found = process_queries.process(market, "ocds-second")
    assert found is not None
    assert found.facts["release_id"] == "newer"
    assert len(found.bids) == 1
    assert found.findings
    assert found.outdated


def test_of_what_came_after_the_run_nothing_is_said(market: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.jsonl"
    later.write_text(json.dumps({"ocid": "ocds-later"}))
    import_files(market, [later], now=NOW)
    found = process_queries.process(market, "ocds-later")
    assert found is not None
    assert found.findings == []
