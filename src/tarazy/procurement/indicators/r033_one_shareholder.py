# SPDX-License-Identifier: EUPL-1.2
"""The same shareholder holds a large share of two bidders of one tender.

A red flag, never a verdict: funds hold shares of many firms. A large share is a quarter or more;
shareholders are compared by salted hashes of their ids, or of their names. The value is how many
bidders share one.

Not assessed, and the reason is published, where:
1. fewer than two bidders are named: those who bid together are one
2. shareholders with a large share are published of fewer than two bidders: a share that is not
   published, or is not between nothing and the whole, may be small
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
    code="R033",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Bidders share the same major shareholder"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R033"),
    description=said(
        "The same shareholder holds a large share of two bidders who should compete. They may"
        " act as one. It proves nothing by itself: funds hold shares of many firms."
    ),
)
UNIT = said("bidders of one shareholder")


def assess(ocds: Ocds) -> ir.Table:
    found = people.sharing(ocds, people.major_shareholders(ocds))
    processes = beside(whole(ocds.processes), found)
    reason = ibis.cases(
        (processes.named.fill_null(0) <= 1, said("there are no two bidders to compare")),  # (1)
        (
            processes.known.fill_null(0) <= 1,
            said("the shareholders of the bidders are not published"),
        ),  # (2)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.sharing > 1, judged.sharing, deals.evidence(judged))
