# SPDX-License-Identifier: EUPL-1.2
"""One bidder remained and won; every other one was disqualified.

A red flag, never a verdict: a demanding tender draws unfit bids. The value is how many bidders were
disqualified; two bids of one bidder count once.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. some bids name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a bid does not name its bidder
6. fewer than two bidders handed in bids
7. a bid is still pending
8. no bid was found valid
9. no award is active
10. several awards are active
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
    code="R035",
    version=2,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("All except winning bid disqualified"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R035"),
    description=said(
        "All bidders but the winner were disqualified. Competitors may have been removed"
        " for a pretext. It proves nothing by itself: a demanding tender draws unfit bids."
    ),
)
UNIT = said("bidders disqualified")

OTHERS_MIN = 1


def assess(ocds: Ocds) -> ir.Table:
    contests = contest.of(ocds)
    reason = ibis.cases(
        contest.no_bids(contests),  # (1)
        contest.lots_without_bids(contests),  # (2)
        contest.lots_unnamed(contests),  # (3)
        contest.unknown_status(contests),  # (4)
        contest.nameless(contests),  # (5)
        contest.alone(contests),  # (6)
        contest.pending(contests),  # (7)
        contest.none_valid(contests),  # (8)
        contest.no_award(contests),  # (9)
        contest.several_awards(contests),  # (10)
    )
    judged = contests.mutate(reason=reason)
    raised = (
        (judged.valid_bidders == 1) & (judged.valid_won > 0) & (judged.others_out >= OTHERS_MIN)
    )
    return answers(CARD, judged, raised, judged.others_out, records=contest.records(ocds))
