# SPDX-License-Identifier: EUPL-1.2
"""A supplier delivers more kinds of things than other suppliers do: a high outlier.

A red flag, never a verdict: wholesalers deliver everything. The subject is the supplier, the value
the number of divisions (scheme and first two digits of the codes) in its active awards that name it
alone. An outlier is at the fence or beyond it, and above three quarters of its like.

Not assessed, and the reason is published, where:
1. the supplier has fewer than twenty processes with classified items
2. fewer than twenty such suppliers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, kinds, organisations
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R048",
    version=2,
    subjects=(Subject.SUPPLIER,),
    title=said("Heterogeneous supplier"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R048"),
    description=said(
        "The supplier delivers far more kinds of things than others. It may be a front"
        " that resells. It proves nothing by itself: wholesalers deliver everything."
    ),
)
UNIT = said("kinds of things")

PROCESSES_MIN = 20  # as Cardinal asks for its fence
DIGITS = 2  # the division of CPV, UNSPSC's segment


def assess(ocds: Ocds) -> ir.Table:
    counted = _suppliers(ocds)
    shares = organisations.peers(counted).mutate(measure=counted.kinds)
    reason = ibis.cases(
        (
            shares.processes < PROCESSES_MIN,
            said("it has too few processes to say anything of it"),
        )
    )  # (1)
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (2)
    )
    evidence = ibis.array(
        [
            fact("supplier.processes", judged.processes),
            fact("supplier.kinds", judged.kinds),
            fact("fence.kinds", judged.upper.round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = (judged.measure >= judged.upper) & (judged.measure > judged.q3)
    return organisations.answers(CARD, judged, raised, judged.measure, evidence)


def _suppliers(ocds: Ocds) -> ir.Table:
    """Each supplier that was alone in its awards: processes with classified items, and kinds."""
    active = ocds.awards.filter(
        (ocds.awards.status == "active") & (ocds.awards.supplier_ids.length() == 1)
    )
    awards = active.select(
        "ocid",
        part_id=active.award_id,
        party_id=active.supplier_ids[0],
        party_name=active.supplier_names[0],
    )
    items = kinds.coded(ocds.items.filter(ocds.items.part == "award"), DIGITS)
    bought = ocds.processes.select("ocid", "category")
    named = awards.filter(awards.party_id.notnull()).inner_join(bought, "ocid")
    sold = named.inner_join(items, ["ocid", "part_id"])
    return sold.group_by("party_id").aggregate(
        party_name=sold.party_name.max(),
        category=organisations.main_category(sold),
        processes=sold.ocid.nunique(),
        kinds=sold.kind.nunique(),
    )
