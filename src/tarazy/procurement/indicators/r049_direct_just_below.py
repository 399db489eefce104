# SPDX-License-Identifier: EUPL-1.2
"""Several direct awards of a buyer to one supplier, each just up to the threshold for them.

A red flag, never a verdict: small purchases are many. The subject is the pair of buyer and
supplier, the value how many awards lie in the last tenth up to the threshold, itself
included: so far a direct award will do.

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
    code="R049",
    version=2,
    subjects=(Subject.PAIR,),
    title=said("Direct awards just below the threshold"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R049"),
    description=said(
        "The buyer gave the supplier several contracts without competition, each just below"
        " the value from which competition is due. Values may be fitted to the threshold. It"
        " proves nothing by itself: small purchases are many."
    ),
)
UNIT = said("awards")


def assess(ocds: Ocds) -> ir.Table:
    pairs = markets.direct_pairs(ocds)
    judged = pairs.mutate(
        reason=markets.reason_of_pair(pairs),  # (1) (2) (3)
        awards_min=parameters.in_force(CARD.code, "awards_min", ibis.literal(parameters.ALWAYS)),
    )
    evidence = ibis.array(
        [
            fact("pair.awards", judged.awards),
            fact("pair.near_threshold", judged.near),
            fact("threshold.amount", plain(judged.limit_amount)),
            fact("threshold.awards_min", judged.awards_min),
        ]
    )
    raised = judged.near >= judged.awards_min
    return organisations.answers(CARD, judged, raised, judged.near, evidence)
