# SPDX-License-Identifier: EUPL-1.2
"""Delete what may no longer be kept: first planned and shown, later done, with an audit line each.

1. `ended`: the order ended longer ago than its `retain_days`. All its fixes go, archived or not.
2. `breaches_only`, `compliance_only`: the court lets us keep places around breaches, or none. The
   others go once they are judged, which takes as long as uploads may be late. Signs of life stay:
   they say nothing of a place, and that a device was heard is part of whether the order was kept.
3. Nothing of a person under a legal hold goes, and the plan says so.
4. Only a plan that was there to be seen for a day is carried out, and only what still holds of it.
   What came after the plan, or was spared when it was made, waits for the next one.
5. Whatever was ever accepted under an order goes with it, also where a court shortened or annulled
   it since.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import IntegrityError, connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision import archive
from tarazy.supervision.actions.archive import Held, alone, rewrite_without
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
WHERE person_id = %s AND order_id = %s AND at < %s AND known_at < %s
    AND (lat IS NOT NULL OR NOT %s) AND NOT %s::tstzmultirange @> at
"""
FORGET = "SELECT supervision_forget_fixes(%s, %s, %s::tstzmultirange)"


class Item(msgspec.Struct, frozen=True):
    """What would go of one order, and why."""

    order: str
    reason: str
    since: datetime
    until: datetime
    fixes: int
    held: bool
    spared: list[tuple[datetime, datetime | None]] = []
    """Around breaches, as they were known: what was not shown does not go."""


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
    order = Order.objects.get(public_id=planned.order)
    if _held(order) or _reason(order, run.planned_at) != planned.reason:
        return 0
    without = _without(order, planned.reason, run.planned_at, planned.spared)
    gone = 0
    try:
        for day, *_ in _days_with(order, without):
            gone += rewrite_without(actor, day, without, now)
        return gone + _forget(actor, run, order, without)
    except (Held, IntegrityError):  # somebody placed a hold in this moment
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
def _forget(door: Door, run: RetentionRun, order: Order, without: archive.Without) -> int:
    """Delete the fixes of one order that a plan named, from the database; how many."""
    door.permit(order, order.public_id, basis=order.public_id)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [run.public_id, order.pk, _multirange(without)])
        (gone,) = cursor.fetchone() or (0,)
    door.keep(reason=_reason(order, run.planned_at) or "", fixes=str(gone))
    return int(gone)


def _candidates(now: datetime) -> Iterator[Order]:
    strict = Q(trace_storage__in=[TraceStorage.BREACHES, TraceStorage.COMPLIANCE])
    over = RawSQL(
        "coalesce(upper(in_force), revoked_at) + retain_days * interval '1 day' < %s", [now]
    )
    orders = Order.objects.annotate(over=over)
    return orders.filter(strict | Q(over=True)).order_by("id").iterator()


def _reason(order: Order, now: datetime) -> str | None:
    """Why fixes of this order may go, by the law of this time; None where they may not."""
    # One that was annulled from its first day on is empty, and has no end of its own.
    end = order.revoked_at if order.in_force.isempty else order.in_force.upper
    if end is not None and end + timedelta(days=order.retain_days) < now:
        return ENDED
    return None if order.trace_storage == TraceStorage.ALL else order.trace_storage


def _item(order: Order, now: datetime) -> Item | None:
    """What may go of this order, of what is known now."""
    reason = _reason(order, now)
    if reason is None:
        return None
    without = _without(order, reason, now)
    who = (order.person_id, order.pk, without.before, without.known_before, without.places_only)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, (*who, _multirange(without)))
        found = [cursor.fetchone() or (0, None, None)]
    found += [told for _, *told in _days_with(order, without)]
    found = [one for one in found if one[0]]
    if not found:
        return None
    counts, firsts, lasts = zip(*found, strict=True)
    facts = (sum(counts), _held(order), list(without.spared))
    return Item(order.public_id, reason, min(firsts), max(lasts), *facts)


def _without(
    order: Order,
    reason: str,
    planned_at: datetime,
    also: Sequence[tuple[datetime, datetime | None]] = (),
) -> archive.Without:
    spared = list(also)
    if reason == TraceStorage.BREACHES:
        alerts = Alert.objects.filter(order=order).order_by("pk").values_list("since", "until")
        spared += [
            (since - AROUND_BREACH, until + AROUND_BREACH if until else None)
            for since, until in alerts
        ]
    places_only = reason != ENDED
    before = planned_at - JUDGED_AFTER if places_only else planned_at + timedelta(days=1)
    return archive.Without(order.pk, planned_at, before, places_only, spared)


def _multirange(without: archive.Without) -> str:
    """The spared times as PostgreSQL writes them."""
    parts = (
        f"[{since.isoformat()},{until.isoformat() if until else ''})"
        for since, until in without.spared
    )
    return "{" + ",".join(parts) + "}"


def _held(order: Order) -> bool:
    return LegalHold.objects.filter(person_id=order.person_id, lifted_at=None).exists()


def _days_with(
    order: Order, without: archive.Without
) -> Iterator[tuple[ArchivedDay, int, datetime, datetime]]:
    """The archived days that hold something of it that goes: how many, from when, until when."""
    periods = [order.in_force, *order.versions.values_list("in_force", flat=True)]
    periods = [one for one in periods if not one.isempty]
    if not periods:
        return
    first, last = min(one.lower for one in periods), max(one.upper for one in periods)
    last = min(last, without.before)
    days = ArchivedDay.objects.filter(
        day__gte=first.astimezone(UTC).date(), day__lte=last.astimezone(UTC).date()
    )
    for one in days.order_by("day").values_list("day", flat=True).distinct():
        day = latest(one)
        if day is not None and (told := _count_in(day, without))[0]:
            yield day, *told


def _count_in(day: ArchivedDay, without: archive.Without) -> tuple[int, datetime, datetime]:
    columns = f"({archive.READ} FROM read_parquet({archive.quoted(files_of(day)[0])}))"
    with archive.reader() as engine:
        query = f"""SELECT count(*), epoch_us(min("at")), epoch_us(max("at"))
            FROM {columns} WHERE {without.condition}"""
        count, since, until = engine.execute(query).fetchone() or (0, None, None)
    return int(count), archive.moment(since or 0), archive.moment(until or 0)
