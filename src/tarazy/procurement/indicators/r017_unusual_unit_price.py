# SPDX-License-Identifier: EUPL-1.2
"""The price of one unit is far from what the same thing usually costs.

A red flag, never a verdict: the same code can hide different qualities. Peers are items of the same
code, unit, currency, part (tender, award or contract) and year; of any year where an inflation
table brings their prices to one level. An item is far off where the logarithm of
its price is more than three robust standard deviations (1.4826 times the median absolute deviation)
and at least thirty percent from the median. The value is the price of the item that is farthest
from its median, in percent of it; where items are far off, of the one that is farthest among them.

Not assessed, and the reason is published, where:
1. no unit price with its currency is published, or none is above zero
2. no item has a code and a unit
3. no item has twenty peers; where an inflation table was given for the currency and lacks the month
   of the tender, its items have none (`levels`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, levels
from tarazy.procurement.indicators.interface import (
    EVIDENCE,
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    plain,
    where_most,
    whole,
)

CARD = Card(
    code="R017",
    version=4,
    subjects=(Subject.PROCESS,),
    title=said("Unreasonably low or high line item"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R017"),
    description=said(
        "The unit price of an item is far from what the same thing usually costs in the"
        " same unit and currency. It may be overpriced, or quoted low to be raised later."
        " It proves nothing by itself: one code can hide different qualities."
    ),
)
UNIT = said("percent of the median")

DEVIATIONS_MIN = 3
NORMAL_OF_MAD = 1.4826  # makes the median deviation a standard deviation of normal values
PERCENT_OFF_MIN = 30
FAR = 1000  # more than any distance of logarithms
CELL = ("part", "code", "measure_unit", "unit_price_currency", "period")


def assess(ocds: Ocds) -> ir.Table:
    items = _priced(ocds)
    named = items.filter(items.code.notnull() & items.measure_unit.notnull())
    judged_items = _placed(ocds, named)
    both = items.code.notnull() & items.measure_unit.notnull()
    counted = items.group_by("ocid").aggregate(priced=items.count(), coded=both.sum())
    rank = judged_items.away + judged_items.far.ifelse(FAR, 0)  # what is far off comes first
    found = judged_items.group_by("ocid").aggregate(
        peered=judged_items.count(),
        off=judged_items.far.sum(),
        share=where_most(judged_items.share, rank),  # two may be as far off
        evidence=judged_items.evidence.collect(where=judged_items.far).sort().flatten(),
    )
    processes = beside(beside(whole(ocds.processes), counted), found)
    reason = ibis.cases(
        (processes.priced.fill_null(0) == 0, said("no unit price is published")),  # (1)
        (processes.coded.fill_null(0) == 0, said("no priced item has a code and a unit")),  # (2)
        (
            processes.peered.fill_null(0) == 0,
            said("there are too few comparable ones to say what is usual"),
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    evidence = judged.evidence.fill_null(ibis.literal([], type=EVIDENCE))
    return answers(CARD, judged, judged.off > 0, judged.share, evidence)


def _priced(ocds: Ocds) -> ir.Table:
    """Items with a price in a currency: `code` and `measure_unit`, null where not published."""
    items = ocds.items.filter(
        (ocds.items.unit_price > 0) & ocds.items.unit_price_currency.notnull()
    )
    return items.select(
        "ocid",
        "item_id",
        "part",
        "unit_price",
        "unit_price_currency",
        code=items.scheme.fill_null("") + ":" + items.classification_id,
        measure_unit=ibis.coalesce(items.unit_id, items.unit),
    )


def _placed(ocds: Ocds, named: ir.Table) -> ir.Table:
    """Items with their cell: peers, share (of the median, in percent), away, far, evidence."""
    whens = whole(ocds.processes).select("ocid", "when")
    dated = levels.beside(ocds, beside(named, whens), "unit_price_currency")
    items = dated.filter(dated.level.notnull()).mutate(
        magnitude=(dated.unit_price.cast("float64") / dated.level).ln()
    )
    cells = items.group_by(*CELL).aggregate(middle=items.magnitude.median(), peers=items.count())
    numbered = cells.filter(cells.peers >= fences.PEERS_MIN).mutate(
        cell=ibis.row_number().over(order_by=[cells[name] for name in CELL])
    )
    placed = items.inner_join(numbered, CELL)
    away = placed.mutate(away=(placed.magnitude - placed.middle).abs())
    spread = away.group_by("cell").aggregate(deviation=away.away.median())
    found = away.inner_join(spread, "cell")
    share = (found.magnitude - found.middle).exp() * 100
    off = found.away > DEVIATIONS_MIN * NORMAL_OF_MAD * found.deviation
    price = plain(found.unit_price) + " " + found.unit_price_currency
    usual = (found.middle.exp() * found.level).round(2)
    far = off & ((share - 100).abs() >= PERCENT_OFF_MIN)
    evidence = ibis.array(
        [
            fact("items.unit.value", price, found.item_id),
            fact("peers.median", usual, found.item_id),
            fact("fence.peers", found.peers, found.item_id),
        ]
    ).cast(EVIDENCE)
    # Written out only where it is shown: few of many items are far off.
    return found.mutate(share=share, far=far, evidence=far.ifelse(evidence, ibis.null(EVIDENCE)))
