# SPDX-License-Identifier: EUPL-1.2
"""The cheapest losing bid is hardly dearer than the winning one: a low outlier among its like.

A red flag, never a verdict: close bids are what strong competition looks like, too.

The gap and the reasons for which it is not assessed are those of `gaps`. A fence that is not above
zero leaves room for no outlier, and the answer is clear: equal prices are the matter of R028.
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
    code="R024",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Price close to winning bid"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R024"),
    description=said(
        "The second bid is closer to the winning one than is usual for the same method"
        " and category. Bidders who agreed among themselves may imitate competition. It"
        " proves nothing by itself: strong competition brings prices together, too."
    ),
)
UNIT = said("dearer by percent")


def assess(ocds: Ocds) -> ir.Table:
    judged = gaps.of(ocds)
    raised = (judged.measure <= judged.lower) & (judged.lower > 0)
    return answers(
        CARD,
        judged,
        raised,
        judged.measure * 100,
        gaps.evidence(judged, judged.lower),
        contest.records(ocds),
    )
