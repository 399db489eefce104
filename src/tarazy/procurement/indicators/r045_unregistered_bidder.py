# SPDX-License-Identifier: EUPL-1.2
"""A bidder is not in the register of businesses.

A red flag, never a verdict: registers are late, and foreigners stand in others. The register is a
table that the user gives (`references`): without it nothing is assessed.

Not assessed, and the reason is published, where:
1. no register of businesses was given
2. no bidder or supplier is named with an identifier
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    people,
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
    code="R045",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Bidder is not listed in business registries"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R045"),
    description=said(
        "A bidder is not in the register of businesses. It may not exist. It proves nothing"
        " by itself: registers are late, and foreigners stand in others."
    ),
)
UNIT = said("bidders")


def assess(ocds: Ocds) -> ir.Table:
    took_part = people.identified(ocds)
    register = ocds.registered.select(number="identifier", there=ibis.literal(1)).distinct()
    placed = took_part.left_join(register, "number").drop("number_right")
    absent = placed.there.isnull()
    found = placed.group_by("ocid").aggregate(
        named=placed.count(),
        absent=absent.sum(),
    )
    given = ocds.registered.aggregate(given=ocds.registered.count())
    processes = beside(whole(ocds.processes), found).cross_join(given)
    reason = ibis.cases(
        (processes.given == 0, said("no register of businesses was given")),  # (1)
        (
            processes.named.fill_null(0) == 0,
            said("no bidder or supplier is named with an identifier"),
        ),  # (2)
    )
    judged = processes.mutate(reason=reason)
    records = Records(rows=placed.filter(absent), raw=("who", "identifier"), facts=_facts_of_party)
    return answers(CARD, judged, judged.absent > 0, judged.absent, records=records)


def _facts_of_party(one: ir.StructValue) -> list[ir.Value]:
    return [fact("parties.identifier", one.identifier, one.who)]
