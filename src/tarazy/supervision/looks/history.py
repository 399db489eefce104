# SPDX-License-Identifier: EUPL-1.2
"""One way to read fixes, wherever they lie: the database's rows and the archive's files together.

It has no door of its own: looks call it once they have asked for permission. A late fix in the
database supersedes nothing that it repeats: of the same fix the one known first is shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection

from tarazy.supervision import archive
from tarazy.supervision.archived import files_of, latest
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import ArchivedDay
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.quality import MARKS
from tarazy.supervision.quality.interface import Answers, Floats, Trail

HOT = f"""
SELECT {archive.SHOWN} FROM supervision_fix
WHERE person_id = %s AND order_id = %s AND at >= %s AND at < %s
"""
WORN = """
SELECT device_id, lower(period), upper(period) FROM supervision_fitting
WHERE person_id = %s AND NOT isempty(period)
"""
SHOWN = """epoch_us("at"), epoch_us(known_at), lat, lon, accuracy_m, speed_kmh, marks, alarms,
    satellites, stored, device_id"""
HEARD = """epoch_us("at"), epoch_us(known_at), lat, lon, accuracy_m, battery_percent, marks, alarms,
    device_id"""
PLACED = "lat IS NOT NULL"
SAME = 'device_id, "at", lat, lon, accuracy_m, speed_kmh, course_deg'
ONCE = f"""
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY hot, {SAME} ORDER BY known_at) AS nth FROM both_stores
) QUALIFY row_number() OVER (PARTITION BY nth, {SAME} ORDER BY known_at) = 1
"""
"""A fix that is in both stores once; two messages that tell the same place are two in either."""
MOMENT = timedelta(microseconds=1)
READ_TOGETHER = timedelta(hours=1)
AT_MAX = 1_000_000
"""Of a time in which no two moments asked for are an hour apart: more than any device reports."""


@dataclass(frozen=True, slots=True)
class KeptFix:
    """A fix as a trail shows it."""

    at: datetime
    known_at: datetime
    lat: float
    lon: float
    accuracy_m: float | None
    speed_kmh: float | None
    marks: Sequence[str]
    alarms: Sequence[str]
    satellites: int | None
    stored: bool
    device_id: int


def fixes_of(
    person_id: int, order_id: int, since: datetime, until: datetime, *, limit: int
) -> list[KeptFix]:
    """The newest fixes with a place of a person under an order, newest first, at most `limit`.

    Only of devices while this person wore them.
    """
    rows = _read(_Asked(person_id, order_id, since, until, limit), SHOWN, PLACED)
    return [_kept(row) for row in rows]


def first_fixes_of(
    person_id: int, order_id: int, since: datetime, until: datetime, *, limit: int
) -> list[KeptFix]:
    """The oldest fixes of such a time, oldest first, at most `limit`: as `fixes_of`."""
    asked = _Asked(person_id, order_id, since, until, limit, oldest=True)
    return [_kept(row) for row in _read(asked, SHOWN, PLACED)]


def fixes_at(person_id: int, order_id: int, times: Collection[datetime]) -> list[KeptFix]:
    """The fixes of these moments, oldest first: as `fixes_of`, and none of them is left out."""
    found: list[KeptFix] = []
    wanted = frozenset(times)
    for since, until in _near(sorted(wanted)):
        near = first_fixes_of(person_id, order_id, since, until, limit=AT_MAX)
        found += [fix for fix in near if fix.at in wanted]
    return found


def _near(times: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Windows that hold moments near each other, so that each is read once."""
    windows: list[tuple[datetime, datetime]] = []
    for at in times:
        if windows and at - windows[-1][1] <= READ_TOGETHER:
            windows[-1] = (windows[-1][0], at + MOMENT)
        else:
            windows.append((at, at + MOMENT))
    return windows


def _kept(row: Sequence[Any]) -> KeptFix:
    at, known_at, *rest = row
    return KeptFix(archive.moment(at), archive.moment(known_at), *rest)


def heard_of(
    person_id: int, order_id: int, since: datetime, until: datetime, *, limit: int
) -> list[Arrival]:
    """All that a person's devices reported under an order, with a place or without, as `fixes_of`.

    Newest first, at most `limit`.
    """
    rows = _read(_Asked(person_id, order_id, since, until, limit), HEARD, "true")
    return [_arrival(*row) for row in rows]


def _arrival(*row: Any) -> Arrival:
    at_us, known_us, lat, lon, accuracy_m, battery, marks, alarms, device_id = row
    at = archive.moment(at_us)
    place = None if lat is None else Sighting(at, lat, lon, accuracy_m)
    return Arrival(
        device_id=device_id,
        at=at,
        known_at=archive.moment(known_us),
        place=place,
        speed_kmh=None,
        battery_percent=battery,
        marks=frozenset(marks or ()),
        alarms=tuple(alarms or ()),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    person_id: int
    order_id: int
    since: datetime
    until: datetime
    limit: int
    oldest: bool = False
    """Whether the oldest are asked for, oldest first; else the newest, newest first."""


def _read(asked: _Asked, columns: str, where: str) -> Sequence[Sequence[Any]]:
    person_id, order_id, since, until = asked.person_id, asked.order_id, asked.since, asked.until
    hot_where = f"{HOT} AND {where}"
    with connection.cursor() as cursor:
        cursor.execute(hot_where, [person_id, order_id, since, until])
        hot = archive.table(cursor.fetchall(), archive.COLUMNS)
        cursor.execute(WORN, [person_id])
        worn = _worn(cursor.fetchall())
    parts = [f"SELECT {archive.SHOWN}, true AS hot FROM hot_rows"]
    files = [files_of(day)[0] for day in archived_days(since, until)]
    if files:
        cold = f"FROM {archive.parquet(*files)} WHERE person_id = $person AND order_id = $order"
        parts.append(f"SELECT {archive.SHOWN}, false AS hot FROM ({archive.READ} {cold})")
    turn = "ASC" if asked.oldest else "DESC"
    query = f"""
        WITH both_stores AS (
            SELECT * FROM ({" UNION ALL ".join(parts)})
            WHERE "at" >= $since AND "at" < $until AND {where}
        )
        SELECT {columns} FROM ({ONCE}) AS fix WHERE EXISTS (
            SELECT 1 FROM worn WHERE worn.device_id = fix.device_id
                AND (worn.since IS NULL OR worn.since <= fix."at")
                AND (worn.until IS NULL OR fix."at" < worn.until))
        ORDER BY "at" {turn}, known_at {turn} LIMIT $limit
    """
    facts: dict[str, Any] = {"since": since, "until": until, "limit": asked.limit}
    if files:
        facts |= {"person": person_id, "order": order_id}
    with archive.reader() as engine:
        engine.register("hot_rows", hot)
        engine.register("worn", worn)
        found: Sequence[Sequence[Any]] = engine.execute(query, facts).fetchall()
    return found


def _worn(rows: Sequence[Sequence[Any]]) -> pa.Table:
    device, since, until = zip(*rows, strict=True) if rows else ((), (), ())
    moment = pa.timestamp("us", "UTC")
    columns = {
        "device_id": pa.array(device, pa.int64()),
        "since": pa.array(since, moment),
        "until": pa.array(until, moment),
    }
    return pa.table(columns)


def marks_of(fixes: Sequence[KeptFix]) -> dict[str, Answers]:
    """What each quality mark says of each of these fixes, which may be of several devices."""
    answers = {one.CARD.name: np.zeros(len(fixes), dtype=np.int8) for one in MARKS}
    device = np.array([fix.device_id for fix in fixes], dtype=np.int64)
    at_s = np.array([fix.at.timestamp() for fix in fixes])
    for one in np.unique(device):
        mine = np.flatnonzero(device == one)
        mine = mine[np.argsort(at_s[mine], kind="stable")]
        trail = _trail([fixes[int(index)] for index in mine])
        for mark in MARKS:
            answers[mark.CARD.name][mine] = mark.assess(trail)
    return answers


def _trail(fixes: Sequence[KeptFix]) -> Trail:
    def column(name: str) -> Floats:
        return np.array([getattr(fix, name) for fix in fixes], dtype=np.float64)

    told = {mark for fix in fixes for mark in fix.marks}
    return Trail(
        at_s=np.array([fix.at.timestamp() for fix in fixes]),
        known_s=np.array([fix.known_at.timestamp() for fix in fixes]),
        lat=column("lat"),
        lon=column("lon"),
        accuracy_m=column("accuracy_m"),
        speed_kmh=column("speed_kmh"),
        satellites=column("satellites"),
        said={mark: np.array([mark in fix.marks for fix in fixes]) for mark in told},
    )


def archived_days(since: datetime, until: datetime) -> list[ArchivedDay]:
    """The archived days of a window, each in the generation that counts."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    days = ArchivedDay.objects.filter(day__gte=first, day__lte=last)
    found = (latest(day) for day in days.order_by("day").values_list("day", flat=True).distinct())
    return [day for day in found if day is not None]
