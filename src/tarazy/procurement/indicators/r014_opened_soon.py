# SPDX-License-Identifier: EUPL-1.2
"""The bids were opened soon after the tender was advertised.

A red flag, never a verdict: short times are lawful for small and for urgent purchases. Time to
prepare is what counts, so the start of the tender period stands for the advertisement.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method invites no open submission, or is not known
3. the start of the tender period or the opening of bids is not published
4. one of the two has no time zone, or cannot be read
5. the bids were opened before the tender period started
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import parameters
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    HELD_STATUSES,
    Card,
    Ocds,
    Subject,
    answers,
    days_between,
    fact,
    whole,
)

CARD = Card(
    code="R014",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Short time between tender advertising and bid opening"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R014"),
    description=said(
        "The bids were opened after fewer days than the threshold. Whoever was not told"
        " before had no time to prepare. It proves nothing by itself: the law allows short"
        " times for small and urgent purchases."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    tenders = processes.mutate(
        days=days_between(processes.tender_start_at, processes.bid_opening_at),
        days_min=parameters.in_force(CARD.code, "days_min", processes.when),
    )
    published = tenders.tender_start_published.notnull() & tenders.bid_opening_published.notnull()
    reason = ibis.cases(
        (
            tenders.status.fill_null("").notin(HELD_STATUSES),
            said("the tender was not held, or its status is not known"),
        ),  # (1)
        (
            tenders.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method invites no open submission, or is not known"),
        ),  # (2)
        (
            ~published,
            said("the start of the tender or the opening of bids is not published"),
        ),  # (3)
        (tenders.days.isnull(), said("a date has no time zone, or cannot be read")),  # (4)
        (tenders.days < 0, said("the dates are not in their natural order")),  # (5)
    )
    judged = tenders.mutate(reason=reason)
    evidence = ibis.array(
        [
            fact("tender.procurementMethod", judged.method),
            fact("tender.tenderPeriod.startDate", judged.tender_start_published),
            fact("tender.bidOpening.date", judged.bid_opening_published),
            fact("threshold.days_min", judged.days_min),
        ]
    )
    days = judged.days.floor()
    return answers(CARD, judged, days < judged.days_min, days, evidence)
