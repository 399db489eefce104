# SPDX-License-Identifier: EUPL-1.2
"""The winning bid is far cheaper than the next one: a high outlier among comparable ones.

A red flag, never a verdict: a new technology or a hunger for work makes low prices, too.

The gap and the reasons for which it is not assessed are those of `gaps`.
"""

import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import gaps
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
)

CARD = Card(
    code="R058",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Heavily discounted bid"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R058"),
    description=said(
        "The winner is cheaper than the next bidder by more than is usual for the same"
        " method and category. Such a price may be won back by poor goods or by later"
        " changes of the contract. It proves nothing by itself."
    ),
)
UNIT = said("dearer by percent")


def assess(ocds: Ocds) -> ir.Table:
    judged = gaps.of(ocds)
    raised = (judged.measure >= judged.upper) & (judged.upper > 0)
    return answers(
        CARD,
        judged,
        raised,
        judged.measure * 100,
        gaps.evidence(judged, judged.upper),
        contest.records(ocds),
    )
