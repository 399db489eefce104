# SPDX-License-Identifier: EUPL-1.2
"""The same indicators on Spark, for more than one machine holds: `pip install tarazy[spark]`.

Ibis writes the expressions of `run` in Spark's SQL too. What Spark's SQL cannot say, or takes for
something else, is said in another way here: an ordered list is a sorted list of (order, value), and
a character that parts texts stands in brackets, since Spark takes it for a regular expression.
"""

from collections.abc import Collection, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from pyspark.sql import DataFrame, SparkSession
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
        parties = session.createDataFrame(list(known.items()), "alias string, id string")
        lists = _merged_lists(tables, parties)
        for name, columns in merged.COLUMNS.items():
            told = tables[name]
            for one in columns:
                by = lists if one in merged.LISTS else F.broadcast(parties)
                told = told.join(by, told[one] == by["alias"], "left")
                told = told.withColumn(one, F.coalesce("id", one)).drop("alias", "id")
            told.write.mode("overwrite").parquet(f"{work}/{name}")
            tables[name] = session.read.parquet(f"{work}/{name}")
    yield from tables.items()


def _merged_lists(tables: dict[str, DataFrame], parties: DataFrame) -> DataFrame:
    """Each list that names a merged party, and the ids instead, each once, in order."""
    lists = [
        tables[name].select(F.col(one).alias("listed"))
        for name, columns in merged.COLUMNS.items()
        for one in merged.LISTS.intersection(columns)
    ]
    several = reduce(DataFrame.union, lists).distinct()
    named = several.select("listed", F.posexplode("listed").alias("place", "party"))
    told = named.join(F.broadcast(parties), F.col("party") == F.col("alias"), "left")
    kept = told.groupBy("listed", F.coalesce("id", "party").alias("one")).agg(
        F.min("place").alias("place"), F.bool_or(F.col("id").isNotNull()).alias("merged")
    )
    found = kept.groupBy("listed").agg(
        F.sort_array(F.collect_list(F.struct("place", "one"))).alias("ids"),
        F.bool_or("merged").alias("merged"),
    )
    ids = F.transform("ids", lambda one: one["one"])
    return found.filter("merged").select(F.col("listed").alias("alias"), ids.alias("id"))


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
