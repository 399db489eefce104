# SPDX-License-Identifier: EUPL-1.2
"""A long time passed between the opening of bids and the start of their evaluation.

A red flag, never a verdict: a complaint or a holiday can stand between the two.

Not assessed, and the reason is published, where:
1. the opening of bids or the start of the award period is not published
2. one of the two has no time zone, or cannot be read
3. the evaluation started before the bids were opened
4. there are too few comparable processes to say what is usual (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    days_between,
    fact,
    whole,
)

CARD = Card(
    code="R015",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Long time between bid opening and bid evaluation"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R015"),
    description=said(
        "Between the opening of bids and their evaluation passed far more days than is"
        " usual for the same method and category. Bids can be changed in such a time. It"
        " proves nothing by itself: complaints and holidays take time too."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    tenders = processes.mutate(
        measure=days_between(processes.bid_opening_at, processes.award_start_at)
    )
    published = tenders.bid_opening_published.notnull() & tenders.award_start_published.notnull()
    reason = ibis.cases(
        (
            ~published,
            said("the opening of bids or the start of their evaluation is not published"),
        ),  # (1)
        (tenders.measure.isnull(), said("a date has no time zone, or cannot be read")),  # (2)
        (tenders.measure < 0, said("the dates are not in their natural order")),  # (3)
    )
    found = fences.usual(tenders.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (4)
    )
    evidence = ibis.array(
        [
            fact("tender.bidOpening.date", judged.bid_opening_published),
            fact("tender.awardPeriod.startDate", judged.award_start_published),
            fact("fence.days", judged.upper.round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    return answers(CARD, judged, judged.measure > judged.upper, judged.measure.floor(), evidence)
