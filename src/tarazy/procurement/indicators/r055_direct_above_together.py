# SPDX-License-Identifier: EUPL-1.2
"""Direct awards of a buyer to one supplier: none above the threshold, in a year above it.

A red flag, never a verdict: small purchases are many. The subject is the pair of buyer and
supplier, the value the largest sum of a year in percent of the threshold.

Not assessed, and the reason is published, where:
1. an award names no supplier, or has no positive value with a currency
2. the amounts are in several currencies
3. no threshold for direct awards is given for the currency, category and time (`thresholds`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    markets,
    organisations,
    parameters,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
    plain,
)

CARD = Card(
    code="R055",
    version=2,
    subjects=(Subject.PAIR,),
    title=said("Multiple direct awards above or just below the threshold"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R055"),
    description=said(
        "The buyer gave the supplier many contracts without competition in one year. Each is"
        " below the value from which competition is due, and together they are above it. It"
        " proves nothing by itself: small purchases are many."
    ),
)
UNIT = said("percent of the threshold")

WHOLE = 100  # percent


def assess(ocds: Ocds) -> ir.Table:
    pairs = markets.direct_pairs(ocds)
    judged = pairs.mutate(
        reason=markets.reason_of_pair(pairs),  # (1) (2) (3)
        awards_min=parameters.in_force(CARD.code, "awards_min", ibis.literal(parameters.ALWAYS)),
    )
    evidence = ibis.array(
        [
            fact("pair.awards", judged.below_in_year),
            fact("pair.value", plain(judged.sum_in_year)),
            fact("threshold.amount", plain(judged.limit_amount)),
            fact("threshold.awards_min", judged.awards_min),
        ]
    )
    share = judged.sum_in_year.cast("float64") / judged.limit_amount.cast("float64") * 100
    raised = (judged.below_in_year >= judged.awards_min) & (share > WHOLE)
    return organisations.answers(CARD, judged, raised, share, evidence)
