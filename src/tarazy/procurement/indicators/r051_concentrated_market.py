# SPDX-License-Identifier: EUPL-1.2
"""A market is in the hands of few.

A red flag, never a verdict: some markets have few who can deliver. The subject is the market (a
kind of purchase in the region of its buyers, as their addresses name it; those without one are a
market of their own), the value the sum of the squares of the shares in percent
(Herfindahl-Hirschman; 10000 is one supplier).

Not assessed, and the reason is published, where:
1. the market has fewer than ten awards
2. an award names no supplier, or has no positive value with a currency
3. the amounts are in several currencies
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    markets,
    organisations,
    parameters,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    beside,
    fact,
)

CARD = Card(
    code="R051",
    version=2,
    subjects=(Subject.MARKET,),
    title=said("High market concentration"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R051"),
    description=said(
        "Nearly all the money for this kind of purchase goes to few suppliers. Competition"
        " may be for show. It proves nothing by itself: some markets have few who can deliver."
    ),
)
UNIT = said("points of concentration")

IN = " · "  # between a kind and a region


def assess(ocds: Ocds) -> ir.Table:
    awards = beside(deals.awarded(ocds), organisations.places(ocds).select("ocid", "region"))
    place = ibis.coalesce(IN + awards.region, "")
    parts = markets.parts_of(awards.mutate(kind=awards.kind + place))
    share = parts.part.cast("float64") / parts.total.cast("float64").nullif(ibis.literal(0.0)) * 100
    counted = parts.group_by(party_id=parts.kind).aggregate(
        suppliers=parts.supplier.nunique(),
        awards=parts.awards.max(),
        unclear=parts.unclear.max(),
        currencies=parts.currencies.max(),
        # rounded, since the sum of fractions depends on their order in its last digits
        concentration=(share * share).sum().round(6),
    )
    named = counted.mutate(party_name=counted.party_id)
    reason = ibis.cases(
        (named.awards < organisations.PROCESSES_MIN, said("its market has too few awards")),  # (1)
        reasons.unpriced_awards(named),  # (2)
        reasons.several_currencies(named),  # (3)
    )
    judged = named.mutate(
        reason=reason,
        points_min=parameters.in_force(CARD.code, "points_min", ibis.literal(parameters.ALWAYS)),
    )
    evidence = ibis.array(
        [
            fact("market.awards", judged.awards),
            fact("market.suppliers", judged.suppliers),
            fact("threshold.points_min", judged.points_min),
        ]
    )
    raised = judged.concentration >= judged.points_min
    return organisations.answers(CARD, judged, raised, judged.concentration, evidence)
