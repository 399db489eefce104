# SPDX-License-Identifier: EUPL-1.2
"""Two bidders handed in the same price for the same thing.

A red flag, never a verdict: prices that the state or a list fixes are the same for everybody. The
value is how many bidders share a price. Two bids of the same bidders are no flag.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. a bid stands for several lots with one price, or some bids name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a submitted bid has no price, or no currency
6. a price is zero or negative
7. a bid does not name its bidder
8. fewer than two bidders handed in bids
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
)

CARD = Card(
    code="R028",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Identical bid prices"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R028"),
    description=said(
        "Different bidders handed in the same price. They may have copied one"
        " calculation. It proves nothing by itself: where the state or a price list fixes"
        " prices, equal bids are usual."
    ),
)
UNIT = said("bidders with one price")


def assess(ocds: Ocds) -> ir.Table:
    bids = contest.bids(ocds)
    submitted = bids.filter(bids.submitted)
    same = submitted.group_by(*contest.KEY, "price", "currency").aggregate(
        sharing=submitted.who.nunique()
    )
    most = same.group_by(*contest.KEY).aggregate(sharing=same.sharing.max())
    contests = contest.of(ocds).left_join(most, contest.KEY).drop("ocid_right", "lot_right")
    reason = ibis.cases(
        contest.no_bids(contests),  # (1)
        contest.lots_without_bids(contests),  # (2)
        contest.lots_mixed(contests),  # (3)
        contest.unknown_status(contests),  # (4)
        contest.no_price(contests),  # (5)
        contest.not_positive(contests),  # (6)
        contest.nameless(contests),  # (7)
        contest.alone(contests),  # (8)
    )
    judged = contests.mutate(reason=reason)
    return answers(CARD, judged, judged.sharing > 1, judged.sharing, records=contest.records(ocds))
