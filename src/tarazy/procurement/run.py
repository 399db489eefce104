# SPDX-License-Identifier: EUPL-1.2
"""All indicators over the tables in force, into a new version of the findings with base rates.

A file has the answers of one indicator; `listing` says how, and adds what pages need beside them.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import msgspec

from tarazy.core.collecting import not_collecting
from tarazy.procurement import (
    assessing,
    currencies,
    listing,
    merged,
    numbered,
    ranking,
    reach,
    references,
)
from tarazy.procurement.assessing import Statements, Tell
from tarazy.procurement.deciding import aliases
from tarazy.procurement.importing import finish
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import COLUMNS, Indicator, Ocds
from tarazy.procurement.indicators.shared import SHARED
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.reach import Reach
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import BOOT
from tarazy.procurement.store import Findings, Folder, Manifest, settle

MEMORY_BYTES_MAX = 6 << 30
MEMORY_SHARE = 0.4  # of the machine's


STATEMENTS = "statements.json"
WRITERS = ("ibis-framework", "sqlglot", "tarazy")


def run(
    folder: Path,
    *,
    now: datetime,
    given: Mapping[str, Path] | None = None,
    tell: Tell = lambda _name: None,
) -> Findings:
    """Assess everything, and put the findings in force.

    `given` are reference tables by kind, kept in the folder from now on.

    Raises Refused where nothing was imported or by an earlier version, Temporary where somebody
    else is writing, BadReference where a table that was given cannot be used.
    """
    store = Folder(folder)
    store.readable(store.manifest())  # refuses before a folder is made for nothing
    with store.writing() as manifest:
        finish(store, manifest)
        for kind, file in (given or {}).items():
            references.keep(folder, kind, file)
        files = store.tables(manifest)
        version = manifest.version + 1
        name, target = store.fresh("findings", version)
        written = remembered(folder)
        tell("statements")
        kept = prepared(store, manifest, written)
        with store.engine(memory()) as engine:
            engine.execute("SET preserve_insertion_order = false")  # what has an order is sorted
            references.show(engine, folder)
            if kept.lacks(numbered.names()):
                show(engine, files, folder)
            spans = listing.write_facts(engine, kept, files[numbered.PROCESS], target)
            tell("facts of the processes")
            numbered.write(engine, kept)
            tell("the tables by numbers")
            assessing.share(engine, written, kept, tell)
            rates = assessing.assess_all(engine, written, target, tell)
            listing.write_raised(engine, target, rates)
            ranking.write(engine, target / listing.PAGES, rates)
            tell("lists of the pages")
        findings = Findings(
            folder=name,
            tables=str(manifest.tables),
            at=now,
            base_rates=rates,
            years=list(spans),
            spans=spans,
        )
        settle(target)
        store.publish(msgspec.structs.replace(manifest, version=version, findings=findings))
    return findings


def tables() -> Ocds:
    """The tables as expressions that any engine which holds them by name can answer."""

    def table(name: str) -> ir.Table:
        return ibis.table(numbered.schema(name), name=name)

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
    """Give DuckDB the files under the names of their tables, as runs read them."""
    currencies.show(engine, files, references.load(folder, "rates"))
    merged.show(engine, folder)


def prepared(store: Folder, manifest: Manifest, written: Statements) -> Prepared:
    """What earlier runs prepared of the tables in force, where nothing else has changed either.

    The files are not forced to the disk: they are trusted until the machine goes down.
    """
    given = {kind: references.content(store.path, kind) or b"" for kind in references.REFERENCES}
    merged_parties = msgspec.json.encode(aliases(store.path), order="sorted")
    made_of = {
        "tables": manifest.tables,
        "changed_at": manifest.changed_at,
        "references": {kind: sha256(content).hexdigest() for kind, content in given.items()},
        "merged": sha256(merged_parties).hexdigest(),
        "code": written.made_by,
        "engine": duckdb.__version__,
        "boot": BOOT,
        "stretch": listing.STRETCH,
    }
    return Prepared(store.prepared(manifest), msgspec.json.encode(made_of))


def remembered(folder: Path) -> Statements:
    """The statements as a run over this folder wrote them, where the code is still the same."""
    path = folder / STATEMENTS
    try:
        known = msgspec.json.decode(path.read_bytes(), type=Statements)
    except (OSError, msgspec.DecodeError):
        known = None
    if known and known.made_by == _made_by():
        return known
    known = statements()
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(known))
    new.replace(path)
    return known


@cache
def _made_by() -> str:
    """A hash of all code that the statements depend on, and of the versions of what writes them."""
    versions = " ".join(metadata.version(name) for name in WRITERS)
    content = sha256(versions.encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        content.update(file.read_bytes())
    return content.hexdigest()


@cache
def statements() -> Statements:
    """All of them, written anew, in the order to run them.

    They depend on nothing but the code, and writing them out takes longer than a small run. The
    cycle collector would spend a quarter of that walking expressions that are all still needed.
    """
    with not_collecting():
        return _statements()


def _statements() -> Statements:
    shared: dict[str, str] = {}
    queries: dict[str, str] = {}
    of_organisations, by_process = set[str](), set[str]()
    known = dict.fromkeys(SCHEMAS, Reach.PROCESS)
    known |= {f"reference_{kind}": Reach.GIVEN for kind in references.REFERENCES}
    for name, expression in expressions():
        kind, _, which = name.partition("_")
        (shared if kind == "shared" else queries)[which] = sql(expression)
        organisations = kind == "found" and "party_id" in expression.columns
        if organisations:
            of_organisations.add(which)
        elif reach.of(expression, known) is Reach.PROCESS:
            by_process.add(name)
        # it is there as a whole when others read it
        of_processes = "ocid" in expression.columns and not organisations
        known[name] = Reach.PROCESS if of_processes else Reach.GIVEN
    return Statements(
        made_by=_made_by(),
        shared=shared,
        queries=queries,
        of_organisations=of_organisations,
        by_process=by_process,
    )


def sql(expression: ir.Table) -> str:
    """The expression in DuckDB's SQL, with its new word for a lambda: Ibis writes the old arrow.

    Nor is a moment cast to one without a zone to count its seconds: that takes nine times as long.
    """
    text = str(ibis.to_sql(expression, dialect="duckdb"))
    text = re.sub(r'\bEPOCH\(CAST\(("\w+"\."\w+") AS TIMESTAMP\)\)', r"EPOCH(\1)", text)
    return re.sub(r"\b(__ibis_param_\w+__) ->", r"LAMBDA \1:", text)


def expressions(only: Collection[str] | None = None) -> Iterator[tuple[str, ir.Table]]:
    """Every table of a run by its name, in order: those that are shared, then the findings.

    With `only`, the findings of these codes.
    """
    ocds = tables()
    for name, build in SHARED.items():
        expression = build(ocds)
        yield f"shared_{name}", expression
        ocds = _with_made(ocds, name, f"shared_{name}", expression.schema())
    for indicator in INDICATORS:
        if only is not None and indicator.CARD.code not in only:
            continue
        name = f"found_{indicator.CARD.code}"
        expression = _answered(indicator, ocds)
        yield name, expression
        ocds = _with_made(ocds, name, name, expression.schema())


def _with_made(ocds: Ocds, name: str, table: str, schema: ibis.Schema) -> Ocds:
    return replace(ocds, prepared={**ocds.prepared, name: ibis.table(schema, name=table)})


def _answered(indicator: Indicator, ocds: Ocds) -> ir.Table:
    """The rows of an indicator, with its code; an organisation's name stands where it is one."""
    found = indicator.assess(ocds)
    named = [name for name in ("party_id", "party_name") if name in found.columns]
    return found.select(
        *COLUMNS,
        *named,
        code=ibis.literal(indicator.CARD.code),
        version=ibis.literal(indicator.CARD.version),
    )


def memory() -> str:
    """What DuckDB may take of this machine for a run; beyond it, it spills to the disk."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{int(min(MEMORY_BYTES_MAX, MEMORY_SHARE * there)) >> 20}MiB"
