# SPDX-License-Identifier: EUPL-1.2
"""A contract was modified.

A red flag, never a verdict: most modifications are lawful and small. The value is how many
modifications the contracts of the process have.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no contract of this publisher has a modification: it does not publish them
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, reasons
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
    code="R064",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Contract has modifications"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R064"),
    description=said(
        "A contract was modified after it was signed. What bidders competed for may have"
        " been changed without competition. It proves nothing by itself: most"
        " modifications are lawful and small."
    ),
)
UNIT = said("modifications")


def assess(ocds: Ocds) -> ir.Table:
    contracts = deals.contracts(ocds)
    counted = contracts.group_by("ocid").aggregate(
        contracts=contracts.count(),
        modified=contracts.amendments.sum(),
    )
    joined = beside(whole(ocds.processes), counted)
    processes = reasons.with_published(ocds, joined, deals.modified(ocds))
    reason = ibis.cases(
        (processes.contracts.fill_null(0) == 0, said("no signed contract is published")),  # (1)
        deals.never_modified(processes),  # (2)
    )
    judged = processes.mutate(reason=reason)
    records = Records(rows=contracts, raw=("contract_id", "amendments"), facts=_facts_of_contract)
    return answers(CARD, judged, judged.modified > 0, judged.modified, records=records)


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    return [fact("contracts.amendments", one.amendments, one.contract_id)]
