# SPDX-License-Identifier: EUPL-1.2
"""The plan of a purchase promises the supplier a large part of the price in advance.

A red flag, never a verdict: some things are made to order. The value is the share that the plan
promises in advance, in percent; of several plans of one purchase the largest counts.

Not assessed, and the reason is published, where:
1. the plan does not say what is paid in advance
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import parameters
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    fact,
    whole,
)

CARD = Card(
    code="K010",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("High prepayment"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "A large part of the price is paid before anything is delivered. The money may be gone"
        " when the delivery fails. It proves nothing by itself: some things are made to order."
    ),
)
UNIT = said("percent in advance")


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    judged = processes.mutate(
        reason=ibis.cases(
            (processes.prepayment.isnull(), said("the plan does not say what is paid in advance"))
        ),  # (1)
        percent_max=parameters.in_force(CARD.code, "percent_max", processes.when),
    )
    percent = judged.prepayment.cast("float64") * 100
    evidence = ibis.array(
        [
            fact("planning.prepaymentShare", judged.prepayment),
            fact("threshold.percent_max", judged.percent_max),
        ]
    )
    return answers(CARD, judged, percent > judged.percent_max, percent.round(2), evidence)
