# SPDX-License-Identifier: EUPL-1.2
"""All indicators over a folder: base rates, versions, the real releases computed another way."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from procurement.documents import FULL, PATHS
from procurement.imported import Write

from tarazy.core.errors import Refused
from tarazy.procurement import listing
from tarazy.procurement.importing import import_files
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import OF_PROCESSES
from tarazy.procurement.listing import PAGES
from tarazy.procurement.run import STATEMENTS, remembered, run, statements
from tarazy.procurement.store import Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COMPETITIVE = {"open", "selective"}
OF_ORGANISATIONS = {
    one.CARD.code for one in INDICATORS if not set(one.CARD.subjects) & set(OF_PROCESSES)
}


def found_in(folder: Path) -> list[dict[str, Any]]:
    findings = Folder(folder).manifest().findings
    assert findings is not None
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        listing.show(engine, folder / findings.folder, findings.base_rates)
        rows: list[dict[str, Any]] = engine.sql("FROM answers").to_arrow_table().to_pylist()
    return rows


def test_without_an_import_there_is_nothing_to_run(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        run(tmp_path / "none", now=NOW)
    assert not (tmp_path / "none").exists()


def test_a_run_that_was_stopped_is_begun_anew(folder: Path, write: Write) -> None:
    import_files(folder, [write("one.jsonl", {"ocid": "a"})], now=NOW)
    for left in ("numbered", "shared"):
        (folder / "staging" / "run" / left).mkdir(parents=True)
        (folder / "staging" / "run" / left / "bid.parquet").write_bytes(b"half of a table")
    assert run(folder, now=NOW).base_rates
    assert not (folder / "staging").exists()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    folder = tmp_path_factory.mktemp("real")
    import_files(folder, [shared_data / "ocds" / "real_compiled.jsonl"], now=NOW)
    run(folder, now=NOW)
    return folder


def test_every_process_has_an_answer_of_every_indicator(real: Path) -> None:
    rows = found_in(real)
    codes = {indicator.CARD.code for indicator in INDICATORS}
    for code in codes - OF_ORGANISATIONS:
        assert len({row["ocid"] for row in rows if row["code"] == code}) == 152
    assert {row["code"] for row in rows if row["party_id"]} <= OF_ORGANISATIONS
    assert all(bool(row["ocid"]) != bool(row["party_id"]) for row in rows)
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    assert all(row["evidence"] for row in rows if row["raised"])


def test_base_rates_are_those_of_the_findings(real: Path) -> None:
    findings = Folder(real).manifest().findings
    assert findings is not None
    rows = found_in(real)
    for rate in findings.base_rates:
        own = [row["raised"] for row in rows if row["code"] == rate.code]
        assert rate.raised == own.count(True)
        assert rate.assessed == own.count(True) + own.count(False)
        assert sum(rate.not_assessed.values()) == own.count(None)
        assert "" not in rate.not_assessed


def test_the_lists_of_the_pages_have_what_was_raised_with_its_facts(real: Path) -> None:
    findings = Folder(real).manifest().findings
    assert findings is not None
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        listed, facts = (
            engine.sql(f"FROM '{real / findings.folder / PAGES}/{name}.parquet'")
            .to_arrow_table()
            .to_pylist()
            for name in ("raised", "facts")
        )
    by_ocid = {row["ocid"]: row for row in facts}
    assert len(by_ocid) == len(facts) == 152
    times = [row["happened_at"] for row in listed if row["happened_at"]]
    assert times == sorted(times, reverse=True)
    assert {row["year"] for row in facts} - {None} == set(findings.years)
    key = ("code", "ocid", "lot_id", "party_id")
    assert sorted(str([row[name] for name in key]) for row in listed) == sorted(
        str([row[name] for name in key]) for row in found_in(real) if row["raised"]
    )
    for row in listed:
        if row["ocid"]:
            assert row["title"] == by_ocid[row["ocid"]]["title"]
            assert row["buyer_id"] == by_ocid[row["ocid"]]["buyer_id"]


def test_the_real_releases_give_what_a_plain_computation_gives(
    real: Path, shared_data: Path
) -> None:
    expected: dict[str, set[str]] = {"R003": set(), "R018": set(), "R036": set()}
    for line in (shared_data / "ocds" / "real_compiled.jsonl").read_text().splitlines():
        release = json.loads(line)
        tender = release.get("tender") or {}
        if _short(tender):
            expected["R003"].add(release["ocid"])
        if _single(tender):
            expected["R018"].add(release["ocid"])
        if _lowest_out(release):
            expected["R036"].add(release["ocid"])
    raised: dict[str, set[str]] = {code: set() for code in expected}
    for row in found_in(real):
        if row["raised"] and row["code"] in raised:
            raised[row["code"]].add(row["ocid"])
    assert raised == expected
    assert expected["R003"]
    assert expected["R018"]


def _short(tender: dict[str, Any]) -> bool:
    period = tender.get("tenderPeriod") or {}
    start, end = (datetime.fromisoformat(period.get(key) or "1970-01-01T00:00:00Z")
                  for key in ("startDate", "endDate"))  # fmt: skip
    held = tender.get("status") in {"active", "complete", "unsuccessful"}
    both = bool(period.get("startDate")) and bool(period.get("endDate"))
    competitive = tender.get("procurementMethod") in COMPETITIVE
    return held and competitive and both and 0 <= (end - start).total_seconds() < 15 * 86400


def _single(tender: dict[str, Any]) -> bool:
    complete = tender.get("status") == "complete"
    competitive = tender.get("procurementMethod") in COMPETITIVE
    return complete and competitive and tender.get("numberOfTenderers") == 1


def _lowest_out(release: dict[str, Any]) -> bool:
    bids = (release.get("bids") or {}).get("details") or []
    submitted = [bid for bid in bids if bid.get("status") in {"valid", "pending", "disqualified"}]
    if not submitted or len(submitted) != len(bids):
        return False
    lowest = min(submitted, key=lambda bid: bid["value"]["amount"])
    return bool(lowest["status"] == "disqualified")


def test_statements_are_remembered_and_written_anew_for_other_code(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"ocid": "ocds-1"}))
    import_files(tmp_path / "own", [file], now=NOW)
    path = tmp_path / "own" / STATEMENTS
    first = remembered(tmp_path / "own")
    assert first == statements()
    written_at = path.stat().st_mtime_ns
    assert remembered(tmp_path / "own") == first
    assert path.stat().st_mtime_ns == written_at
    for spoilt in (b"{", path.read_bytes().replace(first.made_by.encode(), b"0" * 64)):
        path.write_bytes(spoilt)
        assert remembered(tmp_path / "own") == first


def test_an_import_after_the_run_shows_that_findings_are_old(tmp_path: Path) -> None:
    for number in (1, 2):
        file = tmp_path / f"{number}.jsonl"
        file.write_text(json.dumps({"ocid": f"ocds-{number}"}))
        import_files(tmp_path / "own", [file], now=NOW)
        if number == 1:
            run(tmp_path / "own", now=NOW)
    manifest = Folder(tmp_path / "own").manifest()
    assert manifest.findings is not None
    assert manifest.findings.tables != manifest.tables
    run(tmp_path / "own", now=NOW)
    assert len({row["ocid"] for row in found_in(tmp_path / "own")}) == 2


def test_no_wrong_value_stops_a_run_and_none_is_lost_in_silence(
    tmp_path: Path, write: Write
) -> None:
    odd: tuple[Any, ...] = ("'; DROP TABLE bid; --", {"wrong": {}}, [[]], 0, -5, "2026-01-01")
    releases: list[dict[str, Any]] = []
    for number, path in enumerate(PATHS):
        changed = deepcopy(FULL)
        node: Any = changed
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = odd[number % len(odd)]
        releases.append({**changed, "ocid": f"ocds-tarazy-{number}"})
    circle = {"relationship": ["subContract"], "scheme": "ocid"}
    releases[0]["relatedProcesses"] = [{**circle, "identifier": "ocds-tarazy-1"}]
    releases[1]["relatedProcesses"] = [{**circle, "identifier": "ocds-tarazy-0"}]
    summary = import_files(tmp_path / "own", [write("odd.jsonl", *releases)], now=NOW)
    [report] = summary.files
    assert report.read == report.imported == len(PATHS)
    assert report.lost
    run(tmp_path / "own", now=NOW)
    rows = found_in(tmp_path / "own")
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    assert all(row["evidence"] for row in rows if row["raised"])
    of_processes = {one.CARD.code for one in INDICATORS} - OF_ORGANISATIONS
    for code in of_processes:
        assert len({row["ocid"] for row in rows if row["code"] == code}) == len(PATHS)
