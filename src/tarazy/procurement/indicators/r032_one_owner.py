# SPDX-License-Identifier: EUPL-1.2
"""Two bidders of one tender belong to the same person.

A red flag, never a verdict: registers of owners have mistakes. Owners are compared by salted hashes
of their ids, or of their names where they have none. The value is how many bidders share one.

Not assessed, and the reason is published, where:
1. fewer than two bidders are named: those who bid together are one
2. the owners of fewer than two bidders are published
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    people,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    whole,
)

CARD = Card(
    code="R032",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Bidders share the same beneficial owner"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R032"),
    description=said(
        "Two bidders who should compete belong to the same person. They may be one business."
        " It proves nothing by itself: registers of owners have mistakes."
    ),
)
UNIT = said("bidders of one owner")


def assess(ocds: Ocds) -> ir.Table:
    found = people.sharing(ocds, people.owners(ocds))
    processes = beside(whole(ocds.processes), found)
    reason = ibis.cases(
        (processes.named.fill_null(0) <= 1, said("there are no two bidders to compare")),  # (1)
        (
            processes.known.fill_null(0) <= 1,
            said("the owners of the bidders are not published"),
        ),  # (2)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.sharing > 1, judged.sharing, deals.evidence(judged))
