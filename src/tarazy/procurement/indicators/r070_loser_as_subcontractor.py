# SPDX-License-Identifier: EUPL-1.2
"""Who lost the tender works for the winner.

A red flag, never a verdict: a small market has few who can do the work. A subcontractor is a party
with that role, or the supplier of a related process of the kind `subContract`. Whoever has an
active award of this process did not lose; of a joint bid that lost every member did.

Not assessed, and the reason is published, where:
1. no bids are published
2. no subcontractor of this process is published
3. no award is active, so that nobody has won or lost yet
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import (
    deals,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R070",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Losing bidders are hired as subcontractors"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R070"),
    description=said(
        "A bidder who lost works for the winner as a subcontractor. It may be the price for a"
        " bid that was meant to lose. It proves nothing by itself: a small market has few who"
        " can do the work."
    ),
)
UNIT = said("subcontractors")


def assess(ocds: Ocds) -> ir.Table:
    parties = ocds.parties.filter(
        ocds.parties.roles.contains("subcontractor") & ocds.parties.party_id.notnull()
    )
    related = ocds.related.filter(
        ocds.related.relations.contains("subContract")
        & (ocds.related.identifier != ocds.related.ocid)  # a process may name itself
    )
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    won = active.select("ocid", who=active.supplier_ids.unnest())
    other = won.select("who", identifier="ocid")
    by_process = related.inner_join(other, "identifier").select("ocid", "who")
    hired = ibis.union(parties.select("ocid", who=parties.party_id), by_process, distinct=True)
    submitted = ocds.bids.filter(ocds.bids.status.isin(contest.SUBMITTED))
    lost = submitted.select("ocid", who=submitted.tenderer_ids.unnest()).anti_join(
        won, ["ocid", "who"]
    )
    both = hired.semi_join(lost, ["ocid", "who"])
    counted = hired.group_by("ocid").aggregate(hired=hired.count())
    found = both.group_by("ocid").aggregate(
        losers=both.count(),
        evidence=fact("subcontractor", both.who).collect(order_by=[both.who.asc()]),
    )
    bids = ocds.bids.group_by("ocid").aggregate(bids=ocds.bids.count())
    awarded = active.group_by("ocid").aggregate(awarded=active.count())
    joined = beside(beside(beside(whole(ocds.processes), bids), counted), found)
    processes = beside(joined, awarded)
    reason = ibis.cases(
        contest.no_bids(processes),  # (1)
        (processes.hired.fill_null(0) == 0, said("no subcontractor is published")),  # (2)
        reasons.no_award(processes),  # (3)
    )
    judged = processes.mutate(reason=reason)
    count = judged.losers.fill_null(0)
    return answers(CARD, judged, count > 0, count, deals.evidence(judged))
