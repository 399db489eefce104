# SPDX-License-Identifier: EUPL-1.2
"""The bids for one thing lie far apart.

A red flag, never a verdict: bidders err, and offers of different quality differ in price. The value
is (highest - lowest) / highest of the submitted bids.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. a bid stands for several lots with one price, or some bids name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a submitted bid has no price, or no currency
6. a price is zero or negative
7. the bids are in several currencies
8. a bid does not name its bidder
9. fewer than two bidders handed in bids
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
    fact,
)

CARD = Card(
    code="R022",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Wide disparity in bid prices"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R022"),
    description=said(
        "The highest and the lowest bid lie further apart than the threshold. Bids that"
        " are far too dear may have been handed in for show. It proves nothing by itself:"
        " bidders err, and quality differs."
    ),
)
UNIT = said("percent apart")


def assess(ocds: Ocds) -> ir.Table:
    found = contest.of(ocds)
    contests = found.mutate(percent_min=parameters.in_force(CARD.code, "percent_min", found.when))
    reason = ibis.cases(
        contest.no_bids(contests),  # (1)
        contest.lots_without_bids(contests),  # (2)
        contest.lots_mixed(contests),  # (3)
        contest.unknown_status(contests),  # (4)
        contest.no_price(contests),  # (5)
        contest.not_positive(contests),  # (6)
        contest.several_currencies(contests),  # (7)
        contest.nameless(contests),  # (8)
        contest.alone(contests),  # (9)
    )
    judged = contests.mutate(reason=reason)
    lowest, highest = judged.lowest.cast("float64"), judged.highest.cast("float64")
    apart = (1 - lowest / highest) * 100
    threshold = ibis.array([fact("threshold.percent_min", judged.percent_min)])
    return answers(
        CARD, judged, apart >= judged.percent_min, apart, threshold, contest.records(ocds)
    )
