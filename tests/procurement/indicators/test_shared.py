# SPDX-License-Identifier: EUPL-1.2
"""Tables that a run computes once: the same answers as of an indicator by itself."""

import json

import duckdb
import pytest
from procurement.factory import show

from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import OF_PROCESSES, Indicator, Subject
from tarazy.procurement.indicators.shared import SHARED
from tarazy.procurement.references import REFERENCES, load
from tarazy.procurement.run import sql, statements, tables
from tarazy.procurement.simulate import simulate_market
from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.interface import Document

# of each shared table one that is made from it, and of the index, which is made of others' answers
CODES = (
    "R053", "R058", "R062", "R064", "R069", "R019", "R040", "R044", "R050", "R011", "R037", "CRI",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    lines = (json.dumps(release).encode() for release, _ in simulate_market(seed=5, processes=400))
    batch = ocds.read([Document(n, line) for n, line in enumerate(lines)], "imp_test")
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    show(engine, batch.tables)
    for kind in REFERENCES:
        engine.register(f"reference_{kind}", load(None, kind))
    written = statements()
    for name, query in written.shared.items():
        engine.execute(f"CREATE TABLE shared_{name} AS {query}")
    for code, query in written.queries.items():
        engine.execute(f"CREATE TABLE found_{code} AS {query}")
    return engine


@pytest.mark.parametrize("code", CODES)
def test_prepared_tables_change_no_answer(code: str, engine: duckdb.DuckDBPyConnection) -> None:
    [indicator] = [one for one in INDICATORS if code == one.CARD.code]
    alone = sql(indicator.assess(tables()))
    columns = "subject, ocid, lot_id, raised, reason, round(value, 6)"
    [(apart,)] = engine.sql(
        f"SELECT count(*) FROM (SELECT {columns} FROM ({alone}) EXCEPT ALL"
        f" SELECT {columns} FROM found_{code})"
    ).fetchall()
    [(count, as_many)] = engine.sql(
        f"SELECT (SELECT count(*) FROM ({alone})), (SELECT count(*) FROM found_{code})"
    ).fetchall()
    assert apart == 0
    assert count == as_many > 0


def test_each_shared_table_has_its_parts_before_it() -> None:
    shared = statements().shared
    assert list(shared) == list(SHARED)
    for number, query in enumerate(shared.values()):
        assert not any(f'"shared_{later}"' in query for later in list(shared)[number:])


def test_flags_that_fired_too_often_fit_the_made_up_market(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    for code in ("R011", "R019", "R053"):
        [(share,)] = engine.sql(
            f"SELECT count(*) FILTER (raised) / nullif(count(raised), 0) FROM found_{code}"
        ).fetchall()
        assert share is None or share < 0.1


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.CARD.code)
def test_an_indicator_answers_about_the_subjects_of_its_card(
    indicator: Indicator, engine: duckdb.DuckDBPyConnection
) -> None:
    card = indicator.CARD
    found = engine.sql(
        "SELECT subject, bool_and(ocid IS NOT NULL), bool_or(lot_id IS NOT NULL)"
        f" FROM found_{card.code} GROUP BY subject"
    ).fetchall()
    assert {Subject(subject) for subject, _, _ in found} <= set(card.subjects)
    for subject, of_process, of_lot in found:
        assert of_process == (subject in OF_PROCESSES)
        assert of_lot == (subject == Subject.LOT)
    columns = {name for name, *_ in engine.sql(f"DESCRIBE found_{card.code}").fetchall()}
    assert ("party_id" in columns) == (not set(card.subjects) & set(OF_PROCESSES))
