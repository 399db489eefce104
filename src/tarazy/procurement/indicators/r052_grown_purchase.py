# SPDX-License-Identifier: EUPL-1.2
"""A small first direct award, then much larger awards to the same supplier by the same buyer.

A red flag, never a verdict: a good trial makes a large order. The subject is the process of the
later award. The value is how many times larger it is than the first one; awards of one currency are
compared, by their dates. Of several first ones of one moment the largest counts.

Not assessed, and the reason is published, where:
1. no award is active
2. the buyer is not published
3. several awards are active
4. an award names no supplier, no value with a currency, or no date with a time zone
5. it is the first award of this buyer to this supplier in this currency
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import parameters
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
    code="R052",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Small first purchase followed by much larger ones"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R052"),
    description=said(
        "The buyer first gave the supplier a small award without competition, and then a"
        " much larger one. A small award may open a door that competition keeps closed. It"
        " proves nothing by itself: a good trial makes a large order."
    ),
)
UNIT = said("times larger")

NON_COMPETITIVE_METHODS = ("limited", "direct")
RELATION = ("buyer", "supplier", "award_currency")


def assess(ocds: Ocds) -> ir.Table:
    processes = _awarded(ocds)
    reason = ibis.cases(
        (processes.awarded.fill_null(0) == 0, said("no award is active")),  # (1)
        (processes.buyer.isnull(), said("the buyer is not published")),  # (2)
        (processes.awarded > 1, said("several awards are active")),  # (3)
        (
            processes.supplier.isnull()
            | processes.award_currency.isnull()
            | processes.award_amount.isnull()
            | (processes.award_amount <= 0)
            | processes.award_at.isnull(),
            said("the supplier, the value or the date of an award is not published"),
        ),  # (4)
    )
    dated = processes.mutate(reason=reason)
    counted = dated.filter(dated.reason.isnull())
    order = ibis.struct(
        {"at": counted.award_at, "less": -counted.award_amount, "ocid": counted.published_ocid}
    )
    first = counted.group_by(*RELATION).aggregate(
        first_at=counted.award_at.min(),
        first_ocid=counted.published_ocid.argmin(order),
        first_amount=counted.award_amount.argmin(order),
        first_method=counted.method.argmin(order),
    )
    found = dated.left_join(first, RELATION).drop(*(f"{name}_right" for name in RELATION))
    is_first = found.award_at <= found.first_at
    judged = found.mutate(
        reason=ibis.coalesce(
            found.reason,
            ibis.cases((is_first, said("it is the first award of this buyer to this supplier"))),
        ),  # (5)
        times_min=parameters.in_force(CARD.code, "times_min", found.when),
    )
    times = judged.award_amount.cast("float64") / judged.first_amount.cast("float64")
    direct = judged.first_method.isin(NON_COMPETITIVE_METHODS).fill_null(False)  # noqa: FBT003
    evidence = ibis.array(
        [
            fact("awards.value", plain(judged.award_amount) + " " + judged.award_currency),
            fact("awards.date", judged.award_published),
            fact("first.ocid", judged.first_ocid),
            fact("first.value", plain(judged.first_amount) + " " + judged.award_currency),
            fact("first.procurementMethod", judged.first_method),
            fact("threshold.times_min", judged.times_min),
        ]
    )
    return answers(CARD, judged, direct & (times >= judged.times_min), times, evidence)


def _awarded(ocds: Ocds) -> ir.Table:
    """Processes with the one active award of each."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    awards = active.mutate(supplier=contest.names(active.supplier_ids))
    one = awards.group_by("ocid").aggregate(
        awarded=awards.count(),
        supplier=awards.supplier.max(),
        award_amount=awards.value_amount.max(),
        award_currency=awards.value_currency.max(),
        award_at=awards.awarded_at.max(),
        award_published=awards.awarded_published.max(),
    )
    processes = whole(ocds.processes)
    named = processes.select(
        "ocid",
        "published_ocid",
        "lot_id",
        "when",
        "method",
        buyer=ibis.coalesce(processes.buyer_id, processes.buyer_name),
    )
    return beside(named, one)
