# SPDX-License-Identifier: EUPL-1.2
"""The contracts of an award cost more than it, and one was modified.

A red flag, never a verdict: prices of materials rise, and laws allow for it. Contracts of one award
count together, if one of them was modified. Of several awards the one whose contracts rose most
counts; the value is the increase as a share of the award.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no contract of this publisher has a modification: it does not publish them
3. a contract names no award that is active, and the process has not exactly one
4. the value of a contract or of its award, or a currency, is not published
5. a contract and its award are in several currencies
6. the value of an award is zero or negative
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
    money,
    whole,
)

CARD = Card(
    code="R069",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Contract amendments to increase price"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R069"),
    description=said(
        "A contract was modified after its signature and costs more than was awarded."
        " Whoever underbid the others may win the price back. It proves nothing by itself:"
        " prices of materials rise, and laws allow for it."
    ),
)
UNIT = said("percent of the award")

RAW = (
    "contract_id", "award_id", "value_amount", "value_currency", "award_amount",
    "award_currency", "amendments",
)  # fmt: skip


def assess(ocds: Ocds) -> ir.Table:
    joined = beside(whole(ocds.processes), _raised(deals.by_award(ocds)))
    processes = reasons.with_published(ocds, joined, deals.modified(ocds))
    reason = ibis.cases(
        (processes.contracts.fill_null(0) == 0, said("no signed contract is published")),  # (1)
        deals.never_modified(processes),  # (2)
        (processes.alone > 0, said("a contract cannot be told to which award it belongs")),  # (3)
        (processes.unpriced > 0, said("the value of a contract or award is not published")),  # (4)
        (processes.mixed > 0, said("the amounts are in several currencies")),  # (5)
        (processes.not_positive > 0, said("the value of an award is zero or negative")),  # (6)
    )
    judged = processes.mutate(reason=reason)
    more = judged.more.fill_null(0.0)
    records = Records(rows=deals.contracts(ocds), raw=RAW, facts=_facts_of_contract)
    return answers(CARD, judged, more > 0, more, records=records)


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    signed = money(one.value_amount, one.value_currency)
    awarded = money(one.award_amount, one.award_currency)
    return [
        fact("contracts.value", signed, one.contract_id),
        fact("awards.value", awarded, one.award_id),
        fact("contracts.amendments", one.amendments, one.contract_id),
    ]


def _raised(awards: ir.Table) -> ir.Table:
    """Of each process: by how many percent of its award the most raised modified contracts rose."""
    own, award = awards.signed, awards.award_amount
    exact = own.cast("float64") / award.cast("float64").nullif(ibis.literal(0.0))
    modified = awards.amendments > 0
    more = (modified & (own > award)).ifelse((exact - 1) * 100, ibis.null("float64"))
    return awards.group_by("ocid").aggregate(
        contracts=awards.contracts.sum(),
        alone=awards.alone.sum(),
        unpriced=awards.unpriced.sum(),
        mixed=awards.mixed.sum(),
        not_positive=(award <= 0).sum(),
        more=more.max(),
    )
