# SPDX-License-Identifier: EUPL-1.2
"""Fences by method, category and size, held against a plain computation of the same formula."""

from statistics import fmean, variance
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest

from tarazy.procurement.indicators import fences

SCHEMA = {
    "method": "string",
    "category": "string",
    "value_amount": "decimal(28, 8)",
    "value_currency": "string",
    "reason": "string",
    "measure": "float64",
}
Row = tuple[str | None, str | None, int | None, float | None, str | None]


def usual(*rows: Row) -> list[dict[str, Any]]:
    table = pa.table(
        {
            "method": pa.array([row[0] for row in rows], pa.string()),
            "category": pa.array([row[1] for row in rows], pa.string()),
            "value_amount": pa.array([row[2] for row in rows], pa.decimal128(28, 8)),
            "value_currency": pa.array(["KZT"] * len(rows), pa.string()),
            "reason": pa.array([row[4] for row in rows], pa.string()),
            "measure": pa.array([row[3] for row in rows], pa.float64()),
        }
    )
    query = ibis.to_sql(fences.usual(ibis.table(SCHEMA, name="rows")), dialect="duckdb")
    with duckdb.connect() as engine:
        engine.register("rows", table)
        found: list[dict[str, Any]] = engine.sql(query).to_arrow_table().to_pylist()
    return found


def quartile(values: list[float], share: float) -> float:
    return float(np.quantile(values, share))


def weight(groups: list[list[float]], parent: list[float], own: list[float]) -> float:
    """Of a group's own quartiles against those of the one parent of all groups."""
    reach = 1.5 * (quartile(parent, 0.75) - quartile(parent, 0.25))
    low, high = quartile(parent, 0.25) - reach, quartile(parent, 0.75) + reach
    groups = [[min(high, max(low, value)) for value in group] for group in groups]
    parent = [min(high, max(low, value)) for value in parent]
    freedom = sum(len(group) - 1 for group in groups)
    within = sum((len(group) - 1) * variance(group) for group in groups) / freedom
    apart = sum(len(group) * (fmean(group) - fmean(parent)) ** 2 for group in groups)
    total = len(parent)
    effective = total - sum(len(group) ** 2 for group in groups) / total
    between = max(0.0, (apart - (len(groups) - 1) * within) / effective)
    return len(own) * between / (len(own) * between + within)


def test_a_stratum_is_shrunk_towards_all_as_the_formula_says() -> None:
    one, two = [float(n % 7) for n in range(30)], [float(3 + n % 9) for n in range(12)]
    rows: list[Row] = [("open", "goods", None, value, None) for value in one]
    rows += [("open", "works", None, value, None) for value in two]
    everything = one + two
    for found, own in zip(usual(*rows), [one] * 30 + [two] * 12, strict=True):
        share = weight([one, two], everything, own)
        # the cell is the whole stratum here: shrinking it to itself changes nothing
        for name, part in (("q1", 0.25), ("q3", 0.75)):
            expected = share * quartile(own, part) + (1 - share) * quartile(everything, part)
            assert found[name] == pytest.approx(expected)
        assert found["peers"] == (30 if own is one else 42)
        assert found["upper"] == pytest.approx(found["q3"] + 1.5 * (found["q3"] - found["q1"]))


def test_sizes_that_differ_are_judged_apart_and_alike_ones_together() -> None:
    small: list[Row] = [("open", "goods", 5_000, 10 + n % 3, None) for n in range(40)]
    large: list[Row] = [("open", "goods", 5_000_000, 100 + n % 3, None) for n in range(40)]
    found = usual(*small, *large)
    assert found[0]["upper"] < 20
    assert found[-1]["lower"] > 80
    alike: list[Row] = [("open", "goods", 10 ** (n % 6), n % 5, None) for n in range(60)]
    assert len({round(row["upper"], 6) for row in usual(*alike)}) == 1


def test_a_small_group_is_held_by_its_parent() -> None:
    rows: list[Row] = [("open", "goods", None, n % 5, None) for n in range(60)]
    rows += [("limited", "goods", None, value, None) for value in (2.0, 90.0)]
    wild = usual(*rows)[-1]
    assert wild["measure"] == 90
    assert wild["measure"] > wild["upper"]


def test_few_rows_rows_with_a_reason_and_rows_without_a_measure() -> None:
    few: list[Row] = [("open", "goods", None, 1.0, None)] * 19
    assert {row["q1"] for row in usual(*few)} == {None}
    more: list[Row] = [*few, ("open", "goods", None, 1.0, None)]
    odd: list[Row] = [(None, None, 0, 99.0, "not assessed"), (None, None, -5, None, None)]
    found = usual(*more, *odd)
    assert {row["q1"] for row in found} == {1.0}
    assert {row["upper"] for row in found} == {1.0}
