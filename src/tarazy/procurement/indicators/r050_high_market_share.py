# SPDX-License-Identifier: EUPL-1.2
"""One supplier has most of a market.

A red flag, never a verdict: some markets have one who can deliver. The subject is the supplier, a
market a kind of purchase with at least ten awards; the value is its largest share of the money in
such a market, in percent. A market that can be assessed and is above the threshold counts first.

Not assessed, and the reason is published, where:
1. the supplier won nothing in a market of at least ten awards
2. an award of the market names no supplier, or has no positive value with a currency
3. the amounts are in several currencies
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    markets,
    organisations,
    parameters,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R050",
    version=3,
    subjects=(Subject.SUPPLIER,),
    title=said("High market share"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R050"),
    description=said(
        "The supplier gets most of the money that is spent on one kind of purchase. Others"
        " may have been kept out. It proves nothing by itself: some markets have one who can"
        " deliver."
    ),
)
UNIT = said("percent of the market")

CLASS = 1000


def assess(ocds: Ocds) -> ir.Table:
    parts = markets.parts(ocds)
    share = parts.part.cast("float64") / parts.total.cast("float64").nullif(ibis.literal(0.0)) * 100
    ranked = parts.mutate(
        share=share.fill_null(0.0),
        percent_min=parameters.in_force(CARD.code, "percent_min", ibis.literal(parameters.ALWAYS)),
    )
    large = ranked.awards >= organisations.PROCESSES_MIN
    known = large & (ranked.unclear == 0) & (ranked.currencies == 1)
    most = known & (ranked.share >= ranked.percent_min)
    # a share is a hundred at the most, so that a class of market comes before any share
    rank = ibis.struct(
        {
            "share": ranked.share + CLASS * (large.cast("int64") + most.cast("int64")),
            "kind": ranked.kind,  # it may have as much of two
        }
    )
    names = ("kind", "share", "awards", "unclear", "currencies", "percent_min")
    largest = ranked.group_by(party_id=ranked.supplier).aggregate(
        party_name=ranked.supplier_name.max(),
        **{name: ranked[name].argmax(rank) for name in names},
    )
    reason = ibis.cases(
        (
            largest.awards < organisations.PROCESSES_MIN,
            said("its market has too few awards"),
        ),  # (1)
        reasons.unpriced_awards(largest),  # (2)
        reasons.several_currencies(largest),  # (3)
    )
    judged = largest.mutate(reason=reason)
    evidence = ibis.array(
        [
            fact("tender.items.classification", judged.kind),
            fact("market.awards", judged.awards),
            fact("threshold.percent_min", judged.percent_min),
        ]
    )
    raised = judged.share >= judged.percent_min
    return organisations.answers(CARD, judged, raised, judged.share, evidence)
