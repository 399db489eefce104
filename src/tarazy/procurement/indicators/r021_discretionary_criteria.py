# SPDX-License-Identifier: EUPL-1.2
"""A buyer awards by other criteria than the price far more than other buyers do.

A red flag, never a verdict: quality matters for some purchases. The subject is the buyer, the value
the share of its tenders that do not go by the price alone.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten processes with a published criterion
2. fewer than twenty such buyers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import (
    fences,
    organisations,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    beside,
    fact,
)

CARD = Card(
    code="R021",
    version=2,
    subjects=(Subject.BUYER,),
    title=said("High use of discretionary evaluation criteria"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R021"),
    description=said(
        "The buyer decides by other criteria than the price far more than other buyers do."
        " Points that a commission gives are harder to check than prices. It proves nothing by"
        " itself: quality matters for some purchases."
    ),
)
UNIT = said("percent of its processes")


def assess(ocds: Ocds) -> ir.Table:
    criteria = ocds.processes.select("ocid", "award_criteria")
    bought = beside(organisations.buyers(ocds), criteria)
    known = bought.filter(bought.award_criteria.notnull())
    counted = known.group_by("party_id").aggregate(
        party_name=known.party_name.max(),
        category=organisations.main_category(known),
        processes=known.count(),
        discretionary=known.award_criteria.notin(contest.PRICE_ONLY).sum(),
    )
    shares = organisations.peers(counted).mutate(measure=counted.discretionary / counted.processes)
    reason = ibis.cases(organisations.too_small(shares))  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    evidence = ibis.array(
        [
            fact("buyer.processes", judged.processes),
            fact("buyer.discretionary", judged.discretionary),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = judged.measure > judged.upper
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
