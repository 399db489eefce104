# SPDX-License-Identifier: EUPL-1.2
"""A bid that came in after the deadline won.

A red flag, never a verdict: a deadline may have been extended without a new publication. Moments
are compared, not texts, so that several time zones give no false answer.

Not assessed, and the reason is published, where:
1. no bids are published
2. no award is active
3. the end of the tender period is not published
4. no valid bid of a winner is published
5. a winner's bid has no date, or one of the dates has no time zone or cannot be read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Records,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R030",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Late bid won"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R030"),
    description=said(
        "A bid of the winner came in after the end of the tender period. Whoever saw the"
        " other bids could underbid them. It proves nothing by itself: the deadline may"
        " have been extended without a new publication."
    ),
)
UNIT = said("hours late")

HOUR_S = 60 * 60


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    all_bids = ocds.bids.group_by("ocid").aggregate(bids=ocds.bids.count())
    active = ocds.awards.filter(ocds.awards.status == "active")
    awards = active.group_by("ocid").aggregate(awarded=active.count())
    won = _winning_bids(ocds)
    found = won.group_by("ocid").aggregate(
        won=won.count(), undated=won.submitted_at.isnull().sum(), last_at=won.submitted_at.max()
    )
    tenders = beside(beside(beside(processes, all_bids), awards), found)
    late_s = tenders.last_at.epoch_seconds() - tenders.tender_end_at.epoch_seconds()
    reason = ibis.cases(
        (tenders.bids.fill_null(0) == 0, said("no bids are published")),  # (1)
        (tenders.awarded.fill_null(0) == 0, said("no award is active")),  # (2)
        (
            tenders.tender_end_published.isnull(),
            said("the end of the tender period is not published"),
        ),  # (3)
        (tenders.won.fill_null(0) == 0, said("no valid bid of the winner is published")),  # (4)
        (
            (tenders.undated > 0) | tenders.tender_end_at.isnull(),
            said("a date is missing, has no time zone, or cannot be read"),
        ),  # (5)
    )
    judged = tenders.mutate(reason=reason, late_s=late_s)
    end = ibis.array([fact("tender.tenderPeriod.endDate", judged.tender_end_published)])
    late = judged.late_s > 0
    hours = late.ifelse(judged.late_s / HOUR_S, ibis.null("float64"))
    records = Records(
        rows=won,
        raw=("submitted_at", "bid_id", "submitted_published"),
        facts=_facts_of_bid,
        last=True,
    )
    return answers(CARD, judged, late, hours, end, records)


def _facts_of_bid(one: ir.StructValue) -> list[ir.Value]:
    return [fact("bids.details.date", one.submitted_published, one.bid_id)]


def _winning_bids(ocds: Ocds) -> ir.Table:
    """The valid bids of suppliers of active awards."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    suppliers = active.select("ocid", who=active.supplier_ids.unnest())
    valid = ocds.bids.filter(ocds.bids.status == "valid")
    columns = ("ocid", "bid_id", "submitted_at", "submitted_published")
    bids = valid.select(*columns, who=valid.tenderer_ids.unnest())
    return bids.semi_join(suppliers, ["ocid", "who"]).drop("who").distinct()
