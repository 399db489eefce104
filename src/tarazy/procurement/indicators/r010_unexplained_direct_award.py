# SPDX-License-Identifier: EUPL-1.2
"""A procedure without open competition, and no reason for it is published.

A red flag, never a verdict: the reason may be in a document that is not published as data.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method is not known
3. no process of this publisher gives a reason for such a method: it does not publish them
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import reasons
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    answers,
    fact,
    whole,
)

CARD = Card(
    code="R010",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Non-competitive procedure without a published reason"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R010"),
    description=said(
        "The buyer chose a direct or limited procedure and published no reason for the"
        " choice. Without competition prices rise, and the law asks for grounds. It proves"
        " nothing by itself: the grounds may stand in a document that was not published as"
        " data."
    ),
)
UNIT = said("process")


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    without = processes.filter(processes.method.isin(reasons.NON_COMPETITIVE_METHODS))
    explained = without.filter(without.method_rationale.notnull())
    tenders = reasons.with_published(ocds, processes, explained)
    known = tenders.method.isin(COMPETITIVE_METHODS + reasons.NON_COMPETITIVE_METHODS)
    direct = tenders.method.isin(reasons.NON_COMPETITIVE_METHODS)
    reason = ibis.cases(
        reasons.not_held(tenders),  # (1)
        (~known.fill_null(False), said("the method is not known")),  # noqa: FBT003  (2)
        (
            direct & (tenders.published.fill_null(0) == 0),
            said("no process of this publisher gives a reason for its method"),
        ),  # (3)
    )
    judged = tenders.mutate(reason=reason)
    evidence = ibis.array(
        [
            fact("tender.procurementMethod", judged.method),
            fact("tender.procurementMethodDetails", judged.method_details),
            fact("tender.procurementMethodRationale", judged.method_rationale),
        ]
    )
    raised = direct & judged.method_rationale.isnull()
    return answers(CARD, judged, raised, ibis.null("float64"), evidence)
