# SPDX-License-Identifier: EUPL-1.2
"""Disqualifications decided the tender, and no report of the evaluation is published.

A red flag, never a verdict: reports may be handed to bidders alone. They decided it where the
lowest bid fell (R036), or all but the winner's (R035). A report counts wherever it stands: with the
tender, a bid or an award. The value is how many bids were disqualified.

Not assessed, and the reason is published, where:
1. no bids are published
2. the status of a bid is not known, or not one of the OCDS codelist
3. no process of this publisher has an evaluation report
4. neither R035 nor R036 could be assessed
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import (
    deals,
    reasons,
)
from tarazy.procurement.indicators import r035_all_but_winner_disqualified as r035
from tarazy.procurement.indicators import r036_lowest_bid_disqualified as r036
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)
from tarazy.procurement.indicators.shared import answers_of

CARD = Card(
    code="R037",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Poorly supported disqualifications"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R037"),
    description=said(
        "The lowest bid, or every bid but the winner's, was disqualified, and no evaluation"
        " report says why. Reasons that nobody can read cannot be checked. It proves nothing by"
        " itself: the report may be given to the bidders alone."
    ),
)
UNIT = said("bids disqualified")


def assess(ocds: Ocds) -> ir.Table:
    bids = ocds.bids
    out = bids.status == "disqualified"
    counted = bids.group_by("ocid").aggregate(
        bids=bids.count(),
        unknown=bids.status.fill_null("").notin(contest.KNOWN_STATUSES).sum(),
        out=out.sum(),
    )
    gone = bids.filter(out)  # listed apart: a list for each process of all costs more
    listed = gone.group_by("ocid").aggregate(
        evidence=fact("bids.details.status", gone.status, gone.bid_id).collect(
            order_by=[gone.bid_id.asc()]
        )
    )
    reports = ocds.documents.filter(ocds.documents.type == "evaluationReports")
    with_report = reports.group_by("ocid").aggregate(reports=reports.count())
    decisive = ibis.union(answers_of(r035, ocds), answers_of(r036, ocds))
    decided = decisive.group_by("ocid").aggregate(decided=decisive.raised.any())
    told = beside(beside(beside(whole(ocds.processes), counted), listed), with_report)
    joined = beside(told, decided)
    processes = reasons.with_published(ocds, joined, reports)
    reason = ibis.cases(
        contest.no_bids(processes),  # (1)
        contest.unknown_status(processes),  # (2)
        reasons.never_published(processes),  # (3)
        (
            processes.decided.isnull(),
            said("whether a disqualification decided the tender is not known"),
        ),  # (4)
    )
    judged = processes.mutate(reason=reason)
    raised = judged.decided & (judged.reports.fill_null(0) == 0)
    return answers(CARD, judged, raised, judged.out, deals.evidence(judged))
