# SPDX-License-Identifier: EUPL-1.2
"""A buyer has far more tenders just below the threshold of the law than just above it.

A red flag, never a verdict: budgets are often planned to fit. The subject is the buyer, the value
the share of its tenders near the threshold that are not above it, in percent: up to
the threshold the simpler method will do, so that one of exactly this value counts as just below.

Not assessed, and the reason is published, where:
1. no threshold of the law is given for the currency, category and time of its tenders
   (`thresholds`)
2. the buyer has fewer than ten tenders within a tenth of the threshold
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    organisations,
    thresholds,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
    plain,
    whole,
)

CARD = Card(
    code="R002",
    version=2,
    subjects=(Subject.BUYER,),
    title=said("Manipulation of procurement thresholds"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R002"),
    description=said(
        "The buyer has many tenders just below the value from which the law asks for a full"
        " tender, and few just above. Values may be fitted to the threshold. It proves nothing"
        " by itself: budgets are often planned to fit."
    ),
)
UNIT = said("percent below")

NEAR_MIN = 10
DEVIATIONS_MIN = 2.6  # one in two hundred by chance


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes).mutate(
        party_id=ibis.coalesce(ocds.processes.buyer_id, ocds.processes.buyer_name),
        party_name=ibis.coalesce(ocds.processes.buyer_name, ocds.processes.buyer_id),
    )
    named = processes.filter(processes.party_id.notnull() & processes.value_amount.notnull())
    placed = thresholds.beside(ocds, named, "simplified")
    times = placed.value_amount.cast("float64") / placed.limit_amount.cast("float64")
    counted = placed.group_by("party_id").aggregate(
        party_name=placed.party_name.max(),
        limited=placed.limit_amount.count(),
        limit_amount=placed.limit_amount.max(),
        below=((times >= thresholds.NEAR) & (times <= 1)).sum(),
        near=((times >= thresholds.NEAR) & (times < 2 - thresholds.NEAR)).sum(),
    )
    reason = ibis.cases(
        thresholds.unknown(counted),  # (1)
        (counted.near < NEAR_MIN, said("it has too few tenders near the threshold")),  # (2)
    )
    judged = counted.mutate(reason=reason)
    # As many below as above is what chance gives: by how many standard deviations it is more.
    half = judged.near / 2
    beyond = (judged.below - half) / (judged.near / 4).sqrt()
    evidence = ibis.array(
        [
            fact("buyer.below_threshold", judged.below),
            fact("buyer.near_threshold", judged.near),
            fact("threshold.amount", plain(judged.limit_amount)),
        ]
    )
    share = judged.below / judged.near * 100
    return organisations.answers(CARD, judged, beyond >= DEVIATIONS_MIN, share, evidence)
