# SPDX-License-Identifier: EUPL-1.2
"""The key documents of a tender are missing, or came after its deadline.

A red flag, never a verdict: documents may be handed out in another system. Key documents are the
bidding documents and the technical specifications; the value is how many of these two kinds were
there in time.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method promises no competition, or is not known
3. no process of this publisher has such documents
4. the deadline, or the date of a document, has no time zone or cannot be read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    reasons,
)
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
    code="R005",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Key tender information and documents are not available"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R005"),
    description=said(
        "The bidding documents and the technical specifications are not published, or only"
        " after the deadline. Who does not know what is wanted cannot bid. It proves nothing"
        " by itself: documents may be handed out in another system."
    ),
)
UNIT = said("kinds of documents in time")

KEY_TYPES = ("biddingDocuments", "technicalSpecifications")


def assess(ocds: Ocds) -> ir.Table:
    key = ocds.documents.filter(
        (ocds.documents.part == "tender") & ocds.documents.type.isin(KEY_TYPES)
    )
    deadlines = ocds.processes.select("ocid", "tender_end_at")
    dated = beside(key, deadlines)
    late = (dated.published_at > dated.tender_end_at).fill_null(False)  # noqa: FBT003
    # kinds are few, and engines ask for each much faster than they count different ones
    in_time = [((dated.type == kind) & ~late).any().cast("int64") for kind in KEY_TYPES]
    found = dated.group_by("ocid").aggregate(
        in_time=sum(in_time[1:], in_time[0]),
        undated=(dated.published_published.notnull() & dated.published_at.isnull()).sum(),
    )
    joined = beside(whole(ocds.processes), found)
    processes = reasons.with_published(ocds, joined, key)
    unclear = (processes.in_time > 0) & (
        (processes.undated > 0)
        | (processes.tender_end_published.notnull() & processes.tender_end_at.isnull())
    )
    reason = ibis.cases(
        reasons.not_held(processes),  # (1)
        reasons.not_competitive(processes),  # (2)
        reasons.never_published(processes),  # (3)
        reasons.no_moment(unclear),  # (4)
    )
    judged = processes.mutate(reason=reason)
    count = judged.in_time.fill_null(0)
    evidence = ibis.array([fact("tender.tenderPeriod.endDate", judged.tender_end_published)])
    records = Records(rows=key, raw=("document_id", "type"), facts=_facts_of_document, last=True)
    return answers(CARD, judged, count == 0, count, evidence, records)


def _facts_of_document(one: ir.StructValue) -> list[ir.Value]:
    return [fact("tender.documents", one["type"], one.document_id)]
