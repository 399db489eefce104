# SPDX-License-Identifier: EUPL-1.2
"""The contracts of a process cost more than its plan.

A red flag, never a verdict: plans are made a year before. The value is the sum of the signed
contracts in percent of the published budget.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no budget with a positive amount and a currency is published
3. the value of a contract, or its currency, is not published
4. the contracts and the plan are in several currencies
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
    code="K005",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Contract dearer than the plan"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The contracts cost more than was planned and budgeted. Money may have been taken"
        " from other needs. It proves nothing by itself: plans are made a year before."
    ),
)
UNIT = said("percent of the plan")


def assess(ocds: Ocds) -> ir.Table:
    contracts = deals.contracts(ocds)
    signed = contracts.group_by("ocid").aggregate(
        contracts=contracts.count(),
        unpriced=(contracts.value_amount.isnull() | contracts.value_currency.isnull()).sum(),
        worth=contracts.value_amount.sum(),
        least=contracts.value_currency.min(),
        last=contracts.value_currency.max(),
    )
    processes = beside(whole(ocds.processes), signed)
    tenders = processes.mutate(
        percent_max=parameters.in_force(CARD.code, "percent_max", processes.when)
    )
    reason = ibis.cases(
        reasons.no_contract(tenders),  # (1)
        (
            tenders.budget_amount.isnull()
            | tenders.budget_currency.isnull()
            | (tenders.budget_amount <= 0),
            said("the planned amount is not published"),
        ),  # (2)
        (tenders.unpriced > 0, said("the value of a contract or award is not published")),  # (3)
        (
            (tenders.least != tenders.last) | (tenders.least != tenders.budget_currency),
            said("the amounts are in several currencies"),
        ),  # (4)
    )
    judged = tenders.mutate(reason=reason)
    share = judged.worth.cast("float64") / judged.budget_amount.cast("float64") * 100
    evidence = ibis.array(
        [
            fact(
                "planning.budget.amount", plain(judged.budget_amount) + " " + judged.budget_currency
            ),
            fact("contracts.value", plain(judged.worth) + " " + judged.least),
            fact("threshold.percent_max", judged.percent_max),
        ]
    )
    above = judged.worth * 100 > judged.budget_amount * judged.percent_max
    return answers(CARD, judged, above, share, evidence)
