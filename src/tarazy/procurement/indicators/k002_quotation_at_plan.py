# SPDX-License-Identifier: EUPL-1.2
"""A request for price quotations ended at nearly the planned price.

A red flag, never a verdict: plans follow the market. The procedure is known by the words of its
method ("запрос ценовых предложений", "баға ұсыныстарын сұрату"). The plan is the published budget,
else the estimated value; the value is the sum of the active awards in percent of it.

Not assessed, and the reason is published, where:
1. it is not known to be a request for price quotations
2. no award is active
3. an award names no supplier, or has no positive value with a currency
4. the plan has no positive amount
5. the award and the plan are in several currencies
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    parameters,
    reasons,
)
from tarazy.procurement.indicators.interface import (
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
    code="K002",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Price quotation at the planned price"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "Bidders were asked for their lowest price, and the winner asked for nearly all of"
        " the plan. They may have known the plan and one another. It proves nothing by itself:"
        " plans follow the market."
    ),
)
UNIT = said("percent of the plan")

QUOTATION = "ценовых предложений|баға ұсыныс"  # in small letters


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds)
    won = awards.group_by("ocid").aggregate(
        awarded=awards.count(),
        unclear=deals.unclear(awards).sum(),
        won=awards.value_amount.sum(),
        own=awards.value_currency.max(),
        others=awards.value_currency.nunique(),
    )
    processes = beside(whole(ocds.processes), won)
    planned = processes.budget_amount > 0
    tenders = processes.mutate(
        plan=planned.ifelse(processes.budget_amount, processes.value_amount),
        plan_currency=planned.ifelse(processes.budget_currency, processes.value_currency),
        percent_min=parameters.in_force(CARD.code, "percent_min", processes.when),
    )
    quoted = tenders.method_details.lower().re_search(QUOTATION).fill_null(False)  # noqa: FBT003
    reason = ibis.cases(
        (~quoted, said("it is not known to be a request for price quotations")),  # (1)
        reasons.no_award(tenders),  # (2)
        reasons.unpriced_awards(tenders),  # (3)
        (
            tenders.plan.isnull() | tenders.plan_currency.isnull() | (tenders.plan <= 0),
            said("the planned amount is not published"),
        ),  # (4)
        (
            (tenders.others > 1) | (tenders.own != tenders.plan_currency),
            said("the amounts are in several currencies"),
        ),  # (5)
    )
    judged = tenders.mutate(reason=reason)
    share = judged.won.cast("float64") / judged.plan.cast("float64") * 100
    plan = plain(judged.plan) + " " + judged.plan_currency
    of_budget = (judged.budget_amount > 0).fill_null(False)  # noqa: FBT003
    evidence = ibis.array(
        [
            of_budget.ifelse(fact("planning.budget.amount", plan), fact("tender.value", plan)),
            fact("awards.value", plain(judged.won) + " " + judged.own),
            fact("threshold.percent_min", judged.percent_min),
        ]
    )
    return answers(CARD, judged, share >= judged.percent_min, share, evidence)
