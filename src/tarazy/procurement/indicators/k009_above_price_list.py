# SPDX-License-Identifier: EUPL-1.2
"""An item costs more than the list of reference prices allows.

A red flag, never a verdict: lists are late, and delivery costs. The list is a table that the user
gives (`references`), such as the ceiling prices of medicines: without it nothing is assessed.
Compared are items of the same code, unit and currency at the time of the tender; the value is the
dearest item in percent of its ceiling.

Not assessed, and the reason is published, where:
1. no list of reference prices was given
2. no unit price with a code, unit and currency is published
3. no item of this process is on the list
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
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
    code="K009",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Price above the reference list"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The unit price of an item is above the ceiling of the list of reference prices. The"
        " buyer may pay too much. It proves nothing by itself: lists are late, and delivery"
        " costs."
    ),
)
UNIT = said("percent of the ceiling")

WHOLE = 100  # percent


def assess(ocds: Ocds) -> ir.Table:
    priced = ocds.items.filter((ocds.items.unit_price > 0).fill_null(False))  # noqa: FBT003
    items = priced.select(
        "ocid", "item_id", "scheme", "unit_price",
        code=priced.classification_id,
        unit=priced.unit.fill_null(priced.unit_id).lower(),
        currency=priced.unit_price_currency,
    )  # fmt: skip
    known = items.filter(items.code.notnull() & items.unit.notnull() & items.currency.notnull())
    dated = beside(known, whole(ocds.processes).select("ocid", "when"))
    counted = known.group_by("ocid").aggregate(priced=known.count())
    given = ocds.prices.aggregate(given=ocds.prices.count())
    joined = beside(beside(whole(ocds.processes), counted), _compared(ocds, dated))
    processes = joined.cross_join(given)
    reason = ibis.cases(
        (processes.given == 0, said("no list of reference prices was given")),  # (1)
        (processes.priced.fill_null(0) == 0, said("no priced item has a code and a unit")),  # (2)
        (processes.listed.fill_null(0) == 0, said("no item is on the list of prices")),  # (3)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.share > WHOLE, judged.share, deals.evidence(judged))


def _compared(ocds: Ocds, items: ir.Table) -> ir.Table:
    ceilings = ocds.prices.select(
        "code", "currency", "price_max", "valid_from", "valid_to",
        list_scheme="scheme", unit=ocds.prices.unit.lower(),
    )  # fmt: skip
    met = items.inner_join(ceilings, ["code", "currency", "unit"])
    listed = met.filter(
        (met.when >= met.valid_from)
        & (met.valid_to.isnull() | (met.when < met.valid_to))
        & (met.list_scheme.isnull() | (met.list_scheme == met.scheme))
    )
    share = listed.unit_price.cast("float64") / listed.price_max.cast("float64") * 100
    above = share > WHOLE
    return listed.group_by("ocid").aggregate(
        listed=listed.count(),
        share=share.max(),
        evidence=ibis.array(
            [
                fact("items.unit.value", plain(listed.unit_price), listed.item_id),
                fact("prices.ceiling", plain(listed.price_max), listed.item_id),
            ]
        )
        .collect(where=above, order_by=[listed.item_id.asc()])
        .flatten(),
    )
