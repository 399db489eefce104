# SPDX-License-Identifier: EUPL-1.2
"""All indicators over the tables in force, into a new version of the findings with base rates.

A finding repeats the few facts of its process by which pages filter and sort, so that a page reads
one set of files.
"""

import gc
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement import currencies, merged, ranking, references
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import COLUMNS, Indicator, Ocds
from tarazy.procurement.indicators.shared import SHARED
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import BaseRate, Findings, Folder, quoted, settle

PAGE_FACTS = ("title", "status", "method", "value_amount", "value_currency")


def run(folder: Path, *, now: datetime, given: Mapping[str, Path] | None = None) -> Findings:
    """Assess everything, and put the findings in force.

    `given` are reference tables by kind, kept in the folder from now on.

    Raises Refused where nothing was imported or by an earlier version, Temporary where somebody
    else is writing, BadReference where a table that was given cannot be used.
    """
    store = Folder(folder)
    store.tables(store.manifest())  # refuses before a folder is made for nothing
    if store.manifest().reader != READER_VERSION:
        raise Refused(Refusal.OLD_TABLES)
    with store.writing() as manifest:
        for kind, file in (given or {}).items():
            references.keep(folder, kind, file)
        files = store.tables(manifest)
        version = manifest.version + 1
        name, target = store.fresh("findings", version)
        with store.engine() as engine:
            show(engine, files, folder)
            shared, queries = statements()
            for table, query in shared.items():
                engine.execute(f"CREATE TABLE shared_{table} AS {query}")
            rates = [
                _assess(engine, one, queries[one.CARD.code], target / f"{one.CARD.code}.parquet")
                for one in INDICATORS
            ]
            ranking.make(engine, target, rates)
        findings = Findings(folder=name, tables=str(manifest.tables), at=now, base_rates=rates)
        settle(target)
        store.publish(msgspec.structs.replace(manifest, version=version, findings=findings))
    return findings


def tables() -> Ocds:
    """The tables as expressions that any engine which holds them by name can answer."""

    def table(name: str) -> ir.Table:
        return ibis.table(ibis.Schema.from_pyarrow(SCHEMAS[name]), name=name)

    def reference(kind: str) -> ir.Table:
        schema = references.REFERENCES[kind].schema
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=f"reference_{kind}")

    return Ocds(
        processes=table("contracting_process"),
        lots=table("lot"),
        items=table("item"),
        bids=table("bid"),
        awards=table("award"),
        contracts=table("contract"),
        parties=table("party"),
        documents=table("document"),
        amendments=table("amendment"),
        milestones=table("milestone"),
        transactions=table("transaction"),
        enquiries=table("enquiry"),
        complaints=table("complaint"),
        fees=table("fee"),
        criteria=table("criterion"),
        beneficial_owners=table("beneficial_owner"),
        shareholders=table("shareholder"),
        related=table("related_process"),
        thresholds=reference("thresholds"),
        inflation=reference("inflation"),
        debarred=reference("debarred"),
        registered=reference("registered"),
        prices=reference("prices"),
    )


def show(
    engine: duckdb.DuckDBPyConnection, files: dict[str, Path], folder: Path | None = None
) -> None:
    """Give DuckDB the files, and the reference tables in force, under the names of their tables."""
    currencies.show(engine, files, references.load(folder, "rates"))
    merged.show(engine, folder)
    for kind in references.REFERENCES:
        engine.register(f"reference_{kind}", references.load(folder, kind))


@cache
def statements() -> tuple[dict[str, str], dict[str, str]]:
    """SQL of every shared table, and of every indicator by its code, in the order to run them.

    They depend on nothing but the code, and writing them out takes longer than a small run. The
    cycle collector would spend a quarter of that walking expressions that are all still needed.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _statements()
    finally:
        if collecting:
            gc.enable()


def _statements() -> tuple[dict[str, str], dict[str, str]]:
    ocds = tables()
    shared: dict[str, str] = {}
    queries: dict[str, str] = {}
    for name, build in SHARED.items():
        expression = build(ocds)
        shared[name] = ibis.to_sql(expression, dialect="duckdb")
        ocds = _with_made(ocds, name, f"shared_{name}", expression.schema())
    for indicator in INDICATORS:
        code = indicator.CARD.code
        expression = _with_page_facts(indicator, ocds)
        queries[code] = ibis.to_sql(expression, dialect="duckdb")
        ocds = _with_made(ocds, f"found_{code}", f"found_{code}", expression.schema())
    return shared, queries


def _with_made(ocds: Ocds, name: str, table: str, schema: ibis.Schema) -> Ocds:
    return replace(ocds, prepared={**ocds.prepared, name: ibis.table(schema, name=table)})


def _assess(
    engine: duckdb.DuckDBPyConnection, indicator: Indicator, query: str, target: Path
) -> BaseRate:
    engine.execute(f"COPY ({query}) TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)")
    # for those that are made of the answers of others
    found = f"found_{indicator.CARD.code}"
    engine.execute(f"CREATE VIEW {found} AS FROM read_parquet({quoted(target)})")
    counted = engine.sql(
        f"SELECT raised, reason, count(*) FROM {found} GROUP BY ALL"  # noqa: S608 - our own name
    ).fetchall()
    return BaseRate(
        code=indicator.CARD.code,
        version=indicator.CARD.version,
        raised=sum(count for raised, _, count in counted if raised),
        assessed=sum(count for raised, _, count in counted if raised is not None),
        not_assessed={
            reason or "": count
            for raised, reason, count in sorted(counted, key=lambda row: -row[2])
            if raised is None
        },
    )


def _with_page_facts(indicator: Indicator, ocds: Ocds) -> ir.Table:
    processes = ocds.processes
    published = processes.tender_start_published.fill_null(processes.released_published)
    facts = processes.select(
        "ocid",
        *PAGE_FACTS,
        buyer_id=ibis.coalesce(processes.buyer_id, processes.buyer_name),
        buyer_name=ibis.coalesce(processes.buyer_name, processes.buyer_id),
        year=published.substr(0, 4).try_cast("int32"),
        happened_at=processes.tender_start_at.fill_null(processes.released_at),
    )
    found = indicator.assess(ocds)
    if "party_id" in found.columns:
        with_facts = _of_party(found, facts)
    else:
        with_facts = found.inner_join(facts, "ocid").mutate(party_id=ibis.null("string"))
    return with_facts.mutate(
        code=ibis.literal(indicator.CARD.code), version=ibis.literal(indicator.CARD.version)
    )


def _of_party(found: ir.Table, facts: ir.Table) -> ir.Table:
    """An organisation has a name for its title, and none of the facts of a process."""
    schema = facts.schema()
    own = {
        "title": found.party_name,
        "buyer_id": (found.subject == "buyer").ifelse(found.party_id, ibis.null("string")),
        "buyer_name": (found.subject == "buyer").ifelse(found.party_name, ibis.null("string")),
    }
    shown = {
        name: own.get(name, ibis.null(kind)) for name, kind in schema.items() if name != "ocid"
    }
    return found.select(*COLUMNS, **shown, party_id=found.party_id)
