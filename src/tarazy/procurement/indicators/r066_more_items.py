# SPDX-License-Identifier: EUPL-1.2
"""The quantity of an item rose between the award and the amended contract.

A red flag, never a verdict: needs change after a tender. Items are the same by their id, and
contracts of one award count together. The value is the largest change in percent of the awarded
quantity.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no contract of this publisher has a modification: it does not publish them
3. no item of a modified contract can be compared: its id or quantity is not in the award
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
    whole,
)

CARD = Card(
    code="R066",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Contract amendments to increase line items"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R066"),
    description=said(
        "An amended contract has more of an item than was awarded. More is bought than"
        " bidders competed for. It proves nothing by itself: needs change."
    ),
)
UNIT = said("percent of the quantity")


def assess(ocds: Ocds) -> ir.Table:
    contracts = deals.contracts(ocds)
    counted = contracts.group_by("ocid").aggregate(
        contracts=contracts.count(), modified=(contracts.amendments > 0).sum()
    )
    compared = beside(beside(whole(ocds.processes), counted), deals.quantities(ocds))
    processes = reasons.with_published(ocds, compared, deals.modified(ocds))
    modified = processes.modified.fill_null(0) > 0
    reason = ibis.cases(
        reasons.no_contract(processes),  # (1)
        deals.never_modified(processes),  # (2)
        (
            modified & (processes.compared.fill_null(0) == 0),
            said("no item of the modified contract can be compared with the award"),
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    change = judged.rise.fill_null(0.0)
    return answers(CARD, judged, modified & (change > 0), change, deals.evidence(judged))
