# SPDX-License-Identifier: EUPL-1.2
"""Indicators two at a time: what finds no memory beside another is answered by itself."""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typing_extensions import override

from tarazy.procurement import listing, stretches
from tarazy.procurement.assessing import AT_ONCE, Statements, assess_all, in_turn, share
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.prepared import Prepared

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


def test_what_finds_no_memory_beside_another_is_made_by_itself() -> None:
    tried: list[str] = []
    going_on: set[str] = set()

    def make(name: str) -> str:
        tried.append(name)
        going_on.add(name)
        beside = set(going_on)
        try:
            time.sleep(0.02)
            if name == "b" and tried.count(name) == 1:
                too_much()
            if name == "b":
                assert beside == {"b"}
        finally:
            going_on.discard(name)
        return name.upper()

    with duckdb.connect() as engine:
        found = dict(in_turn(engine, make, dict.fromkeys("abcd", ())))
    assert found == {"a": "A", "b": "B", "c": "C", "d": "D"}
    assert sorted(tried) == ["a", "b", "b", "c", "d"]


def test_what_others_made_possible_does_not_wait_for_the_rest() -> None:
    """It begins as soon as its parts are shown, and never before."""
    began, shown = list[str](), list[str]()

    def make(name: str) -> str:
        began.append(name)
        assert name != "sum" or {"a", "b"} <= set(shown)
        return name

    parts = {"a": (), "b": (), **dict.fromkeys("cdefgh", ()), "sum": ("a", "b")}
    with duckdb.connect() as engine:
        for name, _made in in_turn(engine, make, parts):
            shown.append(name)
    assert sorted(shown) == sorted(parts)
    assert began.index("sum") <= 2 + AT_ONCE


def test_a_mistake_in_one_does_not_wait_for_all_the_others() -> None:
    tried: list[str] = []
    codes = [one.CARD.code for one in INDICATORS]

    def make(code: str) -> None:
        tried.append(code)
        if code != codes[0]:
            time.sleep(0.05)
        raise ArithmeticError(code)

    with duckdb.connect() as engine, pytest.raises(ArithmeticError):
        list(in_turn(engine, make, dict.fromkeys(codes, ())))
    assert len(tried) < len(codes)


def test_what_finds_no_memory_by_itself_stops_the_run() -> None:
    def make(name: str) -> None:
        too_much()
        raise AssertionError(name)

    with duckdb.connect() as engine, pytest.raises(duckdb.OutOfMemoryException):
        list(in_turn(engine, make, {"a": ()}))


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
