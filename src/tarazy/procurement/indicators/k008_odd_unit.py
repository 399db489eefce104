# SPDX-License-Identifier: EUPL-1.2
"""An item is counted in another unit than nearly everybody uses for its code.

A red flag, never a verdict: some things are sold in two units. A unit is odd where nine of ten
items of the same code have another one; the value is how many items have an odd unit. A price per
box beside prices per piece hides itself from comparison.

Not assessed, and the reason is published, where:
1. no item has both a code and a unit
2. there are fewer than twenty items of the code
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    fences,
)
from tarazy.procurement.indicators.interface import (
    EVIDENCE,
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="K008",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Odd unit of an item"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "An item is counted in another unit than nearly everybody uses for the same code."
        " Prices in another unit cannot be compared. It proves nothing by itself: some things"
        " are sold in two units."
    ),
)
UNIT = said("items")

USUAL_MIN = 0.9


def assess(ocds: Ocds) -> ir.Table:
    tendered = ocds.items.filter(ocds.items.part == "tender")
    known = tendered.select(
        "ocid",
        "item_id",
        code=tendered.scheme.fill_null("") + ":" + tendered.classification_id,
        measure_unit=tendered.unit_id.fill_null(tendered.unit).lower(),
    ).filter(lambda rows: rows.code.notnull() & rows.measure_unit.notnull())
    units = known.group_by("code", "measure_unit").aggregate(times=known.count())
    codes = units.group_by("code").aggregate(
        peers=units.times.sum(),
        most=units.times.max(),
        usual=units.measure_unit.argmax(units.times),
    )
    placed = known.inner_join(codes, "code")
    compared = placed.peers >= fences.PEERS_MIN
    odd = (
        compared
        & (placed.measure_unit != placed.usual)
        & (placed.most >= USUAL_MIN * placed.peers.cast("float64"))
    )
    judged_items = placed.mutate(compared=compared, odd=odd)
    counted = judged_items.group_by("ocid").aggregate(
        named=judged_items.count(),
        compared=judged_items.compared.sum(),
        odd=judged_items.odd.sum(),
    )
    processes = beside(beside(whole(ocds.processes), counted), _listed(judged_items))
    reason = ibis.cases(
        (processes.named.fill_null(0) == 0, said("no item has both a code and a unit")),  # (1)
        (
            processes.compared.fill_null(0) == 0,
            said("there are too few comparable ones to say what is usual"),
        ),  # (2)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.odd > 0, judged.odd, deals.evidence(judged))


def _listed(items: ir.Table) -> ir.Table:
    """The evidence of the odd ones of each process, gathered of these few alone: ocid, evidence."""
    odd = items.filter(items.odd)
    evidence = ibis.array(
        [
            fact("items.unit.name", odd.measure_unit, odd.item_id),
            fact("peers.unit", odd.usual, odd.item_id),
            fact("fence.peers", odd.peers, odd.item_id),
        ]
    ).cast(EVIDENCE)
    return odd.group_by("ocid").aggregate(
        evidence=evidence.collect(order_by=[odd.item_id.asc()]).flatten()
    )
