# SPDX-License-Identifier: EUPL-1.2
"""The same indicators on Spark, for more than one machine holds: `pip install tarazy[spark]`.

Ibis writes the expressions of `run` in Spark's SQL too. What Spark's SQL cannot say, or takes for
something else, is said in another way here: an ordered list is a sorted list of (order, value), and
a character that parts texts stands in brackets, since Spark takes it for a regular expression.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as Spark's users call it

from tarazy.procurement import merged, numbered, references
from tarazy.procurement.deciding import aliases
from tarazy.procurement.run import expressions
from tarazy.procurement.store import Folder


def found(
    session: SparkSession, folder: Path, work: str | Path, only: Collection[str] | None = None
) -> Iterator[tuple[str, Any]]:
    """(code, data frame of the findings) of each indicator over the tables in force of a folder.

    With `only`, of the indicators of these codes. What others are made of is written below `work`
    first, a path or an address that every machine of the session reaches; the frames read it there.
    Kept as plans instead, these nest, and Spark holds the hash tables of each join within a kept
    plan for as long as the plan: a gigabyte was full before the first answer.

    Raises Refused where nothing was imported. Merged parties stand under one id. Amounts are taken
    as published: exchange rates are not applied here.
    """
    store = Folder(folder)
    files = store.tables(store.manifest())
    for name, frame in _merged(session, folder, files, work):
        if name == numbered.PROCESS:
            frame = frame.withColumn(numbered.PUBLISHED_OCID, frame.ocid)
        frame.createOrReplaceTempView(name)
    for kind in references.REFERENCES:
        table = references.load(folder, kind)
        session.createDataFrame(table).createOrReplaceTempView(f"reference_{kind}")
    ibis.pyspark.connect(session)  # its SQL asks a session for its settings
    statements = {name: sql(expression) for name, expression in expressions(only)}
    asked = " ".join(statements.values())
    for name, statement in statements.items():
        frame = session.sql(statement)
        if f"`{name}`" in asked:
            frame.write.mode("overwrite").parquet(f"{work}/{name}")
            frame = session.read.parquet(f"{work}/{name}")
            frame.createOrReplaceTempView(name)
        if name.startswith("found_"):
            yield name.removeprefix("found_"), frame


def _merged(
    session: SparkSession, folder: Path, files: dict[str, Path], work: str | Path
) -> Iterator[tuple[str, DataFrame]]:
    """(name, data frame) of each table, with merged parties as `merged` gives them to DuckDB."""
    tables = {name: session.read.parquet(str(file)) for name, file in files.items()}
    known = aliases(folder)
    if known:
        listed = session.createDataFrame(list(known.items()), "alias string, id string")
        parties = tables["party"].withColumnRenamed("party_id", "alias")
        processes = parties.join(listed, "alias", "left_semi").select("ocid").distinct()
        ids = listed.agg(F.map_from_entries(F.collect_list(F.struct("alias", "id"))).alias("ids"))
        for name, columns in merged.COLUMNS.items():
            frame = tables[name]
            told = frame.join(processes, "ocid", "left_semi").crossJoin(F.broadcast(ids))
            told = told.withColumns({one: _one_id(one) for one in columns}).drop("ids")
            others = frame.join(processes, "ocid", "left_anti")
            told.unionByName(others).write.mode("overwrite").parquet(f"{work}/{name}")
            tables[name] = session.read.parquet(f"{work}/{name}")
    yield from tables.items()


def _one_id(column: str) -> Column:
    """A column of parties, each under its id in the map `ids`, and once in a list."""

    def kept(party: Column) -> Column:
        return F.coalesce(F.try_element_at("ids", party), party)

    if column in merged.LISTS:
        return F.array_distinct(F.transform(F.col(column), kept))
    return kept(F.col(column))


def sql(expression: ir.Table) -> str:
    """The expression in Spark's SQL."""
    rewritten = expression.op().replace(_reworded)
    return str(ibis.to_sql(rewritten.to_expr(), dialect="pyspark"))


def _reworded(node: ops.Node, fields: dict[str, Any] | None) -> ops.Node:
    known = node.__recreate__(fields) if fields else node
    if isinstance(known, ops.StringSplit):
        parts: ir.ArrayValue = _value(known.arg).split("[" + _value(known.delimiter) + "]")
        return parts.op()
    if isinstance(known, ops.ArrayCollect) and known.order_by:
        return _sorted(known)
    return known


def _sorted(known: ops.ArrayCollect) -> ops.Node:
    """A collected list with an order as a sorted list of structs; nulls come last, as in DuckDB."""
    parts: dict[str, ir.Value] = {}
    for number, key in enumerate(known.order_by):
        value = _value(key.arg)
        parts[f"none_{number}"] = value.isnull()
        parts[f"key_{number}"] = value if key.ascending else -value
    arg = _value(known.arg)
    where = arg.notnull()  # as a list does not hold nulls, a list of structs must not either
    if known.where is not None:
        where &= _value(known.where)
    listed = ibis.struct({**parts, "value": arg}).collect(where=where)
    return listed.sort().map(lambda one: one.value).op()


def _value(node: Any) -> Any:
    return node.to_expr()
