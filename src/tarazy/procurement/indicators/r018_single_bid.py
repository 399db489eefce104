# SPDX-License-Identifier: EUPL-1.2
"""A tender that promised competition drew one bidder.

A red flag, never a verdict: a single bid is lawful, and usual in thin markets.

Not assessed, and the reason is published, where:
1. the tender is not complete, or its status is not known: bids may still come
2. the method promises no competition, or is not known
3. the number of bidders is not published; counting the published bids instead would take a
   publisher who names only the winner for a market without competition
4. more bidders handed in a bid than the published number says: those who bid together are one, and
   who was only invited, or took its bid back, is none
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import parameters
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    answers,
    fact,
    moment_of,
)

CARD = Card(
    code="R018",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Single bid received"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R018"),
    description=said(
        "A tender by an open or selective method had one bidder only. Where competition was"
        " promised and nobody came, the conditions may have been made for one. It proves nothing"
        " by itself: in thin markets a single bid is usual."
    ),
)
UNIT = said("bidders")


def assess(ocds: Ocds) -> ir.Table:
    submitted = ocds.bids.filter(ocds.bids.status.fill_null("valid").isin(contest.SUBMITTED))
    named = submitted.select("ocid", bidder=contest.names(submitted.tenderer_ids))
    counted = named.group_by("ocid").aggregate(bidders_named=named.bidder.nunique())
    processes = ocds.processes
    tenders = processes.left_join(counted, "ocid").select(
        processes, bidders_named=counted.bidders_named.fill_null(0)
    )
    reason = ibis.cases(
        (
            tenders.status.fill_null("") != "complete",
            said("the tender is not complete, or its status is not known"),
        ),  # (1)
        (
            tenders.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method promises no competition, or is not known"),
        ),  # (2)
        (tenders.bidders.isnull(), said("the number of bidders is not published")),  # (3)
        (
            tenders.bidders < tenders.bidders_named,
            said("the bids name more bidders than the published number says"),
        ),  # (4)
    )
    judged = tenders.mutate(
        lot_id=ibis.null("string"),
        reason=reason,
        bidders_max=parameters.in_force(CARD.code, "bidders_max", moment_of(tenders)),
    )
    evidence = ibis.array(
        [
            fact("tender.procurementMethod", judged.method),
            fact("tender.status", judged.status),
            fact("tender.numberOfTenderers", judged.bidders),
            fact("bids.tenderers", judged.bidders_named),
        ]
    )
    single = (judged.bidders > 0) & (judged.bidders <= judged.bidders_max)
    return answers(CARD, judged, single, judged.bidders, evidence)
