# SPDX-License-Identifier: EUPL-1.2
"""A contract without competition went to a body that itself buys by the rules of procurement.

A red flag, never a verdict: some things one body alone may do by law. Such bodies, quasi-public
ones for the most part, may buy on from whom they like, where the rules of the first purchase no
longer reach. They are known by what they do: each is the buyer of at least ten processes of the
data. The value is how many of the suppliers are such bodies.

Not assessed, and the reason is published, where:
1. no award is active
2. the procedure is competitive, or its method is not known
3. an award does not name its supplier
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    organisations,
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
    code="K011",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Purchase moved to a quasi-public body"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "A contract without competition went to a body that itself buys in public procurement."
        " It may buy on from anybody, by rules of its own. It proves nothing by itself: some"
        " things one body alone may do by law."
    ),
)
UNIT = said("suppliers")


def assess(ocds: Ocds) -> ir.Table:
    buyers = organisations.buyers(ocds)
    counted = buyers.group_by("party_id").aggregate(purchases=buyers.count())
    bodies = counted.filter(counted.purchases >= organisations.PROCESSES_MIN)
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    named = active.select("ocid", "award_id", named=active.supplier_ids.length().fill_null(0) > 0)
    awards = named.group_by("ocid").aggregate(awarded=named.count(), nameless=(~named.named).sum())
    suppliers = active.select("ocid", party_id=active.supplier_ids.unnest()).distinct()
    own = buyers.select("ocid", "party_id")
    others = suppliers.anti_join(own, ["ocid", "party_id"])
    moved = others.inner_join(bodies, "party_id")
    found = moved.group_by("ocid").aggregate(
        bodies=moved.count(),
        evidence=fact("supplier.purchases", moved.purchases, moved.party_id).collect(
            order_by=[moved.party_id.asc()]
        ),
    )
    processes = beside(beside(whole(ocds.processes), awards), found)
    reason = ibis.cases(
        reasons.no_award(processes),  # (1)
        (
            processes.method.fill_null("").notin(reasons.NON_COMPETITIVE_METHODS),
            said("the procedure is competitive, or its method is not known"),
        ),  # (2)
        (processes.nameless > 0, said("an award does not name its supplier")),  # (3)
    )
    judged = processes.mutate(reason=reason)
    count = judged.bodies.fill_null(0)
    return answers(CARD, judged, count > 0, count, deals.evidence(judged))
