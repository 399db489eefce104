# SPDX-License-Identifier: EUPL-1.2
"""Move closed days of fixes from the database to Parquet files.

A day is closed once late uploads for it have ended. Its files are written and read back before the
manifest names them, the manifest is committed before the database's rows go, and those go only as
many as the files hold: whatever stops it in between, every fix is in at least one of the two.
A fix that comes for a closed day stays in the database until the day is written anew with it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.supervision import archive
from tarazy.supervision.archived import files_of, folder, latest
from tarazy.supervision.models import ArchivedDay, EngineCheckpoint

log = structlog.get_logger()

CLOSED_AFTER_DAYS = 4  # three days for late uploads, and one for the last of them to be judged
DAYS_AT_ONCE_MAX = 8
LATE_AGAIN = timedelta(hours=20)  # a closed day with late fixes is written anew once a day at most

PARTITIONS = """
SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_inherits
JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'supervision_fix'::regclass ORDER BY 1
"""
UNREAD = """
SELECT EXISTS (SELECT FROM supervision_fix WHERE at >= %s AND at < %s AND transaction > %s)
"""
ROWS = f"SELECT {archive.SELECTED} FROM supervision_fix WHERE at >= %s AND at < %s"


def close_days(actor: Actor, now: datetime) -> int:
    """Archive the closed days that the database still has; how many fixes went."""
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS)
        days = [day for (day,) in cursor.fetchall()]
    last = (now - timedelta(days=CLOSED_AFTER_DAYS)).date()
    moved = 0
    for day in [day for day in days if day <= last][:DAYS_AT_ONCE_MAX]:
        before = latest(day)
        if before is not None and now - before.archived_at < LATE_AGAIN:
            continue
        if not _unread(day):
            moved += close_day(actor, day, now)
    clean(now)
    return moved


@action("supervision.archive.close_day")
def _record_day(
    door: Door, day: date, written: archive.Written, covered: int, at: datetime
) -> None:
    """Name the files of a closed day in the manifest, after they were read back."""
    door.permit(None, "")
    before = latest(day)
    ArchivedDay.objects.create(
        day=day,
        generation=before.generation + 1 if before else 1,
        fixes=written.fixes,
        covered=covered,
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        raw_sha256=written.raw_sha256,
        archived_at=at,
    )
    door.keep(day=day.isoformat(), sha256=written.sha256, fixes=str(written.fixes))


def close_day(actor: Actor, day: date, now: datetime) -> int:
    """Archive one day; how many fixes left the database."""
    before = latest(day)
    target = ArchivedDay(day=day, generation=before.generation + 1 if before else 1)
    counted = Counted(day)
    old = files_of(before) if before else None
    with transaction.atomic():
        written = archive.write_day(iter(counted), old, files_of(target))
    _record_day(actor, day, written, counted.rows, now)
    return _drop(day, target.generation)


def rewrite_without(actor: Actor, day: ArchivedDay, order_id: int, now: datetime) -> int:
    """Write an archived day anew without one order's fixes; how many that were.

    Its late fixes in the database are another matter, and stay.
    """
    target = ArchivedDay(day=day.day, generation=day.generation + 1)
    written = archive.write_day(iter(()), files_of(day), files_of(target), order_id)
    _record_day(actor, day.day, written, 0, now)
    return day.fixes - written.fixes


class Counted:
    """A day's rows in bunches, and how many they were."""

    def __init__(self, day: date) -> None:
        self._day = day
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Sequence[Any]]]:
        with connection.connection.cursor("closed_day") as cursor:
            cursor.itersize = archive.BATCH_ROWS
            cursor.execute(ROWS.encode(), _bounds(self._day))
            while rows := cursor.fetchmany(archive.BATCH_ROWS):
                self.rows += len(rows)
                yield rows


def clean(now: datetime) -> None:
    """Remove files that the manifest does not count any more, once nobody can be reading them."""
    wanted = {
        path
        for day in ArchivedDay.objects.values_list("day", flat=True).distinct()
        for path in files_of(latest(day) or ArchivedDay(day=day, generation=0))
    }
    for path in folder().glob("*/*.parquet"):
        age = now.timestamp() - path.stat().st_mtime
        if path not in wanted and age > READING_S_MAX:
            path.unlink()


READING_S_MAX = 3600


def _drop(day: date, generation: int) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT supervision_drop_fix_day(%s, %s)", [day, generation])
            (gone,) = cursor.fetchone() or (0,)
            return int(gone)
    except DatabaseError as error:  # a fix came meanwhile: next time it goes along
        log.info("archive_day_not_dropped", day=day.isoformat(), kind=type(error).__name__)
        return 0


def _unread(day: date) -> bool:
    """Whether the engine has yet to judge some of it."""
    reached = EngineCheckpoint.objects.order_by("transaction").first()
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [*_bounds(day), reached.transaction if reached else -1])
        (found,) = cursor.fetchone() or (False,)
        return bool(found)


def _bounds(day: date) -> tuple[str, str]:
    return f"{day.isoformat()}T00:00Z", f"{(day + timedelta(days=1)).isoformat()}T00:00Z"
