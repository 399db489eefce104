# SPDX-License-Identifier: EUPL-1.2
"""Delete what may no longer be kept: first planned and shown, later done, with an audit line each.

1. `ended`: the order ended longer ago than its `retain_days`. All its fixes go, archived or not.
2. `breaches_only`, `compliance_only`: the court lets us keep places around breaches, or none. The
   others go once they are judged, which takes as long as uploads may be late. Signs of life stay:
   they say nothing of a place, and that a device was heard is part of whether the order was kept.
3. Nothing of a person under a legal hold goes, and the plan says so.
4. Only a plan that was there to be seen for a day is carried out, and only what still holds of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision import archive
from tarazy.supervision.actions.archive import rewrite_without
from tarazy.supervision.archived import files_of, latest
from tarazy.supervision.models import (
    Alert,
    ArchivedDay,
    LegalHold,
    Order,
    RetentionRun,
    TraceStorage,
)
from tarazy.supervision.refusals import Refusal

NOTICE = timedelta(hours=24)
JUDGED_AFTER = timedelta(hours=96)
AROUND_BREACH = timedelta(minutes=30)
ENDED = "ended"
ORDERS_MAX = 1000

COUNT = """
SELECT count(*), min(at), max(at) FROM supervision_fix
WHERE person_id = %s AND order_id = %s AND at < %s AND (lat IS NOT NULL OR NOT %s)
    AND NOT %s::tstzmultirange @> at
"""
FORGET = "SELECT supervision_forget_fixes(%s, %s, %s, %s, %s, %s::tstzmultirange)"


class Item(msgspec.Struct, frozen=True):
    """What would go of one order, and why."""

    order: str
    reason: str
    since: datetime
    until: datetime
    fixes: int
    held: bool


@action("supervision.retention.plan")
def plan_retention(door: Door, now: datetime) -> RetentionRun:
    """Find what may no longer be kept, and write it down to be seen; nothing is deleted."""
    door.permit(None, "")
    items = [item for order in _candidates(now) if (item := _item(order, now)) is not None]
    door.keep(orders=str(len(items)), fixes=str(sum(item.fixes for item in items)))
    return RetentionRun.objects.create(planned_at=now, items=msgspec.to_builtins(items))


def items_of(run: RetentionRun) -> list[Item]:
    """What a plan holds."""
    return msgspec.convert(run.items, list[Item])


def apply_retention(actor: Actor, now: datetime) -> int:
    """Carry out the last plan, if it was there to be seen for a day; how many fixes went.

    Raises Refused where there is none, or where it is too young or done already.
    """
    run = RetentionRun.objects.order_by("-id").first()
    if run is None or run.applied_at is not None:
        raise Refused(Refusal.PLAN_MISSING)
    if now - run.planned_at < NOTICE:
        raise Refused(Refusal.PLAN_TOO_YOUNG, hours=int(NOTICE.total_seconds() // 3600))
    gone = sum(
        _forget(actor, run, item.order, now) for item in items_of(run) if not _held(item.order)
    )
    _finish(actor, run, gone, now)
    return gone


def keep_retention(actor: Actor, now: datetime) -> None:
    """The timed job: carry out the plan that was seen for a day, and make the next one."""
    run = RetentionRun.objects.order_by("-id").first()
    if run is not None and run.applied_at is None:
        if now - run.planned_at >= NOTICE:
            apply_retention(actor, now)
    elif run is None or now - run.planned_at >= NOTICE:
        plan_retention(actor, now)


@action("supervision.retention.apply")
def _finish(door: Door, run: RetentionRun, gone: int, now: datetime) -> None:
    """Note that a plan was carried out."""
    door.permit(run, run.public_id)
    run.applied_at, run.deleted = now, gone
    run.save(update_fields=["applied_at", "deleted"])
    door.keep(fixes=str(gone))


@action("supervision.retention.forget")
def _forget(door: Door, run: RetentionRun, order_id: str, now: datetime) -> int:
    """Delete the fixes of one order that a plan named and that may still go; how many."""
    order = Order.objects.select_related("person").get(public_id=order_id)
    door.permit(order, order.public_id, basis=order.public_id)
    item = _item(order, now)
    if item is None:
        return 0
    ended = item.reason == ENDED
    until = now + timedelta(days=1) if ended else now - JUDGED_AFTER
    facts = [run.public_id, order.pk, order.in_force.lower, until, not ended, _spared(order)]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, facts)
        (gone,) = cursor.fetchone() or (0,)
    if ended:
        gone += sum(rewrite_without(door.actor, day, order.pk, now) for day in _days_with(order))
    door.keep(reason=item.reason, fixes=str(gone))
    return int(gone)


def _candidates(now: datetime) -> Sequence[Order]:
    strict = Q(trace_storage__in=[TraceStorage.BREACHES, TraceStorage.COMPLIANCE])
    orders = Order.objects.filter(strict | Q(in_force__endswith__lt=now), in_force__isempty=False)
    return list(orders.select_related("person").order_by("id")[:ORDERS_MAX])


def _item(order: Order, now: datetime) -> Item | None:
    """What may go of this order now."""
    ended = order.in_force.upper + timedelta(days=order.retain_days) < now
    if not ended and order.trace_storage == TraceStorage.ALL:
        return None
    until = now + timedelta(days=1) if ended else now - JUDGED_AFTER
    spared = "{}" if ended else _spared(order)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [order.person_id, order.pk, until, not ended, spared])
        count, since, last = cursor.fetchone() or (0, None, None)
    if ended:
        count += sum(_count_in(day, order.pk) for day in _days_with(order))
    if not count:
        return None
    reason = ENDED if ended else order.trace_storage
    since, last = since or order.in_force.lower, last or order.in_force.upper
    return Item(order.public_id, reason, since, last, int(count), _held(order.public_id))


def _spared(order: Order) -> str:
    """The times around breaches, as PostgreSQL writes them; none where the court wants none."""
    if order.trace_storage != TraceStorage.BREACHES:
        return "{}"
    found = Alert.objects.filter(order=order).values_list("since", "until")
    ranges = [
        DateTimeTZRange(since - AROUND_BREACH, until + AROUND_BREACH if until else None)
        for since, until in found
    ]
    parts = (
        f"[{one.lower.isoformat()},{one.upper.isoformat() if one.upper else ''})" for one in ranges
    )
    return "{" + ",".join(parts) + "}"


def _held(order_id: str) -> bool:
    person = Order.objects.filter(public_id=order_id).values("person_id")[:1]
    return LegalHold.objects.filter(person_id=person, lifted_at=None).exists()


def _days_with(order: Order) -> list[ArchivedDay]:
    """The archived days that have fixes of this order."""
    since, until = order.in_force.lower.date(), order.in_force.upper.date()
    days = ArchivedDay.objects.filter(day__gte=since, day__lte=until).order_by("day")
    found = [latest(day) for day in days.values_list("day", flat=True).distinct()]
    return [day for day in found if day is not None and _count_in(day, order.pk)]


def _count_in(day: ArchivedDay, order_id: int) -> int:
    query = "SELECT count(*) FROM read_parquet(?) WHERE order_id = ?"
    with archive.connect() as engine:
        found: Any = engine.execute(query, [str(files_of(day)[0]), order_id]).fetchone()
        return int(found[0])
