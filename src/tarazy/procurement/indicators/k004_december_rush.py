# SPDX-License-Identifier: EUPL-1.2
"""A buyer awards in December, or in the last quarter, far more of its money than other buyers do.

A red flag, never a verdict: some budgets come late. The subject is the buyer, the value the share
of its money that was awarded in a December (time of Kazakhstan), in percent; that of the last
quarter of the years has a fence of its own, and stands in the evidence.

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten active awards
2. an award has no positive value with a currency, or no date with a time zone
3. the amounts are in several currencies
4. fewer than twenty such buyers are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    fences,
    organisations,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
    plain,
)

CARD = Card(
    code="K004",
    version=4,
    subjects=(Subject.BUYER,),
    title=said("Rush at the end of the year"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The buyer spends in December, or from October on, far more of its money than other"
        " buyers do. In haste"
        " prices and needs are checked less. It proves nothing by itself: some budgets come"
        " late."
    ),
)
UNIT = said("percent of its money")

HOURS_EAST = 5  # UTC+05:00 in all of Kazakhstan since March 2024
OCTOBER, DECEMBER = 10, 12


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds).filter(lambda rows: rows.buyer.notnull())
    local = awards.awarded_at + ibis.interval(hours=HOURS_EAST)
    late = (local.month() == DECEMBER).fill_null(False)  # noqa: FBT003
    quarter = (local.month() >= OCTOBER).fill_null(False)  # noqa: FBT003
    valued = (awards.value_amount > 0).fill_null(False) & awards.value_currency.notnull()  # noqa: FBT003
    counted = awards.group_by(party_id=awards.buyer).aggregate(
        party_name=awards.buyer_name.max(),
        category=organisations.main_category(awards),
        processes=awards.count(),
        unclear=(~valued | awards.awarded_at.isnull()).sum(),
        currencies=awards.value_currency.nunique(),
        total=awards.value_amount.sum(),
        late=awards.value_amount.sum(where=late),
        quarter=awards.value_amount.sum(where=quarter),
    )
    total = counted.total.cast("float64")
    shares = organisations.peers(counted).mutate(
        measure=counted.late.fill_null(0).cast("float64") / total,
        of_quarter=counted.quarter.fill_null(0).cast("float64") / total,
    )
    reason = ibis.cases(
        organisations.too_small(shares),  # (1)
        (shares.unclear > 0, said("the value or the date of an award is not published")),  # (2)
        reasons.several_currencies(shares),  # (3)
    )
    assessed = shares.mutate(reason=reason)
    quarters = fences.usual(assessed.mutate(measure=assessed.of_quarter))
    usual = quarters.select("party_id", upper_of_quarter=quarters.upper)
    found = fences.usual(assessed).left_join(usual, "party_id").drop("party_id_right")
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (4)
    )
    evidence = ibis.array(
        [
            fact("buyer.spent", plain(judged.total)),
            fact("buyer.spent_in_december", plain(judged.late)),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("buyer.spent_in_last_quarter", plain(judged.quarter)),
            fact("fence.percent_of_quarter", (judged.upper_of_quarter * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = (judged.measure > judged.upper) | (judged.of_quarter > judged.upper_of_quarter)
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
