# SPDX-License-Identifier: EUPL-1.2
"""Read the fix store after the checkpoint, in an order in which no row can be missed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import EngineCheckpoint
from tarazy.supervision.presence.interface import Sighting

CHECKPOINT = "engine"
FIXES_MAX = 5_000
"""Rows a step: a second's reports of 20,000 wearers many times over, and a short transaction."""
LOCK = 7_245_002
"""Advisory lock of the one engine: a second one waits, it does not judge twice."""

READ = """
SELECT transaction, id, order_id, device_id, at, known_at, lat, lon, accuracy_m, speed_kmh,
    battery_percent, marks, alarms, charging, moving
FROM supervision_fix
WHERE (transaction, id) > (%s, %s)
    AND transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction, id
LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class FixBatch:
    """What was read, by order, and where the checkpoint stands after it."""

    arrivals: dict[int, list[Arrival]]
    count: int
    transaction: int
    fix_id: int
    full: bool
    """Whether more may wait."""


def take_turn() -> EngineCheckpoint:
    """Wait until no other engine is in a step; the checkpoint, fresh where there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    found = EngineCheckpoint.objects.filter(name=CHECKPOINT).first()
    return found or EngineCheckpoint(name=CHECKPOINT)


def read(checkpoint: EngineCheckpoint, limit: int = FIXES_MAX) -> FixBatch:
    """The next batch. A transaction of the gateway is not cut, unless it is larger than a batch."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [checkpoint.transaction, checkpoint.fix_id, limit])
        rows = cursor.fetchall()
    full = len(rows) == limit
    if full:
        whole = [row for row in rows if row[0] != rows[-1][0]]
        rows = whole or rows
    last = rows[-1][:2] if rows else (checkpoint.transaction, checkpoint.fix_id)
    return FixBatch(_by_order(rows), len(rows), last[0], last[1], full)


def _by_order(rows: Sequence[Any]) -> dict[int, list[Arrival]]:
    """Within a transaction by time: phones upload stored fixes newest first."""
    arrivals: dict[int, list[Arrival]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row[0], row[4], row[1])):
        arrivals[row[2]].append(_arrival(*row[3:]))
    return dict(arrivals)


def _arrival(device_id: int, *columns: Any) -> Arrival:
    at, known_at, lat, lon, accuracy_m, speed_kmh, battery_percent, marks, alarms, *shown = columns
    place = None if lat is None else Sighting(at, lat, lon, accuracy_m)
    return Arrival(
        *(device_id, at, known_at, place, speed_kmh, battery_percent),
        *(frozenset(marks or ()), tuple(alarms or ())),
        *shown,
    )
