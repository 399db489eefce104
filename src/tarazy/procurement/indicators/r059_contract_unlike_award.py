# SPDX-License-Identifier: EUPL-1.2
"""The contracts of an award are worth more, or less, than the award.

A red flag, never a verdict: quantities change for good reasons. Contracts of one award count
together. Of several awards of a process the one whose contracts differ most counts; the value is
the difference as a share of the award.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. a contract names no award that is active, and the process has not exactly one
3. the value of a contract or of its award, or a currency, is not published
4. a contract and its award are in several currencies
5. the value of an award is zero or negative
6. the contracts of an award are worth nothing together, or less
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, parameters
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Records,
    Subject,
    answers,
    beside,
    fact,
    money,
    whole,
)

CARD = Card(
    code="R059",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Large difference between the award value and the contract amount"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R059"),
    description=said(
        "The amount of the contract differs from the award by more than the threshold."
        " What bidders competed for is not what was bought. It proves nothing by itself:"
        " quantities change for good reasons."
    ),
)
UNIT = said("percent of the award")

RAW = (
    "contract_id", "award_id", "value_amount", "value_currency", "award_amount",
    "award_currency",
)  # fmt: skip


def assess(ocds: Ocds) -> ir.Table:
    processes = beside(whole(ocds.processes), _compared(deals.by_award(ocds))).mutate(
        percent_max=parameters.in_force(CARD.code, "percent_max", whole(ocds.processes).when)
    )
    reason = ibis.cases(
        (processes.contracts.fill_null(0) == 0, said("no signed contract is published")),  # (1)
        (processes.alone > 0, said("a contract cannot be told to which award it belongs")),  # (2)
        (processes.unpriced > 0, said("the value of a contract or award is not published")),  # (3)
        (processes.mixed > 0, said("the amounts are in several currencies")),  # (4)
        (processes.not_positive > 0, said("the value of an award is zero or negative")),  # (5)
        (processes.worthless > 0, said("the value of the contract is zero or negative")),  # (6)
    )
    judged = processes.mutate(reason=reason)
    threshold = ibis.array([fact("threshold.percent_max", judged.percent_max)])
    records = Records(rows=deals.contracts(ocds), raw=RAW, facts=_facts_of_contract)
    return answers(
        CARD, judged, judged.apart > judged.percent_max, judged.apart, threshold, records
    )


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    signed = money(one.value_amount, one.value_currency)
    awarded = money(one.award_amount, one.award_currency)
    return [
        fact("contracts.value", signed, one.contract_id),
        fact("awards.value", awarded, one.award_id),
    ]


def _compared(awards: ir.Table) -> ir.Table:
    """Of each process: by how many percent of its award the most different contracts differ."""
    own, award = awards.signed.cast("float64"), awards.award_amount.cast("float64")
    apart = ((own - award) / award.nullif(ibis.literal(0.0))).abs() * 100
    return awards.group_by("ocid").aggregate(
        contracts=awards.contracts.sum(),
        alone=awards.alone.sum(),
        unpriced=awards.unpriced.sum(),
        mixed=awards.mixed.sum(),
        not_positive=(awards.award_amount <= 0).sum(),
        worthless=(awards.signed <= 0).sum(),
        apart=apart.max(),
    )
