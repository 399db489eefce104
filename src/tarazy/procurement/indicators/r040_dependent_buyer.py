# SPDX-License-Identifier: EUPL-1.2
"""A buyer spends most of its money with one supplier.

A red flag, never a verdict: one supplier may be the only one there is. The subject is the buyer,
the value the share of the supplier with most money in the buyer's active awards.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten processes with an active award
2. an award names no supplier, or has no value with a currency, or a negative one
3. the awards are in several currencies
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import organisations, parameters
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
    plain,
    where_most,
)

CARD = Card(
    code="R040",
    version=2,
    subjects=(Subject.BUYER,),
    title=said("High share of a buyer's contracts"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R040"),
    description=said(
        "One supplier gets most of what the buyer spends. It may be favoured. It proves"
        " nothing by itself: it may be the only one there is."
    ),
)
UNIT = said("percent of the spending")


def assess(ocds: Ocds) -> ir.Table:
    spent = _spent(ocds)
    unclear = spent.supplier.isnull() | spent.amount.isnull() | spent.currency.isnull()
    counted = spent.group_by("party_id").aggregate(
        party_name=spent.party_name.max(),
        processes=spent.ocid.nunique(),
        unclear=(unclear | (spent.amount < 0)).sum(),
        currencies=spent.currency.nunique(),
        currency=spent.currency.max(),
        total=spent.amount.sum(),
    )
    parts = spent.group_by("party_id", "supplier").aggregate(part=spent.amount.sum())
    largest = parts.group_by("party_id").aggregate(
        largest=parts.part.max(),
        favourite=where_most(parts.supplier, parts.part),  # two may have as much
    )
    joined = counted.left_join(largest, "party_id").drop("party_id_right")
    reason = ibis.cases(
        organisations.too_small(joined),  # (1)
        (
            (joined.unclear > 0) | (joined.total <= 0),
            said("the supplier or the value of an award is not published"),
        ),  # (2)
        (joined.currencies > 1, said("the amounts are in several currencies")),  # (3)
    )
    judged = joined.mutate(
        reason=reason,
        percent_min=parameters.in_force(CARD.code, "percent_min", ibis.literal(parameters.ALWAYS)),
    )
    share = judged.largest.cast("float64") / judged.total.cast("float64") * 100
    evidence = ibis.array(
        [
            fact("buyer.processes", judged.processes),
            fact("buyer.spent", plain(judged.total) + " " + judged.currency),
            fact("buyer.favourite", judged.favourite),
            fact("buyer.favourite.spent", plain(judged.largest) + " " + judged.currency),
            fact("threshold.percent_min", judged.percent_min),
        ]
    )
    return organisations.answers(CARD, judged, share >= judged.percent_min, share, evidence)


def _spent(ocds: Ocds) -> ir.Table:
    """Each active award with its buyer and its suppliers in one text."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    awards = active.select(
        "ocid",
        supplier=contest.names(active.supplier_ids),
        amount=active.value_amount,
        currency=active.value_currency,
    )
    return awards.inner_join(organisations.buyers(ocds), "ocid")
