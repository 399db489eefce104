# SPDX-License-Identifier: EUPL-1.2
"""The winner hands most of the work on to others.

A red flag, never a verdict: a general contractor coordinates, and that is work too. The value is
the largest published share that is to be subcontracted, in percent.

Not assessed, and the reason is published, where:
1. no award is active
2. no award of this process says whether there are subcontracts
3. an award has subcontracts of which no share is published, and no other reaches the threshold
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    parameters,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    plain,
    whole,
)

CARD = Card(
    code="R071",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("A contractor subcontracts all or most of the work"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R071"),
    description=said(
        "The winner gives at least the threshold share of the work to others. It may only"
        " lend its name. It proves nothing by itself: a general contractor coordinates, and"
        " that is work too."
    ),
)
UNIT = said("percent subcontracted")


def assess(ocds: Ocds) -> ir.Table:
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    share = active.subcontracted_max.fill_null(active.subcontracted_min)
    told = active.subcontracted.notnull() | share.notnull()
    open_ = active.subcontracted.fill_null(False) & share.isnull()  # noqa: FBT003
    counted = active.group_by("ocid").aggregate(
        awarded=active.count(),
        told=told.sum(),
        open=open_.sum(),
        share=share.cast("float64").max() * 100,
    )
    shared = active.mutate(share=share).filter(share.notnull())
    listed = shared.group_by("ocid").aggregate(
        evidence=fact("awards.subcontracting", plain(shared.share), shared.award_id).collect(
            order_by=[shared.award_id.asc()]
        )
    )
    processes = beside(beside(whole(ocds.processes), counted), listed)
    tenders = processes.mutate(
        percent_min=parameters.in_force(CARD.code, "percent_min", processes.when)
    )
    enough = (tenders.share >= tenders.percent_min).fill_null(False)  # noqa: FBT003
    reason = ibis.cases(
        reasons.no_award(tenders),  # (1)
        (tenders.told == 0, said("no award says whether there are subcontracts")),  # (2)
        (
            (tenders.open > 0) & ~enough,
            said("the share of the subcontracts is not published"),
        ),  # (3)
    )
    judged = tenders.mutate(reason=reason)
    found = judged.share.fill_null(0.0)
    threshold = ibis.array([fact("threshold.percent_min", judged.percent_min)])
    evidence = deals.evidence(judged).concat(threshold)
    return answers(CARD, judged, found >= judged.percent_min, found, evidence)
