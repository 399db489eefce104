# SPDX-License-Identifier: EUPL-1.2
"""By how much the cheapest losing bid is dearer than the winning one, for R024 and R058.

Not assessed, and the reason is published, where:
1. no bids are published
2. the award does not go by the price alone
3. the tender has several lots, and the bids do not say to which they belong
4. a bid stands for several lots with one price, or some bids name their lot and some do not
5. the status of a bid is not known, or not one of the OCDS codelist
6. a submitted bid has no price, or no currency
7. a price is zero or negative
8. the bids are in several currencies
9. a bid does not name its bidder
10. no award is active
11. several awards are active, so that it is not known which bids competed for which
12. no valid bid of the winner is published
13. nobody else handed in a valid bid
14. a lower valid bid lost, so the price did not decide
15. there are too few comparable subjects to say what is usual (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import fences
from tarazy.procurement.indicators.interface import Ocds, fact
from tarazy.procurement.indicators.shared import shared


@shared("gaps")
def of(ocds: Ocds) -> ir.Table:
    """Subjects with `measure` (the gap, a share of the winning price), reason, fences and peers."""
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
        contest.nameless(contests),  # (9)
        contest.no_award(contests),  # (10)
        contest.several_awards(contests),  # (11)
        (contests.lowest_won.isnull(), said("no valid bid of the winner is published")),  # (12)
        (contests.lowest_lost.isnull(), said("nobody else handed in a valid bid")),  # (13)
        (
            contests.lowest_lost < contests.lowest_won,
            said("a lower valid bid lost: not the price decided"),
        ),  # (14)
    )
    won, lost = contests.lowest_won.cast("float64"), contests.lowest_lost.cast("float64")
    found = fences.usual(contests.mutate(reason=reason, measure=lost / won - 1))
    return found.select(
        *contest.KEY,
        "subject",
        "lot_id",
        "measure",
        "lower",
        "upper",
        "peers",
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found))),  # (15)
    )


def evidence(found: ir.Table, fence: ir.NumericValue) -> ir.Value:
    """What is usual; the bids are told by the records of the contests."""
    return ibis.array([fact("fence.share", fence.round(4)), fact("fence.peers", found.peers)])
