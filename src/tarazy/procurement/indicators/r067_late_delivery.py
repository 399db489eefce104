# SPDX-License-Identifier: EUPL-1.2
"""A milestone of a contract was met late, or was not met.

A red flag, never a verdict: weather and wars delay works. The value is how many milestones were
late or not met.

Not assessed, and the reason is published, where:
1. no milestone of a contract of this process is published with a due date
2. a date has no time zone, or cannot be read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
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
    code="R067",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Delivery failure"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R067"),
    description=said(
        "What was promised came after its date, or did not come. Money may have been paid for"
        " nothing. It proves nothing by itself: weather, wars and the buyer itself delay"
        " works."
    ),
)
UNIT = said("milestones")


def assess(ocds: Ocds) -> ir.Table:
    kept = ocds.milestones.filter(
        ocds.milestones.part.isin(("contract", "implementation"))
        & ocds.milestones.due_published.notnull()
    )
    known = beside(kept, ocds.processes.select("ocid", "released_at"))
    met = known.met_at.notnull() | known.met_published.notnull()
    late = (known.met_at > known.due_at).fill_null(False)  # noqa: FBT003
    # open, and due before the publisher spoke last
    missed = ~met & (
        (known.status == "notMet")
        | ((known.due_at < known.released_at) & (known.status.fill_null("") != "met"))
    ).fill_null(False)  # noqa: FBT003
    counted = known.group_by("ocid").aggregate(
        milestones=known.count(),
        failed=(late | missed).sum(),
        unclear=(
            known.due_at.isnull() | (known.met_published.notnull() & known.met_at.isnull())
        ).sum(),
        evidence=ibis.array(
            [
                fact("contracts.milestones.dueDate", known.due_published, known.milestone_id),
                fact("contracts.milestones.dateMet", known.met_published, known.milestone_id),
            ]
        )
        .collect(where=late | missed, order_by=[known.milestone_id.asc()])
        .flatten(),
    )
    processes = beside(whole(ocds.processes), counted)
    reason = ibis.cases(
        (
            processes.milestones.fill_null(0) == 0,
            said("no milestone of a contract is published with its date"),
        ),  # (1)
        reasons.no_moment((processes.unclear > 0) & (processes.failed == 0)),  # (2)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.failed > 0, judged.failed, deals.evidence(judged))
