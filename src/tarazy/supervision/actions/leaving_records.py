# SPDX-License-Identifier: EUPL-1.2
"""Which papers, messages, receipts, drafts and the like may no longer be kept by now.

A paper is kept for its period after the last of all that refers to it has ended: an order by any
version, a draft, the orders of whoever was fitted. While one of them lives, or one of those people
is under a legal hold, it stays; and where something refers to it that this file does not know.

A discarded draft never became part of an order: what it says of the person is kept for its period
after it was put away. One on which nobody decided is, from the end of the time for which it was
written, or of the order that it would have changed, whatever comes later: after that no court's
time is left in it. Without an end it waits for a person. A hold on whoever it is about, or has the
same IIN, keeps it.

Why an absence was permitted goes after the order, as its paper does; what was noted of a check-in,
as what was noted of an appointment; whom to telephone about somebody, after the last order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import ForeignKey

from tarazy.supervision.models import Paper
from tarazy.supervision.periods import LOOSE

OF_AN_ORDER = """
    SELECT one.scan_id, court.person_id, court.public_id, court.ended
    FROM TABLE AS one JOIN court ON court.id = one.order_id
"""
OF_A_DRAFT = """
    SELECT one.scan_id, coalesce(court.person_id, one.person_id), coalesce(court.public_id, ''),
        CASE WHEN one.state IN ('draft', 'submitted') THEN 'infinity'
            ELSE greatest(one.decided_at, court.ended, one.created_at) END
    FROM TABLE AS one LEFT JOIN court ON court.id = one.order_id
"""
OF_A_FITTING = """
    SELECT one.COLUMN, fitting.person_id, coalesce(last.public_id, ''),
        coalesce(last.ended, 'infinity')
    FROM TABLE AS one
    JOIN supervision_fitting AS fitting ON fitting.id = one.fitting_id
    LEFT JOIN last ON last.person_id = fitting.person_id
"""
OF_WHAT_WE_DO_NOT_KNOW = """
    SELECT one.COLUMN, NULL::bigint, '', 'infinity'::timestamptz FROM TABLE AS one
"""
OWNERS: Mapping[str, str] = {
    "supervision_orderversion.scan_id": OF_AN_ORDER,
    "supervision_permittedabsence.scan_id": OF_AN_ORDER,
    "supervision_orderdraft.scan_id": OF_A_DRAFT,
    "supervision_fittingprotocol.photo_id": OF_A_FITTING,
    "supervision_fittingprotocol.signature_id": OF_A_FITTING,
}
"""Whose end a paper waits for, by what refers to it; any other reference keeps it for good."""

DUE = """
WITH held AS (
    SELECT DISTINCT person_id FROM supervision_legalhold WHERE lifted_at IS NULL
), court AS (
    SELECT id, public_id, person_id, coalesce(upper(in_force), revoked_at, 'infinity') AS ended
    FROM supervision_order
), last AS (
    SELECT person_id, max(ended) AS ended, max(public_id) AS public_id FROM court GROUP BY person_id
), owner (paper_id, person_id, public_id, ended) AS (
    OWNERS
), record AS (
    SELECT paper.public_id AS record,
        CASE WHEN count(owner.paper_id) = 0 THEN %(loose)s ELSE paper.kind END AS reason,
        coalesce(max(owner.public_id), '') AS court, paper.recorded_at AS at,
        coalesce(max(owner.ended), paper.recorded_at) AS ended,
        coalesce(bool_or(owner.person_id IN (SELECT person_id FROM held)), false) AS held
    FROM supervision_paper AS paper LEFT JOIN owner ON owner.paper_id = paper.id
    WHERE paper.forgotten_at IS NULL GROUP BY paper.id
    UNION ALL
    SELECT one.public_id, 'message', court.public_id, one.sent_at, court.ended,
        court.person_id IN (SELECT person_id FROM held)
    FROM supervision_wearermessage AS one JOIN court ON court.id = one.order_id
    WHERE one.forgotten_at IS NULL
    UNION ALL
    SELECT one.public_id, 'appointment', court.public_id, one.at, court.ended,
        court.person_id IN (SELECT person_id FROM held)
    FROM supervision_appointment AS one JOIN court ON court.id = one.order_id
    WHERE one.forgotten_at IS NULL
    UNION ALL
    SELECT one.public_id, 'receipt', court.public_id, one.handed_at, court.ended,
        court.person_id IN (SELECT person_id FROM held)
    FROM supervision_disclosure AS one
    JOIN supervision_report AS report ON report.id = one.report_id
    JOIN court ON court.id = report.order_id
    WHERE one.forgotten_at IS NULL
    UNION ALL
    SELECT one.public_id, 'draft', coalesce(court.public_id, ''), one.created_at,
        CASE WHEN one.state = 'discarded' THEN greatest(one.decided_at, one.created_at)
            ELSE greatest(coalesce(one.until, court.ended, 'infinity'), court.ended,
                one.created_at, one.submitted_at) END,
        EXISTS (SELECT FROM held JOIN supervision_person AS who ON who.id = held.person_id
            WHERE who.id IN (court.person_id, one.person_id) OR who.iin_digest = one.iin_digest)
    FROM supervision_orderdraft AS one LEFT JOIN court ON court.id = one.order_id
    WHERE one.state IN ('draft', 'submitted', 'discarded') AND one.forgotten_at IS NULL
    UNION ALL
    SELECT one.public_id, 'absence', court.public_id, one.granted_at, court.ended,
        court.person_id IN (SELECT person_id FROM held)
    FROM supervision_permittedabsence AS one JOIN court ON court.id = one.order_id
    WHERE concat(one.reason, one.withdrawn_reason, one.evidence) <> ''
    UNION ALL
    SELECT one.public_id, 'checkin', court.public_id, one.due_at, court.ended,
        court.person_id IN (SELECT person_id FROM held)
    FROM supervision_checkin AS one JOIN court ON court.id = one.order_id
    WHERE one.note <> ''
    UNION ALL
    SELECT one.public_id, 'contact', last.public_id, last.ended, last.ended,
        one.person_id IN (SELECT person_id FROM held)
    FROM supervision_contact AS one JOIN last ON last.person_id = one.person_id
    WHERE concat(one.name, one.phone) <> ''
)
SELECT record, reason, court, at, held FROM record
JOIN unnest(%(names)s::text[], %(days)s::int[]) AS period (name, days) ON period.name = reason
WHERE ended + days * interval '1 day' < %(now)s AND at < %(now)s
ORDER BY court, reason, at
"""


@dataclass(frozen=True, slots=True)
class Due:
    """One paper, message, receipt, draft or the like whose period is over."""

    record: str
    """Its public id."""
    reason: str
    """Which period: `scan`, `message`, `loose` and the like."""
    order: str
    """Public id of the order that it belongs to; empty for a paper that belongs to none."""
    at: datetime
    held: bool
    """Whether somebody whom it is about is under a legal hold."""


def due(now: datetime) -> list[Due]:
    """All whose period is over by this time."""
    periods: Mapping[str, int] = settings.TARAZY.periods
    facts: dict[str, Any] = {
        "now": now,
        "loose": LOOSE,
        "names": list(periods),
        "days": list(periods.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE.replace("OWNERS", owners()), facts)
        return [Due(*row) for row in cursor.fetchall()]


def owners() -> str:
    """All that refers to papers, with the time of its end, as one query."""
    parts = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.related_model is Paper:
                table, column = model._meta.db_table, field.column
                query = OWNERS.get(f"{table}.{column}", OF_WHAT_WE_DO_NOT_KNOW)
                parts.append(query.replace("TABLE", table).replace("COLUMN", column))
    return " UNION ALL ".join(parts)


def by_order(found: Sequence[Due]) -> dict[tuple[str, str, bool], list[Due]]:
    """The same by order, period, and whether somebody holds it."""
    grouped: dict[tuple[str, str, bool], list[Due]] = {}
    for one in found:
        grouped.setdefault((one.order, one.reason, one.held), []).append(one)
    return grouped
