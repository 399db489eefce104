# SPDX-License-Identifier: EUPL-1.2
"""Far more awards of a kind of purchase go to several suppliers together than elsewhere.

A red flag, never a verdict: large works need several firms. The subject is the market (a kind of
purchase), the value the share of its awards that name several suppliers.

Not assessed, and the reason is published, where:
1. the market has fewer than ten awards of one kind of purchase
2. fewer than twenty such markets are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    fences,
    organisations,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R026",
    version=2,
    subjects=(Subject.MARKET,),
    title=said("Prevalence of consortia"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R026"),
    description=said(
        "In this market suppliers win together far more often than elsewhere. Firms that"
        " could compete may share the market instead. It proves nothing by itself: large works"
        " need several firms."
    ),
)
UNIT = said("percent of awards")


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds)
    known = awards.filter(awards.kind.notnull() & awards.supplier.notnull())
    counted = known.group_by(party_id=known.kind).aggregate(
        category=organisations.main_category(known),
        processes=known.count(),
        together=known.supplier.contains("|").sum(),
    )
    named = counted.mutate(party_name=counted.party_id)
    shares = organisations.peers(named).mutate(measure=named.together / named.processes)
    reason = ibis.cases(organisations.too_small(shares))  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    evidence = ibis.array(
        [
            fact("market.awards", judged.processes),
            fact("market.together", judged.together),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = judged.measure > judged.upper
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
