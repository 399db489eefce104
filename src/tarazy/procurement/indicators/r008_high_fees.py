# SPDX-License-Identifier: EUPL-1.2
"""To take part costs a large share of what the tender is worth.

A red flag, never a verdict: deposits that are given back are often published as fees. The value is
the sum of the fees in percent of the estimated value.

Not assessed, and the reason is published, where:
1. the estimated value is not published, or is no positive amount
2. no fee of this process is published
3. a fee has no value or no currency
4. a fee and the estimated value are in several currencies
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
    code="R008",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Unreasonable participation fees"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R008"),
    description=said(
        "The fees for taking part are large against the value of the tender. High fees keep"
        " small bidders away. It proves nothing by itself: a deposit that is given back may be"
        " published as a fee."
    ),
)
UNIT = said("percent of the value")


def assess(ocds: Ocds) -> ir.Table:
    fees = ocds.fees
    amount = plain(fees.value_amount) + " " + fees.value_currency
    charged = fees.group_by("ocid").aggregate(
        fees=fees.count(),
        unpriced=(fees.value_amount.isnull() | fees.value_currency.isnull()).sum(),
        charged=fees.value_amount.sum(),
        least_currency=fees.value_currency.min(),
        last_currency=fees.value_currency.max(),
        evidence=fact("tender.participationFees.value", amount, fees.fee_id).collect(
            order_by=[fees.fee_id.asc()]
        ),
    )
    processes = beside(whole(ocds.processes), charged)
    tenders = processes.mutate(
        percent_min=parameters.in_force(CARD.code, "percent_min", processes.when)
    )
    mixed = (tenders.least_currency != tenders.last_currency) | (
        tenders.least_currency != tenders.value_currency
    )
    reason = ibis.cases(
        reasons.no_value(tenders),  # (1)
        (tenders.fees.fill_null(0) == 0, said("no fee for taking part is published")),  # (2)
        (tenders.unpriced > 0, said("a fee has no value or no currency")),  # (3)
        (mixed, said("the amounts are in several currencies")),  # (4)
    )
    judged = tenders.mutate(reason=reason)
    share = judged.charged.cast("float64") / judged.value_amount.cast("float64") * 100
    own = ibis.array(
        [
            fact("tender.value", plain(judged.value_amount) + " " + judged.value_currency),
            fact("threshold.percent_min", judged.percent_min),
        ]
    )
    return answers(
        CARD, judged, share >= judged.percent_min, share, deals.evidence(judged).concat(own)
    )
