# SPDX-License-Identifier: EUPL-1.2
"""No planning document of a process is published.

A red flag, never a verdict: plans may stand in a system of their own. The value is how many
planning documents there are.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. no process of this publisher has this: silence of all is no answer
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
    code="R001",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Planning documents not available"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R001"),
    description=said(
        "No document of the planning of this purchase is published. Needs that nobody can"
        " check may have been made up. It proves nothing by itself: plans may be published in"
        " another place."
    ),
)
UNIT = said("planning documents")


def assess(ocds: Ocds) -> ir.Table:
    documents = ocds.documents.filter(ocds.documents.part == "planning")
    counted = documents.group_by("ocid").aggregate(
        found=documents.count(),
        evidence=fact("planning.documents", documents.type, documents.document_id).collect(
            order_by=[documents.document_id.asc()]
        ),
    )
    joined = beside(whole(ocds.processes), counted)
    processes = reasons.with_published(ocds, joined, documents)
    reason = ibis.cases(
        reasons.not_held(processes),  # (1)
        reasons.never_published(processes),  # (2)
    )
    judged = processes.mutate(reason=reason)
    count = judged.found.fill_null(0)
    evidence = ibis.array([fact("planning.documents.count", count)]).concat(deals.evidence(judged))
    return answers(CARD, judged, count == 0, count, evidence)
