# SPDX-License-Identifier: EUPL-1.2
"""Who bids in nearly every such tender of this buyer did not bid in this one.

A red flag, never a verdict: firms have full books, or know their limits. A regular bidder bid in at
least five tenders of this buyer for this kind of purchase and in eight of ten of all of them; the
value is how many regular bidders are missing.

Not assessed, and the reason is published, where:
1. no bid that was handed in is published
2. some bids name their lot and some do not
3. the status of a bid is not known, or not one of the OCDS codelist
4. a bid does not name its bidder
5. the buyer is not published
6. what is bought is not classified, or is of several kinds
7. the buyer has no regular bidder for this kind of purchase
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import (
    deals,
    kinds,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R027",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Missing bidders"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R027"),
    description=said(
        "A firm that bids in nearly all such tenders of this buyer stayed away. Bidders may"
        " have agreed on whose turn it is. It proves nothing by itself: firms have full books."
    ),
)
UNIT = said("regular bidders missing")

CELL = ("buyer", "kind")
TIMES_MIN = 5
SHARE_MIN = 0.8


def assess(ocds: Ocds) -> ir.Table:
    bids = contest.bids(ocds)
    came = bids.filter(bids.submitted & bids.who.notnull()).select("ocid", "who").distinct()
    joined = beside(beside(whole(ocds.processes), kinds.of(ocds)), _told(ocds))
    processes = joined.mutate(buyer=ibis.coalesce(joined.buyer_id, joined.buyer_name))
    reason = ibis.cases(
        contest.no_bids(processes),  # (1)
        contest.lots_unnamed(processes),  # (2)
        contest.unknown_status(processes),  # (3)
        contest.nameless(processes),  # (4)
        reasons.no_buyer(processes),  # (5)
        kinds.unknown(processes),  # (6)
        kinds.several(processes),
    )
    placed = processes.mutate(reason=reason)
    held = placed.filter(placed.reason.isnull()).select("ocid", *CELL)
    judged = beside(placed, _missing(ocds, held, came))
    final = judged.mutate(
        reason=ibis.coalesce(
            judged.reason,
            ibis.cases(
                (judged.regulars.isnull(), said("this buyer has no regular bidder for this kind"))
            ),  # (7)
        )
    )
    return answers(CARD, final, final.missing > 0, final.missing, deals.evidence(final))


def _told(ocds: Ocds) -> ir.Table:
    """What the bids of each process tell, as `contests` has it of its subjects."""
    bids = ocds.bids
    status, named = bids.status.fill_null(""), bids.lot_ids.length().fill_null(0)
    submitted = status.isin(contest.SUBMITTED)
    return bids.group_by("ocid").aggregate(
        bids=status.notin(contest.NOT_HANDED_IN).sum(),
        unknown=status.notin(contest.KNOWN_STATUSES).sum(),
        nameless=(submitted & (bids.tenderer_ids.length().fill_null(0) == 0)).sum(),
        named_min=named.min(),
        lot=(named.max() > 0).ifelse("some", ""),
    )


def _missing(ocds: Ocds, held: ir.Table, came: ir.Table) -> ir.Table:
    """Of each tender with regular bidders: how many there are, and who of them is missing."""
    took = came.inner_join(held, "ocid")
    counts = took.group_by(*CELL, "who").aggregate(times=took.count())
    tenders = held.group_by(*CELL).aggregate(tenders=held.count())
    shares = counts.inner_join(tenders, CELL)
    regular = shares.filter(
        (shares.times >= TIMES_MIN) & (shares.times >= SHARE_MIN * shares.tenders)
    ).inner_join(contest.numbers(ocds), "who")
    expected = held.inner_join(regular.select(*CELL, "who", "bidder"), CELL)
    there = came.mutate(there=ibis.literal(1))
    found = expected.left_join(there, ["ocid", "who"]).drop("ocid_right", "who_right")
    absent = found.there.isnull()
    return found.group_by("ocid").aggregate(
        regulars=found.count(),
        missing=absent.sum(),
        evidence=fact("regular.bidder", found.bidder).collect(
            where=absent, order_by=[found.bidder.asc()]
        ),
    )
