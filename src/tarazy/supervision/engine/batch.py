# SPDX-License-Identifier: EUPL-1.2
"""Read the fix store after the checkpoint, in columns, in an order in which no row can be missed.

Columns come as PostgreSQL sends their values in binary, one after another, with no null in them:
one value a column, without an object for any row. What is rare (marks, alarms) is read for the
rows that have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

from tarazy.core.errors import Temporary
from tarazy.supervision.actions.judgement import ENGINE
from tarazy.supervision.engine.part import WHOLE, Part
from tarazy.supervision.judging.quiet import LOUD_MARKS
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import EngineCheckpoint
from tarazy.supervision.presence.crowd import Reports
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.kernel import moment

FIXES_MAX = 5_000
"""Rows a step: a second's reports of 20,000 wearers many times over, and a short transaction."""
CATCH_UP_MAX = 6_000_000
"""While more wait each step takes twice as many, up to this, and at once so many where they came
FAR ago: whoever has been heard is read and written once a step."""
FAR = timedelta(minutes=10)
PART_MAX = 250_000
"""Rows of one query: they are in memory three times before they are in columns."""
LOCK = 7_245_002
"""Advisory lock of the one engine: a second one waits, it does not judge twice. Each part of the
people has one of its own beside it."""
FLOAT4_DIGITS, FLOAT4_WHOLE = 9, 2.0**24
BINARY: Mapping[str, tuple[str, str]] = {
    "bigint": (">i8", "int8send"),
    "moment": (">i8", "timestamptz_send"),
    "double": (">f8", "float8send"),
    "real": (">f4", "float4send"),
    "smallint": (">i2", "int2send"),
}
"""Of each kind of column: the values as NumPy reads them, and what makes them in the database."""
POSTGRES_EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where the database begins to count."""

READ = """
SELECT transaction, id, order_id, device_id, at, known_at,
    coalesce(lat, 'NaN'), coalesce(lon, 'NaN'), coalesce(accuracy_m, 'NaN'),
    coalesce(speed_kmh, 'NaN'), coalesce(battery_percent, 'NaN'),
    (coalesce(charging::int, -1) + 1 + 4 * (coalesce(moving::int, -1) + 1) + CASE
        WHEN cardinality(alarms) > 0 THEN 48
        WHEN cardinality(marks) > 0 THEN 32 + 16 * (lat IS NULL OR marks && %s)::int
        ELSE 16 * (lat IS NULL)::int END)::int2
FROM supervision_fix
WHERE (transaction, id) > (%s, %s) AND transaction <= %s
    AND mod(person_id, %s::bigint) = %s
    AND transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction, id
LIMIT %s
"""
ROW = (
    *((name, "bigint") for name in ("transaction", "id", "order", "device")),
    *((name, "moment") for name in ("at", "known")),
    *((name, "double") for name in ("lat", "lon")),
    *((name, "real") for name in ("accuracy_m", "speed_kmh", "battery")),
    ("flags", "smallint"),
)
"""`flags`: whether it charges and moves (0 for unknown, 1, 2), is odd, has marks or alarms."""
SORTED_BY = ("order", "transaction", "at", "id")
ODD, TOLD = 16, 32
IN_ORDER = "SET LOCAL enable_sort TO {}"
"""Without the statistics of a table that has just grown, PostgreSQL would sort all that waits for
each batch, instead of following the index."""
MARKED = """
SELECT fix.transaction, fix.id, fix.marks, fix.alarms
FROM unnest(%s::bigint[], %s::bigint[]) AS one (transaction, id)
JOIN supervision_fix AS fix ON fix.transaction = one.transaction AND fix.id = one.id
"""


def columns(query: str, values: Sequence[Any], kinds: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The columns of a query, as arrays of these kinds (BINARY). ValueError where one has a null.

    Bytes strung together cost the database an eighth less than arrays, and half of our copying.
    """
    names = ", ".join(f'"{name}"' for name, _ in kinds)
    wanted = ", ".join(
        f'string_agg({BINARY[kind][1]}("{name}"), NULL::bytea)' for name, kind in kinds
    )
    connection.ensure_connection()
    whole = f"SELECT {wanted} FROM ({query}) AS one ({names})".encode()  # noqa: S608 - our own
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(whole, values, binary=True)
        if cursor.pgresult is None:  # pragma: no cover - a query has a result
            raise ValueError("no result")
        told = [cursor.pgresult.get_value(0, n) or b"" for n in range(len(kinds))]
    found = {name: _column(one, kind) for (name, kind), one in zip(kinds, told, strict=True)}
    if len({len(one) for one in found.values()}) > 1:
        raise ValueError("a column with a null in it: it is shorter than the others")
    return found


def _column(told: bytes, kind: str) -> Any:
    """In this machine's order of bytes."""
    sent = np.frombuffer(told, dtype=BINARY[kind][0])
    return sent.astype(sent.dtype.newbyteorder("="))


def stated(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The shortest decimal numbers that a `real` may stand for: 12.3, not 12.300000190734863."""
    exact = values.astype(np.float32)
    found = exact.astype(np.float64)
    large = np.flatnonzero(np.isfinite(found) & (np.abs(found) >= FLOAT4_WHOLE))
    left = np.flatnonzero(np.abs(found) < FLOAT4_WHOLE)
    for digits in range(FLOAT4_DIGITS):
        tens = 10.0**digits
        rounded = np.rint(exact[left].astype(np.float64) * tens) / tens
        fits = rounded.astype(np.float32) == exact[left]
        found[left[fits]] = rounded[fits]
        left = left[~fits]
        if not len(left):
            break
    for n in (*large.tolist(), *left.tolist()):
        found[n] = float(str(exact[n]))
    return found


@dataclass(frozen=True, slots=True)
class FixBatch:
    """What was read, by order, and where the checkpoint stands after it."""

    orders: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    """The rows of the n-th order begin at first[n], and end at first[n + 1]."""
    reports: Reports
    marks: dict[int, tuple[frozenset[str], tuple[str, ...]]]
    """Marks and alarms of the rows that have some."""
    count: int
    transaction: int
    fix_id: int
    full: bool
    """Whether more may wait."""

    def arrival(self, row: int) -> Arrival:
        """A row as an object."""
        told = self.reports
        at, known_at = moment(int(told.at[row])), moment(int(told.known[row]))
        lat, lon, accuracy, speed, battery = (
            None if np.isnan(column[row]) else float(column[row])
            for column in (told.lat, told.lon, told.accuracy_m, told.speed_kmh, told.battery)
        )
        place = None if lat is None or lon is None else Sighting(at, lat, lon, accuracy)
        shown = (
            None if column[row] < 0 else bool(column[row])
            for column in (told.charging, told.moving)
        )
        marks, alarms = self.marks.get(row, (frozenset(), ()))
        device = int(told.device[row])
        return Arrival(device, at, known_at, place, speed, battery, marks, alarms, *shown)

    def of(self, order_id: int) -> list[Arrival]:
        """The rows of one order, as objects."""
        n = int(np.searchsorted(self.orders, order_id))
        if n == len(self.orders) or self.orders[n] != order_id:
            return []
        return [self.arrival(row) for row in range(int(self.first[n]), int(self.first[n + 1]))]

    def known_last(self) -> datetime | None:
        """When the last of them became known."""
        return moment(int(self.reports.known.max())) if self.count else None

    def known_first(self) -> datetime | None:
        """When the first of them became known."""
        return moment(int(self.reports.known.min())) if self.count else None


def next_limit(batch: FixBatch, limit: int, now: datetime, part: Part = WHOLE) -> int:
    """Rows to take after a batch for which so many were asked; 0 where none seem to wait."""
    last = batch.known_last()
    if not batch.full or last is None:
        return 0
    most = max(CATCH_UP_MAX // part.of, 1)
    return most if now - last > FAR else min(2 * max(batch.count, limit), most)


def take_turn(part: Part = WHOLE) -> EngineCheckpoint:
    """Wait until no other engine is in a step; the checkpoint, fresh where there is none yet.

    Raises Temporary where everybody is judged in parts just now, or in parts no more.
    """
    lock = "pg_advisory_xact_lock(%s)" if part.whole else "pg_advisory_xact_lock(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}", [LOCK] if part.whole else [LOCK, part.number])
    found = {one.name: one for one in EngineCheckpoint.objects.filter(name__startswith=ENGINE)}
    if part.whole and set(found) <= {ENGINE}:
        return found.get(ENGINE) or EngineCheckpoint(name=ENGINE)
    if part.whole or part.name not in found:
        raise Temporary("another engine judges the people in parts, or has put them together")
    return found[part.name]


def read(checkpoint: EngineCheckpoint, limit: int = FIXES_MAX, part: Part = WHOLE) -> FixBatch:
    """The next batch. A transaction of the gateway is not cut, unless it is larger than a batch."""
    after = (checkpoint.transaction, checkpoint.fix_id)
    rows = _rows(after, limit, part)
    transactions = rows["transaction"]
    count = len(transactions)
    full = count == limit
    if full and transactions[0] != transactions[-1]:
        count = int(np.searchsorted(transactions, transactions[-1]))
    last = (int(transactions[count - 1]), int(rows["id"][count - 1])) if count else after
    del transactions
    ordered = _by_order({name: rows[name][:count] for name in SORTED_BY})
    for name, _ in ROW:  # one after another: a whole batch twice would be much memory
        rows[name] = rows[name][ordered]
    orders, first = np.unique(rows["order"], return_index=True)
    ends = np.append(first, count).astype(np.int64)
    return FixBatch(orders, ends, _reports(rows), _marks(rows), count, *last, full)


def _rows(after: tuple[int, int], limit: int, of: Part) -> dict[str, Any]:
    """So many rows after one, in the order in which they were committed."""
    parts, left = list[dict[str, Any]](), limit
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER.format("off"))
        while left:
            part = min(left, PART_MAX)
            whose = (of.until, of.of, of.number)
            rows = columns(READ, [sorted(LOUD_MARKS), *after, *whose, part], ROW)
            parts.append(rows)
            count = len(rows["id"])
            if count < part:
                break
            after, left = (int(rows["transaction"][-1]), int(rows["id"][-1])), left - count
        cursor.execute(IN_ORDER.format("DEFAULT"))
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part.pop(name) for part in parts]) for name, _ in ROW}


def _by_order(rows: dict[str, Any]) -> npt.NDArray[np.intp]:
    """Each order's together; within a transaction by time: phones upload stored fixes newest
    first."""
    order, transaction, at = rows["order"], rows["transaction"], rows["at"]
    found = np.argsort(order, kind="stable")
    same = (order[found][1:] == order[found][:-1]) & (
        transaction[found][1:] == transaction[found][:-1]
    )
    if np.any(same & (at[found][1:] < at[found][:-1])):
        return np.lexsort((rows["id"], at, transaction, order))
    return found


def _reports(rows: dict[str, Any]) -> Reports:
    return Reports(
        at=rows["at"] + POSTGRES_EPOCH,
        known=rows["known"] + POSTGRES_EPOCH,
        device=rows["device"],
        lat=rows["lat"],
        lon=rows["lon"],
        accuracy_m=stated(rows["accuracy_m"]),
        speed_kmh=stated(rows["speed_kmh"]),
        battery=stated(rows["battery"]),
        charging=((rows["flags"] & 3) - 1).astype(np.int8),
        moving=((rows["flags"] >> 2 & 3) - 1).astype(np.int8),
        odd=rows["flags"] & ODD != 0,
    )


def _marks(rows: dict[str, Any]) -> dict[int, tuple[frozenset[str], tuple[str, ...]]]:
    (told,) = np.nonzero(rows["flags"] & TOLD)
    if not len(told):
        return {}
    keys = [(int(rows["transaction"][n]), int(rows["id"][n])) for n in told]
    transactions, ids = ([key[n] for key in keys] for n in range(2))
    with connection.cursor() as cursor:
        cursor.execute(MARKED, [transactions, ids])
        found = {row[:2]: (frozenset(row[2]), tuple(row[3])) for row in cursor.fetchall()}
    return {n: found[key] for n, key in zip(told.tolist(), keys, strict=True)}
