# SPDX-License-Identifier: EUPL-1.2
"""The awards together cost as much as was estimated, or more.

A red flag, never a verdict: a good estimate is close to the market. The value is the awarded amount
as a share of the tender's value.

Not assessed, and the reason is published, where:
1. the method promises no competition, or is not known: such a price is often agreed, not bid
2. the tender's value or its currency is not published, or the value is zero or negative
3. no award is active
4. an active award has no positive value, or no currency
5. the awards are in another currency than the estimate
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import parameters
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    plain,
    whole,
)

CARD = Card(
    code="R031",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Winning price very close to or higher than the estimated price"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R031"),
    description=said(
        "The awards cost nearly as much as the buyer had estimated, or more, although"
        " there was competition. The winner may have known the estimate. It proves nothing"
        " by itself: a good estimate is close to the market."
    ),
)
UNIT = said("percent of the estimate")


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    active = ocds.awards.filter(ocds.awards.status == "active")
    known = (active.value_amount > 0).fill_null(False) & active.value_currency.notnull()  # noqa: FBT003
    awards = active.group_by("ocid").aggregate(
        awarded=active.count(),
        unpriced=(~known).sum(),
        sum_awarded=active.value_amount.sum(),
        currency_min=active.value_currency.min(),
        currency_max=active.value_currency.max(),
    )
    tenders = beside(processes, awards).mutate(
        percent_min=parameters.in_force(CARD.code, "percent_min", processes.when)
    )
    same = (tenders.currency_min == tenders.value_currency) & (
        tenders.currency_max == tenders.value_currency
    )
    reason = ibis.cases(
        (
            tenders.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method promises no competition, or is not known"),
        ),  # (1)
        (
            tenders.value_amount.isnull()
            | tenders.value_currency.isnull()
            | (tenders.value_amount <= 0),
            said("the estimated value is not published, or is no positive amount"),
        ),  # (2)
        (tenders.awarded.fill_null(0) == 0, said("no award is active")),  # (3)
        (tenders.unpriced > 0, said("the value of an award is not published")),  # (4)
        (~same, said("the amounts are in several currencies")),  # (5)
    )
    judged = tenders.mutate(reason=reason)
    share = judged.sum_awarded.cast("float64") / judged.value_amount.cast("float64") * 100
    evidence = ibis.array(
        [
            fact("tender.value", plain(judged.value_amount) + " " + judged.value_currency),
            fact("awards.value", plain(judged.sum_awarded) + " " + judged.currency_min),
            fact("threshold.percent_min", judged.percent_min),
        ]
    )
    return answers(CARD, judged, share >= judged.percent_min, share, evidence)
