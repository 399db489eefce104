# SPDX-License-Identifier: EUPL-1.2
"""Awards of a buyer are subcontracted far more than those of other buyers.

A red flag, never a verdict: works are subcontracted more than goods. The subject is the buyer, the
value the share of its awards with subcontracting among those that say so.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten awards that say whether there are subcontracts
2. fewer than twenty such buyers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
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
    code="R072",
    version=2,
    subjects=(Subject.BUYER,),
    title=said("High prevalence of subcontracts"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R072"),
    description=said(
        "Suppliers of this buyer hand their work on to others far more than elsewhere."
        " Winners may only lend their names. It proves nothing by itself: works are"
        " subcontracted more than goods."
    ),
)
UNIT = said("percent of awards")


def assess(ocds: Ocds) -> ir.Table:
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    told = active.filter(active.subcontracted.notnull()).select("ocid", "subcontracted")
    known = told.inner_join(organisations.buyers(ocds), "ocid")
    counted = known.group_by("party_id").aggregate(
        party_name=known.party_name.max(),
        category=organisations.main_category(known),
        processes=known.count(),
        handed_on=known.subcontracted.sum(),
    )
    shares = organisations.peers(counted).mutate(measure=counted.handed_on / counted.processes)
    reason = ibis.cases(organisations.too_small(shares))  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    evidence = ibis.array(
        [
            fact("buyer.awards", judged.processes),
            fact("buyer.subcontracted", judged.handed_on),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = judged.measure > judged.upper
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
