# SPDX-License-Identifier: EUPL-1.2
"""The made-up market: the same seed gives the same, and the truth is what the indicators find."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tarazy.procurement import listing
from tarazy.procurement.importing import import_files
from tarazy.procurement.run import run
from tarazy.procurement.simulate import FLAG_OF, SCHEMES, simulate_market, write_market

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CODES = ("R003", "R018", "R036")


def test_the_same_seed_gives_the_same_market() -> None:
    assert list(simulate_market(seed=1, processes=20)) == list(
        simulate_market(seed=1, processes=20)
    )
    assert list(simulate_market(seed=1, processes=20)) != list(
        simulate_market(seed=2, processes=20)
    )


@pytest.mark.parametrize("processes", [-1, 10**9])
def test_a_number_out_of_bounds_is_refused(processes: int) -> None:
    with pytest.raises(ValueError, match="processes"):
        next(simulate_market(seed=1, processes=processes))


def test_a_packed_market_holds_the_same_bytes(tmp_path: Path) -> None:
    for name in ("plain.jsonl", "packed.jsonl.gz"):
        assert write_market(tmp_path / name, tmp_path / "truth", seed=1, processes=5) == 5
    packed = (tmp_path / "packed.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "plain.jsonl").read_bytes()


def test_every_scheme_is_planted_and_every_answer_is_as_the_truth_says(tmp_path: Path) -> None:
    market, truth = tmp_path / "market.jsonl", tmp_path / "truth.jsonl"
    write_market(market, truth, seed=11, processes=1500)
    summary = import_files(tmp_path / "own", [market], now=NOW)
    assert summary.files[0].lost == []
    findings = run(tmp_path / "own", now=NOW)
    with duckdb.connect() as engine:
        listing.show(engine, tmp_path / "own" / findings.folder, findings.base_rates)
        found = engine.sql(
            "SELECT ocid, code, bool_or(raised) FROM answers GROUP BY ALL"
        ).fetchall()
    answers = {(ocid, code): raised for ocid, code, raised in found}
    planted = set()
    for line in truth.read_text().splitlines():
        true = json.loads(line)
        planted |= set(true["schemes"])
        assert {FLAG_OF[scheme] for scheme in true["schemes"]} <= set(true["raised"])
        for code in CODES:
            expected = None if code in true["not_assessed"] else code in true["raised"]
            assert answers[true["ocid"], code] is expected, (true, code)
    assert planted == set(SCHEMES)
