# SPDX-License-Identifier: EUPL-1.2
"""What may no longer be kept, of what is known now: for the plan, and again when it is done.

One pass: one query over the database's fixes, one over each archived day that holds something of
an order concerned, one over the findings. An order of which nothing was left after its time is
remembered as such (`forgotten_version`) and is not looked for again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from tarazy.supervision import archive
from tarazy.supervision.archive import Told
from tarazy.supervision.archived import files_of, latest
from tarazy.supervision.models import Alert, ArchivedDay, LegalHold, Order, TraceStorage
from tarazy.supervision.models.storage import JUDGED_AFTER
from tarazy.supervision.rules import buffer_entry

AROUND_BREACH = timedelta(minutes=30)
LAST_READ = timedelta(days=1)
"""After the last late upload that the gate lets in, until all of it has been read."""
ENDED = "ended"

Times = Sequence[tuple[datetime, datetime | None]]

FIXES = """
SELECT one.order_id, told.*
FROM unnest(%(orders)s::bigint[], %(people)s::bigint[], %(reasons)s::text[],
    %(before)s::timestamptz[], %(spared)s::tstzmultirange[])
    AS one (order_id, person_id, reason, before, spared)
CROSS JOIN LATERAL (
    SELECT count(*), min(at), max(at) FROM supervision_fix AS fix
    WHERE fix.person_id = one.person_id AND fix.order_id = one.order_id AND fix.at < one.before
        AND fix.known_at < %(planned_at)s AND (one.reason = 'ended' OR fix.lat IS NOT NULL)
        AND NOT one.spared @> fix.at) AS told
WHERE told.count > 0
"""
FINDINGS = """
SELECT one.order_id, count(*), min(told.at), max(told.at)
FROM unnest(%(orders)s::bigint[], %(reasons)s::text[], %(spared)s::tstzmultirange[])
    AS one (order_id, reason, spared)
CROSS JOIN LATERAL
    supervision_places_told(one.order_id, one.reason, %(planned_at)s, one.spared) AS told
GROUP BY one.order_id
"""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An order of which something may go: why, what exactly, and whether somebody holds it."""

    order: Order
    reason: str
    held: bool
    without: archive.Without

    @property
    def key(self) -> int:
        """The order's."""
        return self.order.pk


def candidates(now: datetime) -> list[Leaving]:
    """Every order of which something may go by the law of this time, be there any or not."""
    strict = Q(trace_storage__in=[TraceStorage.BREACHES, TraceStorage.COMPLIANCE])
    over = RawSQL(
        "coalesce(upper(in_force), revoked_at) + retain_days * interval '1 day' < %s", [now]
    )
    found = Order.objects.annotate(over=over).filter(strict | Q(over=True))
    forgotten = Q(forgotten_version__isnull=False, forgotten_version=F("version"))
    return leaving(list(found.exclude(forgotten).order_by("pk")), now, {})


def leaving(orders: Sequence[Order], now: datetime, also: Mapping[int, Times]) -> list[Leaving]:
    """What may go of these, besides the times that `also` spares."""
    reasons = {order.pk: _reason(order, now) for order in orders}
    breaches = _around_breaches([key for key, why in reasons.items() if why == "breaches_only"])
    people = [order.person_id for order in orders]
    holds = LegalHold.objects.filter(person_id__in=people, lifted_at=None)
    held = set(holds.values_list("person_id", flat=True))
    found = []
    for order in orders:
        reason = reasons[order.pk]
        if reason is None:
            continue
        places_only = reason != ENDED
        before = now - JUDGED_AFTER if places_only else now + timedelta(days=1)
        spared = [*also.get(order.pk, ()), *breaches.get(order.pk, ())]
        without = archive.Without(order.pk, now, before, places_only, spared)
        found.append(Leaving(order, reason, order.person_id in held, without))
    return found


def is_over(one: Leaving, now: datetime) -> bool:
    """Whether nothing can come any more of an order whose fixes may not be kept."""
    order = one.order
    end = order.revoked_at if order.in_force.isempty else order.in_force.upper
    late = timedelta(hours=order.late_upload_h) + LAST_READ
    return one.reason == ENDED and end is not None and end + late < now


def in_database(found: Sequence[Leaving], planned_at: datetime) -> dict[int, Told]:
    """How many fixes of each order go from the database."""
    return _asked(FIXES, found, planned_at)


def in_findings(found: Sequence[Leaving], planned_at: datetime) -> dict[int, Told]:
    """How many findings and states of each order have places that go (see forgetting.sql)."""
    return _asked(FINDINGS, found, planned_at)


def in_archive(found: Sequence[Leaving]) -> Iterator[tuple[ArchivedDay, dict[int, Told]]]:
    """Each archived day that holds something that goes, and how many fixes of which order."""
    days = ArchivedDay.objects.order_by("day").values_list("day", flat=True).distinct()
    for one in list(days):
        day = latest(one)
        if day is None:
            continue
        concerned = _concerned(day, [order.without for order in found])
        if concerned and (told := archive.count(files_of(day)[0], concerned)):
            yield day, told


def together(parts: Iterable[Mapping[int, Told]]) -> dict[int, Told]:
    """What several places hold of each order."""
    whole: dict[int, Told] = {}
    for part in parts:
        for key, told in part.items():
            whole[key] = whole[key] + told if key in whole else told
    return whole


def multirange(times: Times) -> str:
    """Times as PostgreSQL writes them."""
    parts = (
        f"[{since.isoformat()},{until.isoformat() if until else ''})" for since, until in times
    )
    return "{" + ",".join(parts) + "}"


def _reason(order: Order, now: datetime) -> str | None:
    """Why fixes of this order may go, by the law of this time; None where they may not."""
    # One that was annulled from its first day on is empty, and has no end of its own.
    end = order.revoked_at if order.in_force.isempty else order.in_force.upper
    if end is not None and end + timedelta(days=order.retain_days) < now:
        return ENDED
    return None if order.trace_storage == TraceStorage.ALL else order.trace_storage


def _around_breaches(orders: Sequence[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    # Being near a fence is no breach: nothing is kept for it.
    alerts = Alert.objects.filter(order_id__in=orders).exclude(rule=buffer_entry.CARD.code)
    for key, since, until in alerts.order_by("pk").values_list("order_id", "since", "until"):
        times = since - AROUND_BREACH, until + AROUND_BREACH if until else None
        found.setdefault(key or 0, []).append(times)
    return found


def _concerned(day: ArchivedDay, found: Sequence[archive.Without]) -> list[archive.Without]:
    """Orders that have something in the day's file; all where the manifest does not say."""
    begins = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
    orders = None if day.orders is None else set(day.orders)
    placed = None if day.placed is None else set(day.placed)

    def there(one: archive.Without) -> bool:
        holders = placed if one.places_only else orders
        return begins < one.before and (holders is None or one.order_id in holders)

    return [one for one in found if there(one)]


def _asked(query: str, found: Sequence[Leaving], planned_at: datetime) -> dict[int, Told]:
    facts: dict[str, Any] = {
        "orders": [one.key for one in found],
        "people": [one.order.person_id for one in found],
        "reasons": [one.reason for one in found],
        "before": [one.without.before for one in found],
        "spared": [multirange(one.without.spared) for one in found],
        "planned_at": planned_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, facts)
        return {key: Told(count, since, until) for key, count, since, until in cursor.fetchall()}
