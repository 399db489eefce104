# SPDX-License-Identifier: EUPL-1.2
"""The lowest bid was disqualified, and a dearer one went on.

A red flag, never a verdict: low bids fail for good reasons, such as missing documents.

The subject is the lot where the bids name their lots, else the whole process. Submitted bids are
those pending, valid or disqualified. Where the lowest price was bid more than once, the flag is
raised only if every one of those bids was disqualified.

Not assessed, and the reason is published, where:
1. no bids are published
2. the award goes by other things than the price (`priceOnly`, or `lowestCost` of OCDS 1.0, is
   published otherwise); where no criterion is published, the price is taken to decide
3. the tender has several lots, and the bids do not say to which they belong
4. a bid stands for several lots with one price, or some bids name their lot and some do not
5. the status of a bid is not known, or not one of the OCDS codelist
6. a submitted bid has no price, or no currency
7. a price is zero or negative
8. the bids are in several currencies
9. no bid was found valid
10. no award is active
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
    code="R036",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Lowest bid disqualified"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R036"),
    description=said(
        "The lowest submitted bid was disqualified, and the award was made all the same. A"
        " competitor may have been removed for a pretext. It proves nothing by itself: low bids"
        " fail for good reasons too. The value is by how much the lowest remaining bid is dearer."
    ),
)
UNIT = said("dearer by percent")


def assess(ocds: Ocds) -> ir.Table:
    contests = contest.of(ocds)
    reason = ibis.cases(
        contest.no_bids(contests),  # (1)
        contest.not_by_price(contests),  # (2)
        contest.lots_without_bids(contests),  # (3)
        contest.lots_mixed(contests),  # (4)
        contest.unknown_status(contests),  # (5)
        contest.no_price(contests),  # (6)
        contest.not_positive(contests),  # (7)
        contest.several_currencies(contests),  # (8)
        contest.none_valid(contests),  # (9)
        contest.no_award(contests),  # (10)
    )
    judged = contests.mutate(reason=reason)
    out, remaining = judged.lowest_out, judged.lowest_remaining
    dearer = (remaining.cast("float64") / out.cast("float64") - 1) * 100
    raised = (out < remaining).fill_null(False)  # noqa: FBT003
    value = raised.ifelse(dearer, ibis.null("float64"))
    return answers(CARD, judged, raised, value, records=contest.records(ocds))
