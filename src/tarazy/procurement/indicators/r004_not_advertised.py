# SPDX-License-Identifier: EUPL-1.2
"""The tender was not advertised, or only after its period had begun.

A red flag, never a verdict: a notice may stand in a gazette. The value is by how many days the
first notice was late.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method promises no competition, or is not known
3. no process of this publisher has a tender notice
4. the start of the tender, or the date of its notices, is missing, has no time zone, or cannot be
   read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
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
    code="R004",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Failure to adequately advertise the request for bids"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R004"),
    description=said(
        "No tender notice is published, or only after the tender period had begun. Who does"
        " not know cannot bid. It proves nothing by itself: the notice may stand in a gazette,"
        " or its date may be that of a correction."
    ),
)
UNIT = said("days late")

DAYS_LATE_MIN = 1


def assess(ocds: Ocds) -> ir.Table:
    documents = ocds.documents.filter(ocds.documents.type == "tenderNotice")
    notices = documents.group_by("ocid").aggregate(
        notices=documents.count(),
        dated=documents.published_published.count(),
        first_at=documents.published_at.min(),
        evidence=fact(
            "tender.documents.datePublished", documents.published_published, documents.document_id
        ).collect(order_by=[documents.document_id.asc()]),
    )
    joined = beside(whole(ocds.processes), notices)
    processes = reasons.with_published(ocds, joined, documents)
    late = days_between(processes.tender_start_at, processes.first_at)
    there = processes.notices.fill_null(0) > 0
    reason = ibis.cases(
        reasons.not_held(processes),  # (1)
        reasons.not_competitive(processes),  # (2)
        reasons.never_published(processes),  # (3)
        reasons.no_moment(there & late.isnull()),  # (4)
    )
    judged = processes.mutate(reason=reason, late=late)
    days = judged.late.floor()
    evidence = ibis.array(
        [fact("tender.tenderPeriod.startDate", judged.tender_start_published)]
    ).concat(deals.evidence(judged))
    raised = (judged.notices.fill_null(0) == 0) | (days >= DAYS_LATE_MIN)
    return answers(CARD, judged, raised, (days < 0).ifelse(0.0, days), evidence)
