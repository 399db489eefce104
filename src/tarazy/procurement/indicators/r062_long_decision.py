# SPDX-License-Identifier: EUPL-1.2
"""The award was made long after the deadline for bids.

A red flag, never a verdict: complaints and many bids take time. The first active award counts.

Not assessed, and the reason is published, where:
1. no award is active
2. the end of the tender period or the date of an award is not published
3. a date has no time zone, or cannot be read
4. an award is older than the deadline
5. there are too few comparable processes to say what is usual (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, fences
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    fact,
)

CARD = Card(
    code="R062",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Decision period extremely long"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R062"),
    description=said(
        "Between the deadline and the award passed far more days than is usual for the"
        " same method and category. Bribes can be bargained over in such a time. It proves"
        " nothing by itself: complaints and many bids take time."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    processes = deals.decisions(ocds)
    reason = ibis.cases(
        deals.not_awarded(processes),  # (1)
        deals.undated(processes),  # (2)
        deals.unreadable(processes),  # (3)
        deals.disordered(processes),  # (4)
    )
    found = fences.usual(processes.mutate(reason=reason, measure=processes.days))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (5)
    )
    usual = ibis.array(
        [
            fact("tender.tenderPeriod.endDate", judged.tender_end_published),
            fact("fence.days", judged.upper.round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    late, days = judged.measure > judged.upper, judged.measure.floor()
    return answers(CARD, judged, late, days, usual, deals.dates_of_awards(ocds))
