# SPDX-License-Identifier: EUPL-1.2
"""A contract was changed by extra agreements again and again.

A red flag, never a verdict: long contracts see many changes. The value is how many modifications
the contract with most of them has.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no contract of this publisher has a modification: it does not publish them
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
    Records,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="K007",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Many extra agreements"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "A contract was changed again and again after it was signed. What bidders competed"
        " for may be gone. It proves nothing by itself: long contracts see many changes."
    ),
)
UNIT = said("modifications")


def assess(ocds: Ocds) -> ir.Table:
    contracts = deals.contracts(ocds)
    counted = contracts.group_by("ocid").aggregate(
        contracts=contracts.count(),
        most=contracts.amendments.max(),
    )
    joined = reasons.with_published(
        ocds, beside(whole(ocds.processes), counted), deals.modified(ocds)
    )
    processes = joined.mutate(
        agreements_min=parameters.in_force(CARD.code, "agreements_min", joined.when)
    )
    reason = ibis.cases(
        reasons.no_contract(processes),  # (1)
        deals.never_modified(processes),  # (2)
    )
    judged = processes.mutate(reason=reason)
    threshold = ibis.array([fact("threshold.agreements_min", judged.agreements_min)])
    records = Records(rows=contracts, raw=("contract_id", "amendments"), facts=_facts_of_contract)
    raised = judged.most >= judged.agreements_min
    return answers(CARD, judged, raised, judged.most, threshold, records)


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    return [fact("contracts.amendments", one.amendments, one.contract_id)]
