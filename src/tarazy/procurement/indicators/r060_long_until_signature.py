# SPDX-License-Identifier: EUPL-1.2
"""Long after the award the contract was signed.

A red flag, never a verdict: complaints suspend signatures. Of several contracts the one that
waited longest counts.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. a contract names no award that is active, and the process has not exactly one
3. the date of a signature or of an award is not published
4. a date has no time zone, or cannot be read
5. a contract was signed before its award
6. there are too few comparable processes to say what is usual (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, fences
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Records,
    Subject,
    answers,
    beside,
    days_between,
    fact,
    whole,
)

CARD = Card(
    code="R060",
    version=1,
    subjects=(Subject.PROCESS,),
    title=said("Long time between award date and contract signature date"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R060"),
    description=said(
        "Between the award and the signature passed far more days than is usual for the"
        " same method and category. Terms can be bargained over in such a time. It proves"
        " nothing by itself: complaints suspend signatures."
    ),
)
UNIT = said("days")

RAW = ("contract_id", "signed_published", "award_id", "award_published")


def assess(ocds: Ocds) -> ir.Table:
    processes = beside(whole(ocds.processes), _waited(deals.contracts(ocds)))
    reason = ibis.cases(
        (processes.contracts.fill_null(0) == 0, said("no signed contract is published")),  # (1)
        (processes.alone > 0, said("a contract cannot be told to which award it belongs")),  # (2)
        (processes.undated > 0, said("the date of a signature or award is not published")),  # (3)
        (processes.unreadable > 0, said("a date has no time zone, or cannot be read")),  # (4)
        (processes.shortest < 0, said("the dates are not in their natural order")),  # (5)
    )
    found = fences.usual(processes.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (6)
    )
    usual = ibis.array(
        [fact("fence.days", judged.upper.round(1)), fact("fence.peers", judged.peers)]
    )
    records = Records(rows=deals.contracts(ocds), raw=RAW, facts=_facts_of_contract)
    late, days = judged.measure > judged.upper, judged.measure.floor()
    return answers(CARD, judged, late, days, usual, records)


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    return [
        fact("contracts.dateSigned", one.signed_published, one.contract_id),
        fact("awards.date", one.award_published, one.award_id),
    ]


def _waited(signed_contracts: ir.Table) -> ir.Table:
    contracts = signed_contracts.mutate(
        days=days_between(signed_contracts.award_at, signed_contracts.signed_at)
    )
    dated = contracts.signed_published.notnull() & contracts.award_published.notnull()
    return contracts.group_by("ocid").aggregate(
        contracts=contracts.count(),
        alone=(~contracts.linked).sum(),
        undated=(~dated).sum(),
        unreadable=contracts.days.isnull().sum(),
        shortest=contracts.days.min(),
        measure=contracts.days.max(),
    )
