# SPDX-License-Identifier: EUPL-1.2
"""The order in which to open processes, held against a plain computation from the findings."""

import json
import math
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tarazy.procurement import listing, queries, ranking
from tarazy.procurement.importing import import_files
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import BaseRate, Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROCESSES = 600


def rate(code: str = "R018", *, raised: int, assessed: int) -> BaseRate:
    return BaseRate(code=code, version=1, raised=raised, assessed=assessed, not_assessed={})


@pytest.mark.parametrize(
    ("raised", "assessed", "bits"),
    [(1, 3, 1.0), (3, 15, 2.0), (0, 0, 0.0), (7, 7, 0.0), (1, 10**7, ranking.WEIGHT_MAX)],
)
def test_a_rarer_flag_weighs_more_within_bounds(raised: int, assessed: int, bits: float) -> None:
    assert ranking.weight_of(rate(raised=raised, assessed=assessed)) == pytest.approx(bits)


def test_what_is_made_of_other_flags_does_not_count() -> None:
    rates = [rate("CRI", raised=1, assessed=9), rate("R018", raised=1, assessed=9)]
    assert list(ranking.weights(rates)) == ["R018"]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A folder with a made-up market, and the ocids in which something was planted."""
    files = tmp_path_factory.mktemp("ranked")
    truth = files / "truth.jsonl"
    write_market(files / "market.jsonl", truth, seed=29, processes=PROCESSES)
    import_files(files / "folder", [files / "market.jsonl"], now=NOW)
    run(files / "folder", now=NOW)
    truths = [json.loads(line) for line in truth.read_text().splitlines()]
    return files / "folder", {one["ocid"] for one in truths if one["schemes"]}


def test_the_ranking_is_that_of_the_findings(market: tuple[Path, set[str]]) -> None:
    folder, _ = market
    findings = Folder(folder).manifest().findings
    assert findings is not None
    with duckdb.connect() as engine:
        listing.show(engine, folder / findings.folder, findings.base_rates)
        raised = engine.sql(
            "SELECT DISTINCT ocid, code FROM answers"
            " WHERE raised AND ocid NOT NULL AND code <> 'CRI'"
        ).fetchall()
    bits = {
        one.code: min(10.0, math.log2((one.assessed + 1) / (one.raised + 1)))
        for one in findings.base_rates
    }
    expected: dict[str, list[str]] = defaultdict(list)
    for ocid, code in raised:
        expected[ocid].append(code)
    found = everything(folder)
    assert {row["ocid"]: sorted(row["codes"]) for row in found} == {
        ocid: sorted(codes) for ocid, codes in expected.items()
    }
    for row in found:
        assert row["weight"] == pytest.approx(sum(bits[code] for code in row["codes"]))
        own = [bits[code] for code in row["codes"]]
        assert own == sorted(own, reverse=True)
    assert [row["weight"] for row in found] == sorted((r["weight"] for r in found), reverse=True)


def test_what_was_planted_comes_first(market: tuple[Path, set[str]]) -> None:
    folder, planted = market
    top = everything(folder)[: len(planted)]
    share = sum(row["ocid"] in planted for row in top) / len(planted)
    assert share > 5 * len(planted) / PROCESSES  # five times what chance would bring up


def test_filters_keep_the_order(market: tuple[Path, set[str]]) -> None:
    folder, _ = market
    whole = everything(folder)
    one = whole[0]
    for wanted, fits in (
        (queries.Wanted(code=one["codes"][-1]), lambda row: one["codes"][-1] in row["codes"]),
        (queries.Wanted(year=one["year"]), lambda row: row["year"] == one["year"]),
        (queries.Wanted(buyer=one["buyer_id"]), lambda row: row["buyer_id"] == one["buyer_id"]),
        (queries.Wanted(text=one["ocid"]), lambda row: row["ocid"] == one["ocid"]),
    ):
        found = queries.first(folder, wanted)
        expected = [row["ocid"] for row in whole if fits(row)]
        assert found.total == len(expected)
        assert [row["ocid"] for row in found.rows] == expected[: queries.PAGE_SIZE]


def test_without_a_ranking_the_indicators_have_to_run(tmp_path: Path) -> None:
    assert queries.first(tmp_path / "none", queries.Wanted()).ran_at is None
    write_market(tmp_path / "market.jsonl", tmp_path / "truth.jsonl", seed=1, processes=20)
    import_files(tmp_path / "folder", [tmp_path / "market.jsonl"], now=NOW)
    findings = run(tmp_path / "folder", now=NOW)
    shutil.rmtree(tmp_path / "folder" / findings.folder / listing.PAGES)
    found = queries.first(tmp_path / "folder", queries.Wanted())
    assert found.ran_at is None
    assert found.processes == 20


def everything(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = 1
    while found := queries.first(folder, queries.Wanted(page=page)):
        rows += found.rows
        if len(rows) >= found.total:
            return rows
        page += 1
    return rows
