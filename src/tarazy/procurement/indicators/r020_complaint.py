# SPDX-License-Identifier: EUPL-1.2
"""A complaint was filed about the tender.

A red flag, never a verdict: complaints are a right, and many are unfounded. The value is how many
there are.

Not assessed, and the reason is published, where:
1. no process of this publisher has this: silence of all is no answer
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
    code="R020",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Tender has a complaint"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R020"),
    description=said(
        "Somebody complained about this tender. Who takes part often sees first what is"
        " wrong. It proves nothing by itself: complaints are a right, and many are unfounded."
    ),
)
UNIT = said("complaints")


def assess(ocds: Ocds) -> ir.Table:
    complaints = ocds.complaints
    counted = complaints.group_by("ocid").aggregate(
        filed=complaints.complaint_id.nunique() + complaints.complaint_id.isnull().sum(),
        evidence=fact("complaints.status", complaints.status, complaints.complaint_id).collect(
            order_by=[complaints.complaint_id.asc()]
        ),
    )
    joined = beside(whole(ocds.processes), counted)
    processes = reasons.with_published(ocds, joined, complaints)
    judged = processes.mutate(reason=ibis.cases(reasons.never_published(processes)))  # (1)
    count = judged.filed.fill_null(0)
    return answers(CARD, judged, count > 0, count, deals.evidence(judged))
