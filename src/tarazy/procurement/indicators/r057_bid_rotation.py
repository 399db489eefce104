# SPDX-License-Identifier: EUPL-1.2
"""The same bidders meet again and again, and never does one win twice in a row.

A red flag, never a verdict: books fill up after a win. A group is the same set of bidders in at
least six contests with one award; the value is how often it met.

Not assessed, and the reason is published, where:
1. no bids are published
2. the tender has several lots, and the bids do not say to which they belong
3. a bid stands for several lots, or some name their lot and some do not
4. the status of a bid is not known, or not one of the OCDS codelist
5. a bid does not name its bidder
6. fewer than two bidders handed in bids
7. no award is active, or several are
8. no group of bidders of the data met six times
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
    fact,
)
from tarazy.procurement.indicators.shared import shared

CARD = Card(
    code="R057",
    version=1,
    subjects=(Subject.LOT, Subject.PROCESS),
    title=said("Bid rotation"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R057"),
    description=said(
        "The same bidders meet many times and win by turns. They may have agreed on whose"
        " turn it is. It proves nothing by itself: books fill up after a win."
    ),
)
UNIT = said("meetings")

MEETINGS_MIN = 6


def assess(ocds: Ocds) -> ir.Table:
    contests = contest.of(ocds)
    groups = _groups(ocds)
    recurrent = groups.aggregate(published=(groups.meetings >= MEETINGS_MIN).sum())
    joined = contests.left_join(groups, contest.KEY).drop("ocid_right", "lot_right")
    found = joined.cross_join(recurrent)
    reason = ibis.cases(
        contest.no_bids(found),  # (1)
        contest.lots_without_bids(found),  # (2)
        contest.lots_mixed(found),  # (3)
        contest.unknown_status(found),  # (4)
        contest.nameless(found),  # (5)
        contest.alone(found),  # (6)
        contest.no_award(found),  # (7)
        contest.several_awards(found),
        (
            found.published.fill_null(0) == 0,
            said("no group of bidders of the data met often enough to compare"),
        ),  # (8)
    )
    judged = found.mutate(reason=reason)
    meetings = judged.meetings.fill_null(0)
    evidence = ibis.array(
        [
            fact("group.bidders", judged.group),
            fact("pair.meetings", meetings),
            fact("group.winners", judged.winners),
        ]
    )
    raised = (meetings >= MEETINGS_MIN) & (judged.repeats == 0) & (judged.winners > 1)
    return answers(CARD, judged, raised.fill_null(False), meetings, evidence)  # noqa: FBT003


@shared("decided_by_groups")
def _decided(ocds: Ocds) -> ir.Table:
    """Each contest of several bidders with one winner: `group`, all that bid, in one text."""
    contests = contest.of(ocds)
    won = contests.filter(contests.winner.notnull() & (contests.bidders > 1)).select(
        *contest.KEY, "winner", "when"
    )
    bids = contest.bids(ocds).semi_join(won, contest.KEY)
    came = bids.filter(bids.submitted & bids.bidder.notnull())
    each = came.select(*contest.KEY, "bidder").distinct()
    sets = each.group_by(*contest.KEY).aggregate(group=contest.names(each.bidder.collect()))
    return sets.inner_join(won, list(contest.KEY))


def _groups(ocds: Ocds) -> ir.Table:
    """Each contest with one winner: its group, how often that met, and wins twice in a row."""
    decided = _decided(ocds)
    in_turn = ibis.window(  # type: ignore[no-untyped-call]
        group_by="group", order_by=[decided.when, decided.ocid, decided.lot]
    )
    turns = decided.mutate(before=decided.winner.lag().over(in_turn))
    again = (turns.winner == turns.before).fill_null(False)  # noqa: FBT003
    counted = turns.group_by("group").aggregate(
        meetings=turns.count(), winners=turns.winner.nunique(), repeats=again.sum()
    )
    return decided.inner_join(counted, "group").select(
        *contest.KEY, "group", "meetings", "winners", "repeats"
    )
