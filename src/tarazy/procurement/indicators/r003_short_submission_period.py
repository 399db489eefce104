# SPDX-License-Identifier: EUPL-1.2
"""Bidders had little time: from the start of the tender period to its end, in whole days.

A red flag, never a verdict: short periods are lawful for small and for urgent purchases.

The threshold is that of the law for the country, method, category and time (`thresholds`,
submission_days); where none is given, fifteen days.

Not assessed, and the reason is published, where:
1. the tender is only planned, was cancelled, or its status is not known
2. the method invites no open submission, or is not known
3. the start or the end of the tender period is not published
4. one of the two has no time zone, or cannot be read, so that the days cannot be counted
5. the period ends before it starts
6. no threshold was in force when the period started
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import parameters, thresholds
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    HELD_STATUSES,
    Card,
    Ocds,
    Subject,
    answers,
    days_between,
    fact,
    plain,
)

CARD = Card(
    code="R003",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("The submission period is too short"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R003"),
    description=said(
        "The time between the start and the end of the tender period is shorter than the"
        " threshold. Too little time keeps bidders away who were not told before. It proves"
        " nothing by itself: the law allows short periods for small and urgent purchases."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    placed = thresholds.beside(ocds, ocds.processes, "submission_days")
    usual = parameters.in_force(CARD.code, "days_min", placed.tender_start_at)
    tenders = placed.mutate(
        days=days_between(placed.tender_start_at, placed.tender_end_at),
        days_min=ibis.coalesce(placed.limit_amount.cast("float64"), usual.cast("float64")),
    )
    published = tenders.tender_start_published.notnull() & tenders.tender_end_published.notnull()
    reason = ibis.cases(
        (
            tenders.status.fill_null("").notin(HELD_STATUSES),
            said("the tender was not held, or its status is not known"),
        ),  # (1)
        (
            tenders.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method invites no open submission, or is not known"),
        ),  # (2)
        (~published, said("the tender period is not published")),  # (3)
        (tenders.days.isnull(), said("a date has no time zone, or cannot be read")),  # (4)
        (tenders.days < 0, said("the tender period ends before it starts")),  # (5)
        (tenders.days_min.isnull(), said("no threshold was in force at that time")),  # (6)
    )
    judged = tenders.mutate(lot_id=ibis.null("string"), reason=reason)
    evidence = ibis.array(
        [
            fact("tender.procurementMethod", judged.method),
            fact("tender.tenderPeriod.startDate", judged.tender_start_published),
            fact("tender.tenderPeriod.endDate", judged.tender_end_published),
            fact("threshold.days_min", plain(judged.days_min)),
        ]
    )
    days = judged.days.floor()
    return answers(CARD, judged, days < judged.days_min, days, evidence)
