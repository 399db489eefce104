# SPDX-License-Identifier: EUPL-1.2
"""Move closed days of fixes from the database to Parquet files.

A day is closed once late uploads for it have ended. Its files are written and read back before the
manifest names them, the manifest is committed before the database's rows go, and those go only as
many as the files hold: whatever stops it in between, every fix is in at least one of the two.
A fix that comes for a closed day stays in the database until the day is written anew with it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.supervision import archive
from tarazy.supervision.archived import files_of, folder, latest
from tarazy.supervision.models import ArchivedDay, EngineCheckpoint, LegalHold, Person

log = structlog.get_logger()

CLOSED_AFTER_DAYS = 4  # of its beginning: three days after its end are for late uploads
DAYS_AT_ONCE_MAX = 8
LOCK = 7_245_003  # not that of the engine, which must go on judging meanwhile
ENGINE = "engine"
NOTHING_SEEN = "1:1:"
READING_MAX = timedelta(hours=1)
LEFT_BEHIND = ("*/*.parquet", "*/*.half", "*/.*")
LATE_AGAIN = timedelta(hours=20)  # a closed day with late fixes is written anew once a day at most

PARTITIONS = """
SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_inherits
JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'supervision_fix'::regclass ORDER BY 1
"""
WAITING = """
SELECT EXISTS (
    SELECT FROM supervision_fix WHERE at >= %s AND at < %s AND (transaction, id) > (%s, %s)
) OR EXISTS (
    SELECT FROM supervision_fix AS fix JOIN supervision_order AS court ON court.id = order_id
    WHERE at >= %s AND at < %s AND lat IS NOT NULL AND (
        trace_storage = 'compliance_only' OR trace_storage = 'breaches_only' AND NOT EXISTS (
            SELECT FROM supervision_alert AS alert WHERE alert.order_id = court.id
                AND tstzrange(since - interval '30 minutes', until + interval '30 minutes') @> at))
    AND NOT EXISTS (
        SELECT FROM supervision_legalhold AS hold
        WHERE hold.person_id = court.person_id AND lifted_at IS NULL))
"""
ROWS = f"SELECT {archive.SELECTED} FROM supervision_fix WHERE at >= %s AND at < %s"


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else archives or deletes now; for as long as this lasts nobody will."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone() or (False,)
        try:
            yield bool(mine)
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def close_days(actor: Actor, now: datetime) -> int:
    """Archive the closed days that the database still has; how many fixes went."""
    with alone() as mine:
        if not mine:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(PARTITIONS)
            days = [day for (day,) in cursor.fetchall()]
        last = (now - timedelta(days=CLOSED_AFTER_DAYS)).date()
        # A whole day first: what came late for days of long ago must not keep it waiting.
        archived = set(ArchivedDay.objects.values_list("day", flat=True))
        days.sort(key=lambda day: day in archived)
        ready = (day for day in days if day <= last and _ready(day, now))
        moved = sum(close_day(actor, day, now) for day in islice(ready, DAYS_AT_ONCE_MAX))
        clean(now)
        return moved


def _ready(day: date, now: datetime) -> bool:
    """Not just written, judged, and without places that the court does not let us keep."""
    before = latest(day)
    if before is not None and now - before.archived_at < LATE_AGAIN:
        return False
    reached = EngineCheckpoint.objects.filter(name=ENGINE).first()
    read = (reached.transaction, reached.fix_id) if reached else (-1, -1)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, (*_bounds(day), *read, *_bounds(day)))
        (waiting,) = cursor.fetchone() or (True,)
        return not waiting


class Held(Exception):
    """Somebody placed a legal hold while files were written without what it holds."""

    def __init__(self, orders: set[int]) -> None:
        super().__init__()
        self.orders = orders


@action("supervision.archive.close_day")
def _record_day(
    door: Door,
    made: ArchivedDay,
    written: archive.Written,
    why: "Counted | Sequence[archive.Without]",
    at: datetime,
) -> None:
    """Name the files of a closed day in the manifest, after they were read back."""
    door.permit(None, "")
    counted = why if isinstance(why, Counted) else None
    if not isinstance(why, Counted):
        _not_held({one.order_id for one in why})
    made.fixes, made.size_bytes, made.archived_at = written.fixes, written.size_bytes, at
    made.sha256, made.raw_sha256 = written.sha256, written.raw_sha256
    made.orders, made.placed = list(written.orders), list(written.placed)
    made.covered = counted.rows if counted else 0
    made.snapshot = counted.snapshot if counted else NOTHING_SEEN
    made.save(force_insert=True)
    door.keep(day=made.day.isoformat(), sha256=written.sha256, fixes=str(written.fixes))


def close_day(actor: Actor, day: date, now: datetime) -> int:
    """Archive one day; how many fixes left the database."""
    before = latest(day)
    made = ArchivedDay(day=day, generation=before.generation + 1 if before else 1)
    counted = Counted(day)
    old = files_of(before) if before else None
    with transaction.atomic():  # reads only: nobody waits for it
        written = archive.write_day(iter(counted), old, files_of(made))
    _record_day(actor, made, written, counted, now)
    return _drop(day, made.generation)


def rewrite_without(
    actor: Actor, day: ArchivedDay, without: Sequence[archive.Without], now: datetime
) -> set[int]:
    """Write an archived day anew, once, without what must go; the keys of the orders it went of.

    Its late fixes in the database are another matter, and stay. Where a hold came meanwhile, it is
    written again with what that holds.
    """
    while without:
        made = ArchivedDay(day=day.day, generation=day.generation + 1)
        written = archive.write_day(iter(()), files_of(day), files_of(made), without)
        try:
            _record_day(actor, made, written, without, now)
        except Held as held:
            without = [one for one in without if one.order_id not in held.orders]
        else:
            break
    return {one.order_id for one in without}


def _not_held(orders: set[int]) -> None:
    """Whoever places a hold locks the person too: it comes before, or after the files are named."""
    people = Person.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(people.filter(orders__in=orders).values_list("pk"))
    holds = LegalHold.objects.filter(person__orders__in=orders, lifted_at=None)
    held = orders.intersection(holds.values_list("person__orders", flat=True))
    if held:
        raise Held(held)


class Counted:
    """A day's rows in bunches, and how many they were."""

    def __init__(self, day: date) -> None:
        self._day = day
        self.rows = 0
        self.snapshot = NOTHING_SEEN

    def __iter__(self) -> Iterator[Sequence[Sequence[Any]]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            (self.snapshot,) = cursor.fetchone() or (NOTHING_SEEN,)
        with connection.connection.cursor("closed_day") as cursor:
            cursor.itersize = archive.BATCH_ROWS
            cursor.execute(ROWS.encode(), _bounds(self._day))
            while rows := cursor.fetchmany(archive.BATCH_ROWS):
                self.rows += len(rows)
                yield rows


def clean(now: datetime) -> None:
    """Remove files that the manifest does not count any more, once nobody can be reading them."""
    replaced_at: dict[date, datetime] = {}
    needless: dict[Path, datetime] = {}
    known: set[Path] = set()
    for one in ArchivedDay.objects.order_by("day", "-generation"):
        known.update(files_of(one))
        if one.day in replaced_at:
            needless |= dict.fromkeys(files_of(one), replaced_at[one.day])
        replaced_at.setdefault(one.day, one.archived_at)
    # Of a run that was killed before it named its files:
    left = {path for pattern in LEFT_BEHIND for path in folder().glob(pattern)} - known
    needless |= {path: datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in left}
    for path, since in needless.items():
        if now - since > READING_MAX:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _drop(day: date, generation: int) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT supervision_drop_fix_day(%s, %s)", [day, generation])
            (gone,) = cursor.fetchone() or (0,)
            return int(gone)
    except DatabaseError as error:  # a fix came meanwhile: next time it goes along
        log.info("archive_day_not_dropped", day=day.isoformat(), kind=type(error).__name__)
        return 0


def _bounds(day: date) -> tuple[str, str]:
    return f"{day.isoformat()}T00:00Z", f"{(day + timedelta(days=1)).isoformat()}T00:00Z"
