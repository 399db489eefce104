# SPDX-License-Identifier: EUPL-1.2
"""A buyer gave one supplier several contracts from a single source after failed tenders.

A red flag, never a verdict: in a thin market only one comes. The subject is the pair of buyer and
supplier. Such a procedure is known by the words of its method ("несостоявшиеся", "өтпеген"); pairs
without one are no subject. The value is how many such awards there are.

Not assessed, and the reason is published, where:
1. an award of the pair names no date to tell repeats from one purchase in parts
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    organisations,
    parameters,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="K001",
    version=1,
    subjects=(Subject.PAIR,),
    title=said("Repeated single source after failed tenders"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The tenders of this buyer failed again and again, and each time the same supplier"
        " got the contract without competition. Tenders may be made to fail. It proves nothing"
        " by itself: in a thin market only one comes."
    ),
)
UNIT = said("awards")

FAILED = "несостоявш|өтпе"  # in small letters


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds)
    failed = awards.filter(
        awards.method_details.lower().re_search(FAILED).fill_null(False)  # noqa: FBT003
        & awards.buyer.notnull()
        & awards.supplier.notnull()
    )
    pairs = failed.group_by("buyer", "supplier").aggregate(
        party_id=(failed.buyer + " → " + failed.supplier).max(),
        party_name=(failed.buyer_name + " → " + failed.supplier_name).max(),
        undated=failed.awarded_published.isnull().sum(),
        days=failed.awarded_published.left(10).nunique(),
        last=failed.method_details.max(),
    )
    judged = pairs.mutate(
        reason=ibis.cases(
            (pairs.undated > 0, said("the date of an award is not published"))
        ),  # (1)
        awards_min=parameters.in_force(CARD.code, "awards_min", ibis.literal(parameters.ALWAYS)),
    )
    evidence = ibis.array(
        [
            fact("tender.procurementMethodDetails", judged.last),
            fact("pair.awards", judged.days),
            fact("threshold.awards_min", judged.awards_min),
        ]
    )
    raised = judged.days >= judged.awards_min
    return organisations.answers(CARD, judged, raised, judged.days, evidence)
