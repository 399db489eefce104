# SPDX-License-Identifier: EUPL-1.2
"""The first digits of a buyer's tender values are not spread as those of grown amounts are.

A red flag, never a verdict: round budgets and fixed prices bend the digits too. The subject is the
buyer, the value the mean distance from Benford's law in percentage points (Nigrini's limit for
first digits is 1.5).

Not assessed, and the reason is published, where:
1. the buyer has fewer than three hundred tenders with a positive value
2. nine tenths of the values do not span two powers of ten, so that the law does not apply
"""

import math

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    organisations,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R029",
    version=1,
    subjects=(Subject.BUYER,),
    title=said("Values deviate from Benford's Law"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R029"),
    description=said(
        "Digits of amounts that grew by themselves follow a known law, and those of this"
        " buyer do not. Amounts may have been made up. It proves nothing by itself: round"
        " budgets and fixed prices bend the digits too."
    ),
)
UNIT = said("percentage points")

DIGITS = range(1, 10)
VALUES_MIN = 300
SPAN_MIN = 2  # powers of ten, of nine tenths of the values
LOW, HIGH = 0.05, 0.95
MEAN_MAX = 0.015  # Nigrini, Benford's Law (2012): non-conformity of first digits


def assess(ocds: Ocds) -> ir.Table:
    valued = organisations.buyers(ocds).inner_join(
        ocds.processes.select("ocid", "value_amount"), "ocid"
    )
    known = valued.filter(valued.value_amount > 0)
    amount = known.value_amount.cast("float64")
    digits = known.mutate(
        magnitude=amount.log10(),
        digit=(amount / 10 ** amount.log10().floor()).floor().cast("int64"),
    )
    counted = digits.group_by("party_id").aggregate(
        party_name=digits.party_name.max(),
        values=digits.count(),
        span=digits.magnitude.quantile(HIGH) - digits.magnitude.quantile(LOW),
        **{f"digit_{n}": (digits.digit == n).sum() for n in DIGITS},
    )
    reason = ibis.cases(
        (counted.values < VALUES_MIN, said("it has too few values to look at their digits")),  # (1)
        (counted.span < SPAN_MIN, said("its values are too much alike to look at digits")),  # (2)
    )
    judged = counted.mutate(reason=reason)
    apart = [
        (judged[f"digit_{n}"] / judged["values"] - math.log10(1 + 1 / n)).abs() for n in DIGITS
    ]
    mean = sum(apart[1:], apart[0]) / len(DIGITS)
    evidence = ibis.array(
        [
            fact("buyer.values", judged["values"]),
            *(fact(f"buyer.digit_{n}", judged[f"digit_{n}"]) for n in DIGITS),
        ]
    )
    return organisations.answers(CARD, judged, mean > MEAN_MAX, mean * 100, evidence)
