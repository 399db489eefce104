# SPDX-License-Identifier: EUPL-1.2
"""A question of a bidder was not answered before the deadline.

A red flag, never a verdict: answers may be given to all in a changed document. The value is how
many questions had no answer in time.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. no question about this tender is published
3. the deadline is missing, or it or the date of an answer has no time zone, or cannot be read
4. the tender is still active, and its deadline was not over when the publisher spoke last
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
    fact,
    whole,
)

CARD = Card(
    code="R039",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Unanswered bidder questions"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R039"),
    description=said(
        "Questions of bidders were not answered before the deadline. Whoever is not told in"
        " time cannot bid well. It proves nothing by itself: the answer may stand in a changed"
        " document."
    ),
)
UNIT = said("questions")


def assess(ocds: Ocds) -> ir.Table:
    deadlines = ocds.processes.select("ocid", "tender_end_at", "tender_end_published")
    asked = beside(ocds.enquiries, deadlines)
    open_ = asked.answer.isnull() & asked.answered_published.isnull()
    late = (asked.answered_at > asked.tender_end_at).fill_null(False)  # noqa: FBT003
    counted = asked.group_by("ocid").aggregate(
        asked=asked.count(),
        unanswered=(open_ | late).sum(),
        unclear=(
            asked.answered_published.notnull()
            & (asked.answered_at.isnull() | asked.tender_end_at.isnull())
        ).sum(),
        evidence=fact(
            "tender.enquiries.dateAnswered", asked.answered_published, asked.enquiry_id
        ).collect(where=open_ | late, order_by=[asked.enquiry_id.asc()]),
    )
    processes = beside(whole(ocds.processes), counted)
    over = (processes.tender_end_at < processes.released_at).fill_null(False)  # noqa: FBT003
    reason = ibis.cases(
        reasons.not_held(processes),  # (1)
        (
            processes.asked.fill_null(0) == 0,
            said("no question about the tender is published"),
        ),  # (2)
        reasons.no_moment((processes.unclear > 0) & (processes.unanswered == 0)),  # (3)
        (
            (processes.status == "active") & ~over,
            said("the tender is not complete, or its status is not known"),
        ),  # (4)
    )
    judged = processes.mutate(reason=reason)
    evidence = ibis.array(
        [fact("tender.tenderPeriod.endDate", judged.tender_end_published)]
    ).concat(deals.evidence(judged))
    return answers(CARD, judged, judged.unanswered > 0, judged.unanswered, evidence)
