# SPDX-License-Identifier: EUPL-1.2
"""The conditions for bidders are far longer than those of comparable tenders.

A red flag, never a verdict: works need more conditions than paper. Only the length of the published
text is measured: what it says has to be read. The value is its length.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. the method promises no competition, or is not known
3. no condition for bidders is published as a text
4. there are too few comparable tenders to say what is usual (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    fences,
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
    code="R006",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Unreasonable prequalification requirements"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R006"),
    description=said(
        "The conditions for bidders are far longer than is usual for the same method,"
        " category and size. Conditions may have been written so that only one can meet them."
        " It proves nothing by itself: difficult works need many conditions."
    ),
)
UNIT = said("characters")

SHOWN_MAX = 200  # characters of the text, as evidence


def assess(ocds: Ocds) -> ir.Table:
    processes = whole(ocds.processes)
    criteria = ocds.criteria.group_by("ocid").aggregate(
        more=ocds.criteria.description.length().sum()
    )
    tenders = beside(processes, criteria)
    text = tenders.eligibility.length().fill_null(0) + tenders.selection.length().fill_null(0)
    length = text + tenders.more.fill_null(0)
    measured = tenders.mutate(measure=length.nullif(ibis.literal(0)))
    reason = ibis.cases(
        reasons.not_held(measured),  # (1)
        reasons.not_competitive(measured),  # (2)
        (
            measured.measure.isnull(),
            said("no condition for bidders is published as a text"),
        ),  # (3)
    )
    found = fences.usual(measured.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (4)
    )
    evidence = ibis.array(
        [
            fact("tender.eligibilityCriteria", judged.eligibility.left(SHOWN_MAX)),
            fact("fence.characters", judged.upper.round(0)),
            fact("fence.peers", judged.peers),
        ]
    )
    return answers(CARD, judged, judged.measure > judged.upper, judged.measure, evidence)
