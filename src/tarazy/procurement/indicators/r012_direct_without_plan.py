# SPDX-License-Identifier: EUPL-1.2
"""A direct award of which no plan is published.

A red flag, never a verdict: an emergency cannot be planned. A plan is a planning document, or a
budget line with its id.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method is not known
3. the procedure is competitive: other indicators look at it
4. no process of this publisher has a plan
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
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
    code="R012",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Direct award that is not in the procurement plan"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R012"),
    description=said(
        "The buyer gave a contract without competition, and no plan of the purchase is"
        " published. Purchases outside the plan avoid its control. It proves nothing by"
        " itself: an emergency cannot be planned."
    ),
)
UNIT = said("plans")


def assess(ocds: Ocds) -> ir.Table:
    documents = ocds.documents.filter(ocds.documents.part == "planning")
    counted = documents.group_by("ocid").aggregate(found=documents.count())
    joined = beside(whole(ocds.processes), counted)
    processes = joined.mutate(
        plans=joined.found.fill_null(0) + joined.budget_id.notnull().cast("int64")
    )
    known = reasons.with_published(ocds, processes, processes.filter(processes.plans > 0))
    reason = ibis.cases(
        reasons.not_held(known),  # (1)
        reasons.unknown_method(known),  # (2)
        (
            known.method.notin(reasons.NON_COMPETITIVE_METHODS),
            said("the procedure is competitive"),
        ),  # (3)
        reasons.never_published(known),  # (4)
    )
    judged = known.mutate(reason=reason)
    evidence = ibis.array(
        [
            fact("tender.procurementMethod", judged.method),
            fact("tender.procurementMethodDetails", judged.method_details),
            fact("planning.budget.id", judged.budget_id),
        ]
    )
    return answers(CARD, judged, judged.plans == 0, judged.plans, evidence)
