# SPDX-License-Identifier: EUPL-1.2
"""A direct award was below the threshold for direct awards, and its changed contract is above it.

A red flag, never a verdict: needs change. Contracts of one award count together. The value is
their sum in percent of the threshold; of several awards the largest sum counts.

Not assessed, and the reason is published, where:
1. no award is active
2. the procedure is competitive, or its method is not known
3. no signed contract is published
4. a contract names no award that is active, and the process has not exactly one
5. the value of a contract or of its award, or a currency, is not published
6. the contracts and awards are in several currencies
7. no threshold for direct awards is given for their currency, the category and time (`thresholds`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    reasons,
    thresholds,
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
    code="R054",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Direct award followed by change orders above the threshold"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R054"),
    description=said(
        "A contract without competition began below the value from which competition is due,"
        " and grew above it. It may have been made small to avoid competition. It proves"
        " nothing by itself: needs change."
    ),
)
UNIT = said("percent of the threshold")


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds)
    counted = awards.group_by("ocid").aggregate(awarded=awards.count())
    together = deals.by_award(ocds)
    found = together.group_by("ocid").aggregate(
        contracts=together.contracts.sum(),
        alone=together.alone.sum(),
        unpriced=together.unpriced.sum(),
        mixed=together.mixed.sum(),
        currencies=together.award_currency.nunique(),
        value_currency=together.award_currency.max(),  # not that of the estimate
        largest=together.signed.max(),
        first=together.award_amount.argmax(together.signed),
        changed=together.amendments.argmax(together.signed),
    )
    tenders = whole(ocds.processes).drop("value_currency")
    processes = beside(beside(tenders, counted), found)
    placed = thresholds.beside(ocds, processes, "direct")
    reason = ibis.cases(
        reasons.no_award(placed),  # (1)
        (
            placed.method.fill_null("").notin(reasons.NON_COMPETITIVE_METHODS),
            said("the procedure is competitive, or its method is not known"),
        ),  # (2)
        reasons.no_contract(placed),  # (3)
        (placed.alone > 0, said("a contract cannot be told to which award it belongs")),  # (4)
        (placed.unpriced > 0, said("the value of a contract or award is not published")),  # (5)
        (
            (placed.mixed > 0) | (placed.currencies > 1),
            said("the amounts are in several currencies"),
        ),  # (6)
        thresholds.unknown(placed),  # (7)
    )
    judged = placed.mutate(reason=reason)
    share = judged.largest.cast("float64") / judged.limit_amount.cast("float64") * 100
    evidence = ibis.array(
        [
            fact("awards.value", plain(judged.first)),
            fact("contracts.value", plain(judged.largest)),
            fact("contracts.amendments", judged.changed),
            fact("threshold.amount", plain(judged.limit_amount)),
        ]
    )
    raised = (judged.first <= judged.limit_amount) & (judged.largest > judged.limit_amount)
    return answers(CARD, judged, raised, share, evidence)
