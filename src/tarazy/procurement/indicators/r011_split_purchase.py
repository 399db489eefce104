# SPDX-License-Identifier: EUPL-1.2
"""Several purchases of one kind in a month: none above the threshold, together they reach it.

A red flag, never a verdict: needs come up one by one. Counted are the purchases of thirty days up
to this one and of thirty days from it; the value is the larger sum in percent of the threshold.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the buyer is not published
3. the estimated value is not published, or is no positive amount
4. the start of the tender is not published with its time zone
5. what is bought is not classified, or is of several kinds
6. no threshold of the law is given for the currency, category and time of its tenders
   (`thresholds`)
7. the purchase is above the threshold: exactly at it the simpler method will still do
8. it was an open tender, so that nothing was avoided
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    kinds,
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
    code="R011",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Splitting purchases to avoid procurement thresholds"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R011"),
    description=said(
        "The buyer bought the same kind of thing several times within thirty days. Each"
        " purchase is below the value from which the law asks for a full tender, and together"
        " they are above it. It proves nothing by itself: needs come up one by one."
    ),
)
UNIT = said("percent of the threshold")

DAYS = 30


def assess(ocds: Ocds) -> ir.Table:
    processes = beside(whole(ocds.processes), kinds.of(ocds)).mutate(
        buyer=ibis.coalesce(ocds.processes.buyer_id, ocds.processes.buyer_name)
    )
    placed = thresholds.beside(ocds, processes, "simplified")
    reason = ibis.cases(
        reasons.not_held(placed),  # (1)
        reasons.no_buyer(placed),  # (2)
        reasons.no_value(placed),  # (3)
        reasons.no_moment(placed.tender_start_at.isnull()),  # (4)
        kinds.unknown(placed),  # (5)
        kinds.several(placed),
        thresholds.unknown(placed),  # (6)
        (
            placed.value_amount > placed.limit_amount,
            said("the purchase is above the threshold"),
        ),  # (7)
        (placed.method == "open", said("it was an open tender already")),  # (8)
    )
    found = placed.mutate(reason=reason)
    judged = beside(found, _sums(found.filter(found.reason.isnull())))
    largest = ibis.greatest(judged.sum_before, judged.sum_after)
    count = ibis.greatest(judged.count_before, judged.count_after)
    share = largest.cast("float64") / judged.limit_amount.cast("float64") * 100
    several = (judged.count_before > 1) | (judged.count_after > 1)
    evidence = ibis.array(
        [
            fact("tender.value", plain(judged.value_amount) + " " + judged.value_currency),
            fact("window.processes", count),
            fact("window.value", plain(largest) + " " + judged.value_currency),
            fact("threshold.amount", plain(judged.limit_amount)),
        ]
    )
    return answers(CARD, judged, several & (largest >= judged.limit_amount), share, evidence)


def _sums(small: ir.Table) -> ir.Table:
    """Of each purchase: how many of its kind, and their sum, in the month before and after it."""
    group = ["buyer", "kind", "value_currency"]
    window = {"group_by": group, "order_by": small.tender_start_at}
    month = ibis.interval(days=DAYS)
    before = ibis.range_window(  # type: ignore[no-untyped-call]
        preceding=month, following=0, **window
    )
    after = ibis.range_window(  # type: ignore[no-untyped-call]
        preceding=0, following=month, **window
    )
    return small.select(
        "ocid",
        sum_before=small.value_amount.sum().over(before),
        sum_after=small.value_amount.sum().over(after),
        count_before=small.count().over(before),
        count_after=small.count().over(after),
    )
