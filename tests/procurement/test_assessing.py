# SPDX-License-Identifier: EUPL-1.2
"""Indicators two at a time: what finds no memory beside another is answered by itself."""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typing_extensions import override

from tarazy.procurement import listing, stretches
from tarazy.procurement.assessing import Statements, assess_all, at_once, share
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.store import BaseRate

SOME = INDICATORS[:4]


@pytest.mark.parametrize("commonest", ["late", "early"])
def test_the_usual_reason_is_that_of_all_and_not_of_the_newest(
    commonest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three stretches the first says "late" of each, the others say it of few, or of many."""
    monkeypatch.setattr(listing, "STRETCH", 10)
    query = (
        "SELECT ocid, NULL AS lot_id, ocid = 7 OR NULL AS raised, NULL AS value, NULL AS evidence,"
        f" CASE WHEN ocid = 7 THEN NULL WHEN ocid < 10 THEN 'late' ELSE '{commonest}' END AS reason"
        " FROM contracting_process"
    )
    code = SOME[0].CARD.code
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE contracting_process AS SELECT range AS ocid FROM range(1, 26)")
        stretches.narrow(engine, "contracting_process")
        written = Statements(
            made_by="", shared={}, queries={code: query}, of_organisations=set(),
            by_process={f"found_{code}"},
        )  # fmt: skip
        [rate] = assess_all(engine, written, tmp_path, lambda _name: None)
        rows = engine.execute(
            "SELECT place, raised, reason FROM read_parquet(?) ORDER BY place",
            [[str(file) for file in listing.files_of(tmp_path, rate)]],
        ).fetchall()
    assert rate.usual == commonest
    assert (rate.raised, rate.assessed, sum(rate.not_assessed.values())) == (1, 1, 24)
    early = [(place, None, "late") for place in (1, 2, 3, 4, 5, 6, 8, 9)]
    others = sorted([*early, (7, True, None)]) if commonest == "early" else [(7, True, None)]
    assert rows == others


def too_much() -> None:
    """Ask a real engine for more memory than it may have."""
    with duckdb.connect() as engine:
        engine.execute("SET memory_limit = '10MB'")
        engine.execute("SET temp_directory = ''")
        engine.execute("SELECT list(range ORDER BY hash(range)) FROM range(2_000_000)")


def test_what_finds_no_memory_beside_another_is_answered_afterwards() -> None:
    tried: list[str] = []

    def assess(indicator: Indicator) -> BaseRate:
        code = indicator.CARD.code
        tried.append(code)
        if indicator is SOME[1] and tried.count(code) == 1:
            too_much()
        return BaseRate(code=code, version=1, raised=0, assessed=0, not_assessed={})

    with duckdb.connect() as engine:
        found = [rate.code for rate in at_once(engine, assess, SOME)]
    codes = [one.CARD.code for one in SOME]
    assert found == [codes[0], codes[2], codes[3], codes[1]]
    assert sorted(tried) == sorted([*codes, codes[1]])


def test_a_mistake_in_one_does_not_wait_for_all_the_others() -> None:
    tried: list[str] = []

    def assess(indicator: Indicator) -> BaseRate:
        tried.append(indicator.CARD.code)
        if indicator is not INDICATORS[0]:
            time.sleep(0.05)
        raise ArithmeticError(indicator.CARD.code)

    with duckdb.connect() as engine, pytest.raises(ArithmeticError):
        list(at_once(engine, assess, INDICATORS))
    assert len(tried) < len(INDICATORS)


def test_what_finds_no_memory_by_itself_stops_the_run() -> None:
    def assess(indicator: Indicator) -> BaseRate:
        too_much()
        raise AssertionError(indicator)

    with duckdb.connect() as engine, pytest.raises(duckdb.OutOfMemoryException):
        list(at_once(engine, assess, SOME[:1]))


def test_shared_tables_come_after_their_parts_and_with_no_memory_by_themselves(
    tmp_path: Path,
) -> None:
    """The second is made of the first, which finds no memory beside the others at first."""
    tried, told = list[str](), list[str]()

    class Refusing(Prepared):
        @override
        def make(self, name: str, write: Callable[[Path], None]) -> Path:
            tried.append(name)
            if name == "shared/first.parquet" and tried.count(name) == 1:
                too_much()
            return super().make(name, write)

    shared = {
        "first": "SELECT 1 AS one",
        "second": 'SELECT one + 1 AS two FROM "shared_first"',
        "third": "SELECT 3 AS three",
    }
    written = Statements(
        made_by="", shared=shared, queries={}, of_organisations=set(), by_process=set()
    )
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE contracting_process AS SELECT 1 AS ocid")
        [(threads,)] = engine.execute("SELECT current_setting('threads')").fetchall()
        share(engine, written, Refusing(tmp_path / "prepared", b""), told.append)
        assert engine.execute("SELECT two FROM shared_second").fetchall() == [(2,)]
        assert engine.execute("SELECT current_setting('threads')").fetchall() == [(threads,)]
    assert sorted(told) == ["shared_first", "shared_second", "shared_third"]
    assert told.index("shared_first") < told.index("shared_second")
