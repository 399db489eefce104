# SPDX-License-Identifier: EUPL-1.2
"""The prices of two bidders stand in one and the same ratio again and again.

A red flag, never a verdict: two bidders may use one price list. A pair is counted over all subjects
(lots or processes) in which both handed in one priced bid of one currency, for nothing else; a
ratio counts as the same when it is equal to four decimals. Equal prices are the matter of R028. The
value is in how many subjects the most frequent ratio of a pair of this subject came.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. a bid stands for several lots with one price, or some bids name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a submitted bid has no price, or no currency
6. a price is zero or negative
7. a bid does not name its bidder
8. fewer than two bidders handed in bids
9. no two of the bidders met in enough subjects to show a pattern
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import pairs
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    fact,
)

CARD = Card(
    code="R023",
    version=2,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Fixed multiple bid prices"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R023"),
    description=said(
        "The prices of two bidders stood in the same ratio in several tenders. One hand"
        " may have calculated both. It proves nothing by itself: two bidders may use one"
        " price list."
    ),
)
UNIT = said("tenders with one ratio")

REPEATS_MIN = 3
DECIMALS = 4


def assess(ocds: Ocds) -> ir.Table:
    contests = contest.of(ocds).left_join(_patterns(ocds), contest.KEY)
    found = contests.drop("ocid_right", "lot_right")
    reason = ibis.cases(
        contest.no_bids(found),  # (1)
        contest.lots_without_bids(found),  # (2)
        contest.lots_mixed(found),  # (3)
        contest.unknown_status(found),  # (4)
        contest.no_price(found),  # (5)
        contest.not_positive(found),  # (6)
        contest.nameless(found),  # (7)
        contest.alone(found),  # (8)
        (
            found.meetings.fill_null(0) < REPEATS_MIN,
            said("no two of the bidders met often enough to compare"),
        ),  # (9)
    )
    judged = found.mutate(reason=reason)
    pair = ibis.array(
        [
            fact("pair.bidders", judged.pair),
            fact("pair.ratio", judged.ratio),
            fact("pair.meetings", judged.met),
        ]
    )
    raised = judged.repeats >= REPEATS_MIN
    return answers(CARD, judged, raised, judged.repeats, pair, contest.records(ocds))


def _patterns(ocds: Ocds) -> ir.Table:
    """Of each subject: the pair whose ratio came most often, how often it came, and they met.

    And meetings, those of the pair of the subject that met most often.
    """
    bids = contest.bids(ocds)
    one_price = bids.lot_ids.length().fill_null(0) <= 1  # a price for several lots is one price
    submitted = bids.filter(bids.submitted & bids.who.notnull() & (bids.price > 0) & one_price)
    own = submitted.group_by(*contest.KEY, "currency", "who").aggregate(
        offers=submitted.count(), price=submitted.price.min().cast("float64")
    )
    single = own.filter(own.offers == 1)
    other = single.view()
    met = single.join(
        other,
        [
            single.ocid == other.ocid,
            single.lot == other.lot,
            single.currency == other.currency,
            single.who < other.who,
        ],
    ).select(
        ocid=single.ocid,
        lot=single.lot,
        pair=pairs.number(single.who, other.who),
        exact=other.price / single.price,
    )
    met = met.mutate(ratio=met.exact.round(DECIMALS))
    ratios = met.group_by("pair", "ratio").aggregate(times=met.count())
    in_all = ratios.group_by("pair").aggregate(meetings=ratios.times.sum())
    repeats = (ratios.ratio != 1).ifelse(ratios.times, 0)
    told = ratios.mutate(repeats=repeats).inner_join(in_all, "pair").drop("times")
    joined = met.inner_join(told, ["pair", "ratio"])
    counted = joined.select(*contest.KEY, "pair", "ratio", "repeats", met="meetings")
    # pairs may be as often, and a pair have two ratios in lots of one subject
    rank = ibis.struct({"repeats": counted.repeats, "pair": counted.pair})
    shown = ibis.struct({name: counted[name] for name in ("pair", "ratio", "met")})
    most = counted.group_by(*contest.KEY).aggregate(
        repeats=counted.repeats.max(),
        meetings=counted.met.max(),
        shown=shown.argmax(rank),  # type: ignore[operator]
    )
    return pairs.named(ocds, most.unpack("shown"))
