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
6. Findings were made of places, and have them as evidence. What goes of the fixes goes there too,
   in a line of its own: coordinates alone; that, when, how surely something was found, stays.
   `compliance_only`: of alerts and changes of presence. `breaches_only`: of changes outside of the
   spared times; alerts keep theirs. `ended`: of all, and the engine's last state of the person.
7. While an order is in force the engine's own state stays whatever the order says: judging goes on
   from the last few places, and who is on duty must know where somebody was last seen who is
   silent since. That is one place a person and at most a few a condition; the next report replaces
   them, and the engine removes them with the order's end.
8. Papers, messages, receipts, contacts, unapproved drafts and the like have periods of their own
   (`periods.toml`), and go by the same plan (actions/leaving_records.py, actions/records.py).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.actions.archive import alone, rewrite_without
from tarazy.supervision.actions.leaving import (
    ENDED,
    Leaving,
    candidates,
    in_archive,
    in_database,
    in_findings,
    is_over,
    leaving,
    multirange,
    together,
)
from tarazy.supervision.actions.leaving_records import by_order, due
from tarazy.supervision.actions.protection import forget_protected
from tarazy.supervision.actions.records import forget_records, sweep_papers
from tarazy.supervision.models import FacetState, Order, RetentionRun
from tarazy.supervision.refusals import Refusal

NOTICE = timedelta(hours=24)

FORGET = "SELECT supervision_forget_fixes(%s, %s, %s::tstzmultirange)"
BLANK = "SELECT supervision_blank_places(%s, %s, %s::tstzmultirange)"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What would go of one order, and why: fixes, or the places of findings."""

    order: str
    reason: str
    since: datetime
    until: datetime
    fixes: int = 0
    findings: int = 0
    records: list[str] = []
    """Public ids of papers, messages, receipts and the like; `reason` is then their period."""
    held: bool
    spared: list[tuple[datetime, datetime | None]] = []
    """Around breaches, as they were known: what was not shown does not go."""


def plan_retention(actor: Actor, now: datetime) -> RetentionRun:
    """Find what may no longer be kept, and write it down to be seen; nothing is deleted.

    It is found outside of any transaction, for that takes long.
    """
    found = candidates(now)
    fixes = together([in_database(found, now), *(told for _, told in in_archive(found))])
    findings = in_findings(found, now)
    items = []
    for one in found:
        facts = {"order": one.order.public_id, "reason": one.reason, "held": one.held}
        for name, parts in (("fixes", fixes), ("findings", findings)):
            if told := parts.get(one.key):
                times = {"since": told.since, "until": told.until, "spared": one.without.spared}
                items.append(msgspec.convert({**facts, **times, name: told.count}, Item))
    items += _records_due(now)
    whole = fixes.keys() | findings.keys()
    done = [one.key for one in found if one.key not in whole and is_over(one, now)]
    return _record_plan(actor, items, done, now)


@action("supervision.retention.plan")
def _record_plan(
    door: Door, items: Sequence[Item], done: Sequence[int], now: datetime
) -> RetentionRun:
    """Write down what may no longer be kept, to be seen, and of which orders nothing is left."""
    door.permit(None, "")
    Order.objects.filter(pk__in=done).update(forgotten_version=F("version"))
    door.keep(orders=str(len({item.order for item in items})))
    door.keep(fixes=str(sum(item.fixes for item in items)))
    door.keep(findings=str(sum(item.findings for item in items)))
    door.keep(records=str(sum(len(item.records) for item in items)))
    return RetentionRun.objects.create(planned_at=now, items=msgspec.to_builtins(items))


def waiting_plan() -> RetentionRun | None:
    """The last plan, while it waits to be carried out."""
    run = RetentionRun.objects.order_by("-id").first()
    return None if run is None or run.applied_at is not None else run


def items_of(run: RetentionRun) -> list[Item]:
    """What a plan holds."""
    return msgspec.convert(run.items, list[Item])


def apply_retention(actor: Actor, now: datetime) -> int:
    """Carry out the last plan, if it was there to be seen for a day; how many fixes went.

    Raises Refused where there is none, or where it is too young or done already.
    """
    run = waiting_plan()
    if run is None:
        raise Refused(Refusal.PLAN_MISSING)
    if now - run.planned_at < NOTICE:
        raise Refused(Refusal.PLAN_TOO_YOUNG, hours=int(NOTICE.total_seconds() // 3600))
    with alone() as mine:
        if not mine:
            return 0
        gone = _forget_all(actor, run, now)
        blanked = _blank_all(actor, run)
        planned = [(one.order, one.reason, one.records) for one in items_of(run) if one.records]
        records = forget_records(actor, planned, run.planned_at, now)
    _finish(actor, run, gone, (blanked, records), now)
    sweep_papers()
    return gone


def _records_due(now: datetime) -> list[Item]:
    """Papers, messages, receipts and the like whose period is over, by order and period."""
    return [
        Item(
            order=order,
            reason=reason,
            since=min(one.at for one in found),
            until=max(one.at for one in found),
            records=[one.record for one in found],
            held=held,
        )
        for (order, reason, held), found in by_order(due(now)).items()
    ]


def _still_holds(run: RetentionRun, items: Sequence[Item]) -> list[Leaving]:
    """What was planned and still holds, judged by the time of the plan."""
    planned = {item.order: item for item in items}
    orders = list(Order.objects.filter(public_id__in=planned).order_by("pk"))
    spared = {order.pk: planned[order.public_id].spared for order in orders}
    return [
        one
        for one in leaving(orders, run.planned_at, spared)
        if not one.held and one.reason == planned[one.order.public_id].reason
    ]


def _forget_all(actor: Actor, run: RetentionRun, now: datetime) -> int:
    """The archive's files are written outside of any transaction, each day once for all orders."""
    found = _still_holds(run, [item for item in items_of(run) if item.fixes])
    archived: Counter[int] = Counter()
    for day, told in in_archive(found):
        without = [one.without for one in found if one.key in told]
        went = rewrite_without(actor, day, without, now)
        archived.update({key: told[key].count for key in went})
    return sum(_forget(actor, run, one, archived[one.key]) for one in found)


def _blank_all(actor: Actor, run: RetentionRun) -> int:
    blanked = 0
    for one in _still_holds(run, [item for item in items_of(run) if item.findings]):
        try:
            blanked += _blank(actor, run, one)
        except IntegrityError:  # somebody placed a hold in this moment
            continue
    return blanked


def keep_retention(actor: Actor, now: datetime) -> None:
    """The timed job: carry out the plan that was seen for a day, and make the next one.

    What protected people gave goes without a plan: they are under no order, and it is kept for two
    days at most (protection.sql).
    """
    forget_protected(actor, now)
    sweep_papers()
    run = RetentionRun.objects.order_by("-id").first()
    if run is not None and run.applied_at is None:
        if now - run.planned_at >= NOTICE:
            apply_retention(actor, now)
    elif run is None or now - run.planned_at >= NOTICE:
        plan_retention(actor, now)


@action("supervision.retention.apply")
def _finish(door: Door, run: RetentionRun, gone: int, also: tuple[int, int], now: datetime) -> None:
    """Note that a plan was carried out."""
    door.permit(run, run.public_id)
    run.applied_at, run.deleted = now, gone
    run.save(update_fields=["applied_at", "deleted"])
    door.keep(fixes=str(gone), findings=str(also[0]), records=str(also[1]))


@action("supervision.retention.forget")
def _forget(door: Door, run: RetentionRun, one: Leaving, archived: int) -> int:
    """Delete the fixes of one order that a plan named, from the database; how many with those."""
    door.permit(one.order, one.order.public_id, basis=one.order.public_id)
    gone = archived
    try:
        with transaction.atomic():
            gone += _called(FORGET, run, one)
    except IntegrityError:  # somebody placed a hold in this moment: what is there stays
        door.keep(held="yes")
    door.keep(reason=one.reason, fixes=str(gone))
    return gone


@action("supervision.retention.blank")
def _blank(door: Door, run: RetentionRun, one: Leaving) -> int:
    """Delete the places of one order's findings that a plan named; of how many findings."""
    door.permit(one.order, one.order.public_id, basis=one.order.public_id)
    blanked = _called(BLANK, run, one)
    if one.reason == ENDED:  # what is only needed to go on judging
        FacetState.objects.filter(condition__order=one.order).delete()
    door.keep(reason=one.reason, findings=str(blanked))
    return blanked


def _called(function: str, run: RetentionRun, one: Leaving) -> int:
    with connection.cursor() as cursor:
        cursor.execute(function, [run.public_id, one.key, multirange(one.without.spared)])
        (count,) = cursor.fetchone() or (0,)
    return int(count)
