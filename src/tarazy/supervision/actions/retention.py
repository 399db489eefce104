# SPDX-License-Identifier: EUPL-1.2
"""Delete what may no longer be kept: first planned and shown, later done, with an audit line each.

1. `ended`: the order ended longer ago than its `retain_days`. All its fixes go, archived or not.
2. `breaches_only`, `compliance_only`: the court lets us keep places around breaches, or none. The
   others go once they are judged, which takes as long as uploads may be late. Signs of life stay:
   they say nothing of a place, and that a device was heard is part of whether the order was kept.
3. Nothing of a person under a legal hold goes, and the plan says so.
4. Only a plan that was there to be seen for a day is carried out, and only what still holds of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision import archive
from tarazy.supervision.actions.archive import alone, rewrite_without
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
    with alone() as mine:
        if not mine:
            return 0
        gone = sum(_apply_item(actor, run, item, now) for item in items_of(run))
    _finish(actor, run, gone, now)
    return gone


def _apply_item(actor: Actor, run: RetentionRun, planned: Item, now: datetime) -> int:
    """What was planned of one order and still holds, judged by the time of the plan.

    The archive's files are written outside of any transaction, for that takes long.
    """
    order = Order.objects.select_related("person").get(public_id=planned.order)
    item = _item(order, run.planned_at)
    if item is None or item.held or item.reason != planned.reason:
        return 0
    without = _without(order, item.reason)
    days = _days_with(order, without, _cutoff(item.reason, run.planned_at))
    gone = sum(rewrite_without(actor, day, without, now) for day in days)
    try:
        return gone + _forget(actor, run, order, item.reason)
    except IntegrityError:  # somebody placed a hold in this moment
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
def _forget(door: Door, run: RetentionRun, order: Order, reason: str) -> int:
    """Delete the fixes of one order that a plan named, from the database; how many."""
    door.permit(order, order.public_id, basis=order.public_id)
    until = _cutoff(reason, run.planned_at)
    facts = [run.public_id, order.pk, order.in_force.lower, until, reason != ENDED]
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [*facts, _multirange(_without(order, reason))])
        (gone,) = cursor.fetchone() or (0,)
    door.keep(reason=reason, fixes=str(gone))
    return int(gone)


def _candidates(now: datetime) -> Iterator[Order]:
    strict = Q(trace_storage__in=[TraceStorage.BREACHES, TraceStorage.COMPLIANCE])
    over = RawSQL("upper(in_force) + retain_days * interval '1 day' < %s", [now])
    orders = Order.objects.filter(in_force__isempty=False).annotate(over=over)
    return orders.filter(strict | Q(over=True)).select_related("person").order_by("id").iterator()


def _cutoff(reason: str, planned_at: datetime) -> datetime:
    """Up to when fixes of an order may go."""
    return planned_at + timedelta(days=1) if reason == ENDED else planned_at - JUDGED_AFTER


def _item(order: Order, now: datetime) -> Item | None:
    """What may go of this order by the law of this time."""
    ended = order.in_force.upper + timedelta(days=order.retain_days) < now
    if not ended and order.trace_storage == TraceStorage.ALL:
        return None
    reason = ENDED if ended else order.trace_storage
    until, without = _cutoff(reason, now), _without(order, reason)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, (order.person_id, order.pk, until, not ended, _multirange(without)))
        count, since, last = cursor.fetchone() or (0, None, None)
    for day in _days_with(order, without, until):
        count += _count_in(day, without)
    if not count:
        return None
    since, last = since or order.in_force.lower, last or order.in_force.upper
    return Item(order.public_id, reason, since, last, int(count), _held(order.public_id))


def _without(order: Order, reason: str) -> archive.Without:
    spared: list[tuple[datetime, datetime | None]] = []
    if reason == TraceStorage.BREACHES:
        spared = [
            (since - AROUND_BREACH, until + AROUND_BREACH if until else None)
            for since, until in Alert.objects.filter(order=order).values_list("since", "until")
        ]
    return archive.Without(order.pk, reason != ENDED, spared)


def _multirange(without: archive.Without) -> str:
    """The spared times as PostgreSQL writes them."""
    parts = (
        f"[{since.isoformat()},{until.isoformat() if until else ''})"
        for since, until in without.spared
    )
    return "{" + ",".join(parts) + "}"


def _held(order_id: str) -> bool:
    person = Order.objects.filter(public_id=order_id).values("person_id")[:1]
    return LegalHold.objects.filter(person_id=person, lifted_at=None).exists()


def _days_with(order: Order, without: archive.Without, until: datetime) -> list[ArchivedDay]:
    """The archived days that hold something of it that goes."""
    last = min(order.in_force.upper, until).date()
    days = ArchivedDay.objects.filter(day__gte=order.in_force.lower.date(), day__lte=last)
    found = [latest(day) for day in days.order_by("day").values_list("day", flat=True).distinct()]
    return [day for day in found if day is not None and _count_in(day, without)]


def _count_in(day: ArchivedDay, without: archive.Without) -> int:
    columns = f"({archive.READ} FROM read_parquet('{files_of(day)[0]}'))"
    with archive.reader() as engine:
        query = f"SELECT count(*) FROM {columns} WHERE {without.condition}"
        found: Any = engine.execute(query).fetchone()
        return int(found[0])
