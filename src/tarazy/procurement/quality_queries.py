# SPDX-License-Identifier: EUPL-1.2
"""What the pages of data quality show: a few rows of the counts that `counting` keeps."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from tarazy.procurement.counting import place
from tarazy.procurement.quality_fields import BY_KEY, FIELDS, REASONS, Field
from tarazy.procurement.queries import PAGE_SIZE, TEXT_LENGTH_MAX, reading
from tarazy.procurement.store import Folder

MONTHS_SHOWN = 600  # fifty years; a month that is not among them has no way to be asked for
Order = Literal["given", "least"]
BuyerOrder = Literal["most", "least", "name"]
BUYER_ORDERS: dict[BuyerOrder, str] = {
    "most": "processes DESC, buyer",
    "least": "share NULLS LAST, processes DESC, buyer",
    "name": "buyer_name, buyer",
}
KEY_DEFAULT = "contracting_process.status"


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a field is filled here, and in all processes together."""

    field: Field
    filled: int
    of: int
    filled_in_all: int
    of_all: int

    def part(self) -> float:
        return self.filled / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """One indicator: of how many subjects it could say nothing, and why."""

    code: str
    assessed: int
    missing: int
    reasons: list[tuple[str, int, list[Field]]]
    """(reason, how often, the fields that it speaks of), commonest first."""


@dataclass(frozen=True, slots=True)
class Quality:
    """A page of one buyer, of one month, or of all."""

    processes: int = 0
    buyer: str = ""
    buyer_name: str = ""
    shares: list[Share] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    months: list[tuple[str, int]] = field(default_factory=list)
    counted: bool = False
    """Whether what is in force is counted yet."""


@dataclass(frozen=True, slots=True)
class Buyers:
    """A page of buyers with the share of one field."""

    rows: list[dict[str, Any]]
    total: int
    page: int
    field: Field
    counted: bool


def quality(
    folder: Path, buyer: str = "", month: str = "", order: Order = "given"
) -> Quality | None:
    """The shares of a buyer, a month or all; None where there is no such buyer."""
    counts = _counts(folder)
    if counts is None:
        return Quality(processes=Folder(folder).manifest().rows.get("contracting_process", 0))
    with reading() as reader:
        whole = _one(reader, counts / "months.parquet", "true", [])
        if buyer:
            where, values = (
                ("buyer = ?", [buyer])
                if not month
                else (
                    "buyer = ? AND month = ?",
                    [buyer, month],
                )
            )
            file = "buyer_months" if month else "buyers"
            own = _one(reader, counts / f"{file}.parquet", where, values)
        else:
            own = _one(reader, counts / "months.parquet", "month = ?", [month]) if month else whole
        if not own["processes"] and (buyer or month):
            return None
        months = _months(reader, counts, buyer)
        silences = list(_silences(reader, counts, buyer, month))
    shares = [_share(one, own, whole) for one in FIELDS]
    if order == "least":
        shares.sort(key=lambda one: (not one.of, one.part()))  # of nothing there is no share
    return Quality(
        processes=own["processes"],
        buyer=buyer,
        buyer_name=own["buyer_name"] or buyer if buyer else "",
        shares=[share for share in shares if share.of_all],
        silences=silences,
        months=months,
        counted=True,
    )


def buyers(folder: Path, key: str, text: str, order: BuyerOrder, page: int) -> Buyers:
    """Buyers by a part of the name or the id, with how much of one field each fills."""
    shown = BY_KEY.get(key) or BY_KEY[KEY_DEFAULT]
    counts = _counts(folder)
    if counts is None:
        return Buyers([], 0, 1, shown, counted=False)
    words = text[:TEXT_LENGTH_MAX]
    condition = "buyer = ? OR contains(lower(buyer_name), lower(?)) OR ? = ''"
    source = str(counts / "buyers.parquet")
    with reading() as reader:
        query = f"SELECT count(*) FROM read_parquet(?) WHERE {condition}"  # noqa: S608
        [(total,)] = reader.execute(query, [source, words, words, words]).fetchall()
        page = max(1, min(page, -(-total // PAGE_SIZE)))
        found = reader.sql(
            f'SELECT buyer, buyer_name, processes, "{shown.key}" AS filled, "{shown.of}" AS of,'  # noqa: S608 - our own names
            f' "{shown.key}" / nullif("{shown.of}", 0) AS share FROM read_parquet(?)'
            f" WHERE {condition} ORDER BY {BUYER_ORDERS[order]} LIMIT ? OFFSET ?",
            params=[source, words, words, words, PAGE_SIZE, (page - 1) * PAGE_SIZE],
        )
        rows = found.to_arrow_table().to_pylist()
    return Buyers(rows, total, page, shown, counted=True)


def _counts(folder: Path) -> Path | None:
    store = Folder(folder)
    found = place(store, store.manifest())
    return found if found is not None and found.exists() else None


def _one(
    reader: duckdb.DuckDBPyConnection, file: Path, where: str, values: list[Any]
) -> dict[str, Any]:
    """The sums of some rows."""
    names = sorted({name for one in FIELDS for name in (one.key, one.of)})
    sums = ", ".join(f'coalesce(sum("{name}"), 0)::BIGINT AS "{name}"' for name in names)
    found = reader.sql(
        f"SELECT any_value(buyer_name) AS buyer_name, {sums} FROM read_parquet(?) WHERE {where}",  # noqa: S608 - our own names
        params=[str(file), *values],
    )
    row: dict[str, Any] = found.to_arrow_table().to_pylist()[0]
    return row


def _share(one: Field, own: dict[str, Any], whole: dict[str, Any]) -> Share:
    return Share(one, own[one.key], own[one.of], whole[one.key], whole[one.of])


def _months(reader: duckdb.DuckDBPyConnection, counts: Path, buyer: str) -> list[tuple[str, int]]:
    file = counts / ("buyer_months.parquet" if buyer else "months.parquet")
    where = "buyer = ?" if buyer else "? = ''"
    return reader.execute(
        f"SELECT month, processes FROM read_parquet(?) WHERE {where}"  # noqa: S608
        " AND month <> '' ORDER BY month DESC LIMIT ?",
        [str(file), buyer, MONTHS_SHOWN],
    ).fetchall()


def _silences(
    reader: duckdb.DuckDBPyConnection, counts: Path, buyer: str, month: str
) -> list[Silence]:
    """By indicator. Of a buyer in a month the answers are not counted: those of the buyer stand."""
    where = (
        "buyer = ?"
        if buyer
        else "buyer IS NULL AND month = ?"
        if month
        else ("buyer IS NULL AND month IS NULL")
    )
    rows = reader.execute(
        f"SELECT code, reason, subjects FROM read_parquet(?) WHERE {where}"  # noqa: S608
        " ORDER BY code, subjects DESC",
        [str(counts / "answers.parquet"), *([buyer] if buyer else [month] if month else [])],
    ).fetchall()
    by_code: dict[str, list[tuple[str | None, int]]] = {}
    for code, reason, subjects in rows:
        by_code.setdefault(code, []).append((reason, subjects))
    found = [
        Silence(
            code,
            sum(count for reason, count in listed if reason is None),
            sum(count for reason, count in listed if reason is not None),
            [
                (reason, count, [BY_KEY[key] for key in REASONS.get(reason, ())])
                for reason, count in listed
                if reason is not None
            ],
        )
        for code, listed in by_code.items()
    ]
    return sorted(found, key=lambda one: (one.assessed / (one.assessed + one.missing), one.code))
