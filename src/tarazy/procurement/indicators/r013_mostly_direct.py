# SPDX-License-Identifier: EUPL-1.2
"""A buyer uses procedures without open competition far more than other buyers do.

A red flag, never a verdict: some buyers buy what only one can sell. The subject is the buyer, the
value the share of its processes by limited or direct methods.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten processes with a known method
2. fewer than twenty such buyers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, organisations
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R013",
    version=2,
    subjects=(Subject.BUYER,),
    title=said("High use of non-competitive methods"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R013"),
    description=said(
        "The buyer uses limited and direct procedures far more than other buyers. Who"
        " avoids competition may favour somebody. It proves nothing by itself: some buyers"
        " need what only one can sell."
    ),
)
UNIT = said("percent of its processes")

NON_COMPETITIVE_METHODS = ("limited", "direct")


def assess(ocds: Ocds) -> ir.Table:
    bought = organisations.buyers(ocds)
    known = bought.filter(bought.method.isin(COMPETITIVE_METHODS + NON_COMPETITIVE_METHODS))
    counted = known.group_by("party_id").aggregate(
        party_name=known.party_name.max(),
        category=organisations.main_category(known),
        processes=known.count(),
        direct=known.method.isin(NON_COMPETITIVE_METHODS).sum(),
    )
    shares = organisations.peers(counted).mutate(measure=counted.direct / counted.processes)
    reason = ibis.cases(organisations.too_small(shares))  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    evidence = ibis.array(
        [
            fact("buyer.processes", judged.processes),
            fact("buyer.direct", judged.direct),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = judged.measure > judged.upper
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
