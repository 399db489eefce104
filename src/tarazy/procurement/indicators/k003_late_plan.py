# SPDX-License-Identifier: EUPL-1.2
"""The plan of a purchase was published only just before its tender.

A red flag, never a verdict: budgets change during the year. The value is how many days before the
start of the tender the first planning document was published.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. no planning document with a date is published
3. the start of the tender is missing, or it or a date of the plan has no time zone, or cannot be
   read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    parameters,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    days_between,
    fact,
    whole,
)

CARD = Card(
    code="K003",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Plan published just before the tender"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The plan of this purchase came only days before its tender. Who was not told before"
        " had no time to prepare. It proves nothing by itself: budgets change during the year."
    ),
)
UNIT = said("days")


def assess(ocds: Ocds) -> ir.Table:
    plans = ocds.documents.filter(
        (ocds.documents.part == "planning") & ocds.documents.published_published.notnull()
    )
    first = plans.group_by("ocid").aggregate(
        plans=plans.count(),
        undated=plans.published_at.isnull().sum(),
        planned_at=plans.published_at.min(),
        evidence=fact(
            "planning.documents.datePublished", plans.published_published, plans.document_id
        ).collect(order_by=[plans.document_id.asc()]),
    )
    processes = beside(whole(ocds.processes), first)
    tenders = processes.mutate(
        days=days_between(processes.planned_at, processes.tender_start_at),
        days_min=parameters.in_force(CARD.code, "days_min", processes.when),
    )
    reason = ibis.cases(
        reasons.not_held(tenders),  # (1)
        (
            tenders.plans.fill_null(0) == 0,
            said("no planning document with a date is published"),
        ),  # (2)
        reasons.no_moment((tenders.undated > 0) | tenders.days.isnull()),  # (3)
    )
    judged = tenders.mutate(reason=reason)
    own = ibis.array(
        [
            fact("tender.tenderPeriod.startDate", judged.tender_start_published),
            fact("threshold.days_min", judged.days_min),
        ]
    )
    days = judged.days.floor()
    evidence = deals.evidence(judged).concat(own)
    return answers(CARD, judged, days < judged.days_min, days, evidence)
