# SPDX-License-Identifier: EUPL-1.2
"""A supplier who bids often wins hardly ever: a low outlier among suppliers.

A red flag, never a verdict: a newcomer loses often. The subject is the supplier, the value the
share of its valid bids that won. A supplier counts once for each process; only processes with one
active award to one supplier count. Top bidders are the quarter that bids most often.

Not assessed, and the reason is published, where:
1. the supplier handed in valid bids in fewer than ten such processes
2. fewer than twenty such suppliers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, organisations
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R025",
    version=2,
    subjects=(Subject.SUPPLIER,),
    title=said("Excessive unsuccessful bids"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R025"),
    description=said(
        "The supplier bids more often than most and wins far less often than others. It"
        " may bid only to imitate competition. It proves nothing by itself: a newcomer"
        " loses often."
    ),
)
UNIT = said("percent won")

TOP = 0.75


def assess(ocds: Ocds) -> ir.Table:
    counted = _bidders(ocds)
    shares = organisations.peers(counted).mutate(measure=counted.won / counted.processes)
    reason = ibis.cases(organisations.too_small(shares))  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    often = counted.aggregate(often=counted.processes.quantile(TOP))
    placed = judged.cross_join(often)
    evidence = ibis.array(
        [
            fact("supplier.bids", placed.processes),
            fact("supplier.won", placed.won),
            fact("fence.percent", (placed.lower * 100).round(1)),
            fact("fence.peers", placed.peers),
        ]
    )
    raised = (
        (placed.processes >= placed.often) & (placed.measure <= placed.lower) & (placed.lower > 0)
    )
    return organisations.answers(CARD, placed, raised, placed.measure * 100, evidence)


def _bidders(ocds: Ocds) -> ir.Table:
    """Each supplier: in how many processes it handed in a valid bid, and how many it won."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    one = active.group_by("ocid").aggregate(
        awards=active.count(),
        winner=active.supplier_ids.max()[0],
        winners=active.supplier_ids.length().max(),
    )
    decided = one.filter((one.awards == 1) & (one.winners == 1)).select("ocid", "winner")
    valid = ocds.bids.filter((ocds.bids.status == "valid") & (ocds.bids.tenderer_ids.length() == 1))
    bids = valid.select(
        "ocid", party_id=valid.tenderer_ids[0], party_name=valid.tenderer_names[0]
    ).filter(lambda rows: rows.party_id.notnull())
    once = bids.group_by("ocid", "party_id").aggregate(party_name=bids.party_name.max())
    bought = ocds.processes.select("ocid", "category")
    judged = once.inner_join(decided, "ocid").inner_join(bought, "ocid")
    return judged.group_by("party_id").aggregate(
        party_name=judged.party_name.max(),
        category=organisations.main_category(judged),
        processes=judged.count(),
        won=(judged.party_id == judged.winner).sum(),
    )
