# SPDX-License-Identifier: EUPL-1.2
"""A buyer disqualifies a far larger share of bids than other buyers do.

A red flag, never a verdict: who asks for much gets many unfit bids. The subject is the buyer, the
value the share of submitted bids that were disqualified.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten processes with submitted bids
2. the status of a bid of the buyer is not known, or not one of the OCDS codelist
3. fewer than twenty such buyers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import fences, organisations
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R038",
    version=1,
    subjects=(Subject.BUYER,),
    title=said("Excessive disqualified bids"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R038"),
    description=said(
        "The buyer disqualifies a far larger share of bids than other buyers. Competitors"
        " may be removed for a pretext. It proves nothing by itself: who asks for much"
        " gets many unfit bids."
    ),
)
UNIT = said("percent disqualified")


def assess(ocds: Ocds) -> ir.Table:
    status = ocds.bids.status.fill_null("")
    bids = ocds.bids.group_by("ocid").aggregate(
        submitted=status.isin(contest.SUBMITTED).sum(),
        out=(status == "disqualified").sum(),
        unknown=status.notin(contest.KNOWN_STATUSES).sum(),
    )
    received = organisations.buyers(ocds).inner_join(bids, "ocid")
    counted = received.group_by("party_id").aggregate(
        party_name=received.party_name.max(),
        processes=(received.submitted > 0).sum(),
        submitted=received.submitted.sum(),
        out=received.out.sum(),
        unknown=received.unknown.sum(),
    )
    shares = organisations.peers(counted).mutate(
        measure=counted.out / counted.submitted.nullif(ibis.literal(0))
    )
    reason = ibis.cases(
        organisations.too_small(shares),  # (1)
        (shares.unknown > 0, said("the status of a bid is not known")),  # (2)
    )
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (3)
    )
    evidence = ibis.array(
        [
            fact("buyer.bids", judged.submitted),
            fact("buyer.disqualified", judged.out),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = (judged.measure >= judged.upper) & (judged.upper > 0)
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
