# SPDX-License-Identifier: EUPL-1.2
"""The award was made hardly after the deadline for bids.

A red flag, never a verdict: reverse auctions decide at once. The first active award counts.

Not assessed, and the reason is published, where:
1. no award is active
2. the method promises no competition, or is not known
3. the end of the tender period or the date of an award is not published
4. a date has no time zone, or cannot be read
5. an award is older than the deadline
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, parameters
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    answers,
    fact,
)

CARD = Card(
    code="R061",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Decision period extremely short"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R061"),
    description=said(
        "The winner was chosen sooner after the deadline than bids can be read. The"
        " decision may have been made before. It proves nothing by itself: electronic"
        " auctions decide at once."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    found = deals.decisions(ocds)
    processes = found.mutate(days_min=parameters.in_force(CARD.code, "days_min", found.when))
    reason = ibis.cases(
        deals.not_awarded(processes),  # (1)
        (
            processes.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method promises no competition, or is not known"),
        ),  # (2)
        deals.undated(processes),  # (3)
        deals.unreadable(processes),  # (4)
        deals.disordered(processes),  # (5)
    )
    judged = processes.mutate(reason=reason)
    ends = ibis.array(
        [
            fact("tender.tenderPeriod.endDate", judged.tender_end_published),
            fact("threshold.days_min", judged.days_min),
        ]
    )
    days = judged.days
    early = days < judged.days_min
    return answers(CARD, judged, early, days, ends, deals.dates_of_awards(ocds))
