# SPDX-License-Identifier: EUPL-1.2
"""Judge what came after an order's end (judging/afterwards.py), out of the fix store.

Nothing is remembered of an order that is over, so all that this needs is read again: the reports
since just before the end, and those with alarms. Which uploads have settled follows from the rows,
whatever step they are read in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from msgspec.structs import replace

from tarazy.supervision.engine import past
from tarazy.supervision.engine.batch import FixBatch
from tarazy.supervision.engine.part import Part
from tarazy.supervision.judging import afterwards
from tarazy.supervision.judging.afterwards import Upload
from tarazy.supervision.judging.judge import rejudge
from tarazy.supervision.judging.late import throws_of
from tarazy.supervision.judging.subjects import (
    SETTLE_MAX,
    Arrival,
    Judged,
    Subject,
    Turn,
    Wearer,
)
from tarazy.supervision.judging.walk import Span
from tarazy.supervision.models import Order
from tarazy.supervision.presence.constants import KNOWN_FOR
from tarazy.supervision.presence.interface import Sighting

BLINK = timedelta(microseconds=1)
ROWS_MAX = 200_000
"""Reports that are looked at for one order; of a start, those in which a waiting one is sought."""

ROWS = """
SELECT transaction, id, device_id, least(at, known_at), known_at, lat, lon, marks, alarms
FROM supervision_fix
WHERE person_id = %s AND order_id = %s AND at >= %s
    AND (known_at >= %s OR cardinality(alarms) > 0) AND (transaction, id) <= (%s, %s)
ORDER BY known_at, at, id LIMIT %s
"""
WAITING = """
SELECT DISTINCT court.id
FROM (
    SELECT order_id, known_at FROM supervision_fix
    WHERE (transaction, id) <= (%s, %s) AND mod(person_id, %s) = %s
    ORDER BY transaction DESC, id DESC LIMIT %s
) AS fix
JOIN supervision_order AS court ON court.id = fix.order_id
WHERE fix.known_at > %s AND upper(court.in_force) <= %s
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A report that came after the end, or has an alarm."""

    arrival: Arrival
    fresh: bool
    """Whether this step reads it for the first time."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step knows."""

    batch: FixBatch
    read_to: tuple[int, int]
    """The last row that an earlier step has read."""
    span: Span
    listening_since: datetime | None
    write: Callable[[Sequence[Turn]], None]
    """Write what was found of the alarms and answers of an order."""
    take: Callable[[Judged], None]
    """Write what was found of an upload; what is read next is read with it."""


def waiting(read_to: tuple[int, int], span: Span, part: Part) -> set[int]:
    """Orders that are over and of which an upload may not have settled, where nobody remembers."""
    known = (span.since - SETTLE_MAX, span.until)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [*read_to, part.of, part.number, ROWS_MAX, *known])
        return {key for (key,) in cursor.fetchall()}


def judge(key: int, step: Step, *, ran: bool) -> datetime | None:
    """Judge what came after an order's end; when to look again, if something has not settled.

    `ran`: the order ended in this step, and what came before its end has been judged.
    """
    order = Order.objects.filter(pk=key).first()
    if order is None or order.in_force.isempty:
        return None
    begin, end = order.in_force.lower, order.in_force.upper
    rows = _rows(order, (begin, end - SETTLE_MAX), step)
    earlier, fresh = list[Arrival](), list[Arrival]()
    for row in rows:
        news = row.fresh and (row.arrival.known_at >= end or not ran)
        (fresh if news else earlier).append(row.arrival)
    if any(one.alarms for one in fresh):
        known = afterwards.known_before(earlier)
        subject = _subject(key, end, step, begin)
        step.write(afterwards.heard_after(subject, known, fresh, step.span.outages)[0].turns)
    due = None
    recent = [one for one in rows if one.arrival.known_at >= end - SETTLE_MAX]
    for upload in afterwards.uploads(end, [one.arrival for one in recent]):
        if upload.at > step.span.until:
            due = upload.at
        elif upload.at > step.span.since or _new(upload, recent):
            step.take(_judged(key, end, upload, step))
    return due


def _new(upload: Upload, rows: Sequence[Row]) -> bool:
    late = upload.late
    return any(one.fresh and late.first <= one.arrival.known_at <= late.last for one in rows)


def _judged(key: int, end: datetime, upload: Upload, step: Step) -> Judged:
    at = max(upload.at, step.span.since)
    subject = _subject(key, end, step, upload.late.since)
    before = past.Asked(replace(subject, wearer=Wearer()), upload.late.since)
    throws = throws_of(past.places(before, upload.late.since - KNOWN_FOR, step.batch))
    subject = replace(subject, wearer=Wearer(late=upload.late, throws=throws))
    told = past.pasts([past.Asked(subject, at)], step.batch)
    return rejudge(subject, told[key], Span(at, at, step.span.outages))


def _subject(key: int, end: datetime, step: Step, since: datetime) -> Subject:
    """The order as it was just before its end, and what is believed of it by now."""
    (found,) = past.with_changes([key], since, end - BLINK, step.listening_since)
    return found


def _rows(order: Order, times: tuple[datetime, datetime], step: Step) -> list[Row]:
    last = (step.batch.transaction, step.batch.fix_id)
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [order.person_id, order.pk, *times, *last, ROWS_MAX])
        return [_row(step.read_to, told) for told in cursor.fetchall()]


def _row(read_to: tuple[int, int], told: Sequence[Any]) -> Row:
    transaction, number, device_id, at, known_at, lat, lon, marks, alarms = told
    place = None if lat is None else Sighting(at, lat, lon, None)
    arrival = Arrival(
        *(device_id, at, known_at, place, None, None, frozenset(marks), tuple(alarms))
    )
    return Row(arrival, (transaction, number) > read_to)
