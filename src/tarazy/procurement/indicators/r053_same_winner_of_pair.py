# SPDX-License-Identifier: EUPL-1.2
"""Two bidders meet again and again, and the same one of them always wins.

A red flag, never a verdict: one may simply be cheaper. Meetings are subjects (lots or processes)
with one active award, in which both handed in bids and one of the two won. The value is how often
the pair met; six meetings with one winner come by chance in three pairs of a hundred. A subject
whose bidders form no such pair is clear, so that the base rate is a share of all contests.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. a bid stands for several lots with one price, or some bids name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a bid does not name its bidder
6. fewer than two bidders handed in bids
7. no award is active
8. several awards are active
9. no pair of bidders of the data met often enough to compare
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
    where_most,
)

CARD = Card(
    code="R053",
    version=2,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Co-bidding pairs have same recurrent winner"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R053"),
    description=said(
        "Two bidders met in many tenders, and the same one won every time. The other may"
        " bid only to imitate competition. It proves nothing by itself: one may simply be"
        " cheaper."
    ),
)
UNIT = said("meetings")

MEETINGS_MIN = 6


def assess(ocds: Ocds) -> ir.Table:
    meetings = _meetings(ocds)
    recurrent = meetings.aggregate(recurrent=(meetings.meetings >= MEETINGS_MIN).sum())
    contests = contest.of(ocds).left_join(meetings, contest.KEY).drop("ocid_right", "lot_right")
    found = contests.cross_join(recurrent)
    reason = ibis.cases(
        contest.no_bids(found),  # (1)
        contest.lots_without_bids(found),  # (2)
        contest.lots_mixed(found),  # (3)
        contest.unknown_status(found),  # (4)
        contest.nameless(found),  # (5)
        contest.alone(found),  # (6)
        contest.no_award(found),  # (7)
        contest.several_awards(found),  # (8)
        (
            found.recurrent.fill_null(0) == 0,
            said("no two bidders of the data met often enough to compare"),
        ),  # (9)
    )
    judged = found.mutate(reason=reason)
    pair = ibis.array(
        [
            fact("pair.winner", judged.winner),
            fact("pair.loser", judged.loser),
            fact("pair.meetings", judged.always),
        ]
    )
    always = judged.always.fill_null(0)
    return answers(CARD, judged, always >= MEETINGS_MIN, always, pair, contest.records(ocds))


def _meetings(ocds: Ocds) -> ir.Table:
    """Of each subject: the most meetings of its winner with a loser, and with one who never won."""
    bids = contest.bids(ocds)
    submitted = bids.filter(bids.submitted & bids.who.notnull())
    own = submitted.group_by(*contest.KEY, "who").aggregate(won=submitted.won.any())
    other = own.view()
    both_of = own.join(
        other,
        [own.ocid == other.ocid, own.lot == other.lot, own.won, ~other.won],
    ).select(ocid=own.ocid, lot=own.lot, winner=own.who, loser=other.who)
    met = both_of.mutate(
        pair=pairs.number(both_of.winner, both_of.loser),
        reverse=pairs.number(both_of.loser, both_of.winner),
    )
    wins = met.group_by("pair", "reverse").aggregate(wins=met.count())
    lost = wins.select(reverse="pair", losses="wins")
    both = wins.left_join(lost, "reverse").drop("reverse_right")
    meetings = both.wins + both.losses.fill_null(0)
    told = both.select("pair", meetings=meetings, always=both.losses.isnull().ifelse(both.wins, 0))
    joined = met.inner_join(told, "pair")
    most = joined.group_by(*contest.KEY).aggregate(
        meetings=joined.meetings.max(),
        always=joined.always.max(),
        who=where_most(joined.loser, joined.always),
    )
    losers = contest.numbers(ocds).select("who", loser="bidder")
    return most.inner_join(losers, "who").drop("who")
