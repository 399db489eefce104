# SPDX-License-Identifier: EUPL-1.2
"""Two bidders hand in their bids in the same order every time.

A red flag, never a verdict: one may always be early. The value is how often the two met; six
meetings in one order come by chance in three pairs of a hundred.

Not assessed, and the reason is published, where:
1. no bids are published
2. the status of a bid is not known, or not one of the OCDS codelist
3. fewer than two bidders handed in bids
4. a bid has no date with a time zone
5. no process of the data has a pair of bidders that met six times
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import pairs, reasons
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    where_most,
    whole,
)

CARD = Card(
    code="R034",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Bids submitted in the same order"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R034"),
    description=said(
        "Two bidders met many times, and one of them handed in first each time. One hand may"
        " write both bids. It proves nothing by itself: one may always be early."
    ),
)
UNIT = said("meetings")

MEETINGS_MIN = 6


def assess(ocds: Ocds) -> ir.Table:
    bids = contest.bids(ocds)
    dated = bids.filter(bids.submitted & bids.who.notnull())
    own = dated.group_by("ocid", "who").aggregate(
        at=dated.submitted_at.min(), undated=dated.submitted_at.isnull().sum()
    )
    counted = own.group_by("ocid").aggregate(met=own.count(), undated=own.undated.sum())
    status = ocds.bids.status.fill_null("")
    published = ocds.bids.group_by("ocid").aggregate(
        bids=ocds.bids.count(), unknown=status.notin(contest.KNOWN_STATUSES).sum()
    )
    met = _pairs(own.filter(own["at"].notnull()))
    most = met.group_by("ocid").aggregate(
        same=met.same.max(), meetings=met.meetings.max(), pair=where_most(met.pair, met.same)
    )
    recurrent = most.aggregate(published=(most.meetings >= MEETINGS_MIN).sum())
    with_bids = beside(beside(whole(ocds.processes), published), counted)
    joined = beside(with_bids, pairs.named(ocds, most))
    processes = joined.cross_join(recurrent)
    reason = ibis.cases(
        contest.no_bids(processes),  # (1)
        contest.unknown_status(processes),  # (2)
        (
            processes.met.fill_null(0) <= 1,
            said("there are no two bidders to compare"),
        ),  # (3)
        reasons.no_moment(processes.undated > 0),  # (4)
        (
            processes.published.fill_null(0) == 0,
            said("no two bidders of the data met often enough to compare"),
        ),  # (5)
    )
    judged = processes.mutate(reason=reason)
    same = judged.same.fill_null(0)
    evidence = ibis.array([fact("pair.bidders", judged.pair), fact("pair.meetings", same)])
    return answers(CARD, judged, same >= MEETINGS_MIN, same, evidence)


def _pairs(own: ir.Table) -> ir.Table:
    """Each meeting of two bidders: how often they met, and how often if always in one order."""
    other = own.view()
    met = own.join(other, [own.ocid == other.ocid, own.who < other.who]).select(
        ocid=own.ocid, pair=pairs.number(own.who, other.who), first=own["at"] < other["at"],
        apart=own["at"] != other["at"],
    )  # fmt: skip
    ordered = met.filter(met.apart)
    counted = ordered.group_by("pair").aggregate(
        meetings=ordered.count(), in_order=ordered.first.sum()
    )
    always = (counted.in_order == counted.meetings) | (counted.in_order == 0)
    judged = counted.mutate(same=always.ifelse(counted.meetings, 0))
    joined = ordered.inner_join(judged, "pair")
    return joined.select("ocid", "pair", "meetings", "same")
