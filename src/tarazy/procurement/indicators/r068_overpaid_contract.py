# SPDX-License-Identifier: EUPL-1.2
"""More was paid under a contract than it is worth.

A red flag, never a verdict: taxes and indexed prices are sometimes in one figure and not in the
other. What was paid is the sum of the payments, or the final value of the contract where that is
more or alone. The value is what was paid in percent of the contract; of several contracts the one
most overpaid counts.

Not assessed, and the reason is published, where:
1. no signed contract is published
2. no payment under a contract of this process is published, and no final value
3. the value of a contract with payments, or of a payment, or a currency is not published
4. the amounts are in several currencies
5. the value of the contract is zero or negative
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
    fact,
    plain,
    whole,
)

CARD = Card(
    code="R068",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Contract transactions exceed the contract amount"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R068"),
    description=said(
        "The payments under a contract are more than its amount. Money may flow for what"
        " nobody agreed on. It proves nothing by itself: taxes and indexed prices may be in"
        " one figure and not in the other."
    ),
)
UNIT = said("percent of the contract")

WHOLE = 100  # percent


def assess(ocds: Ocds) -> ir.Table:
    contracts = deals.contracts(ocds)
    counted = contracts.group_by("ocid").aggregate(contracts=contracts.count())
    processes = beside(beside(whole(ocds.processes), counted), _paid(ocds, contracts))
    reason = ibis.cases(
        reasons.no_contract(processes),  # (1)
        (processes.paid_contracts.fill_null(0) == 0, said("no payment is published")),  # (2)
        (
            processes.unpriced > 0,
            said("the value of a contract or of a payment is not published"),
        ),  # (3)
        (processes.mixed > 0, said("the amounts are in several currencies")),  # (4)
        (processes.not_positive > 0, said("the value of the contract is zero or negative")),  # (5)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.share > WHOLE, judged.share, deals.evidence(judged))


def _paid(ocds: Ocds, contracts: ir.Table) -> ir.Table:
    """Of each process: contracts with payments, and the largest share paid of one."""
    payments = ocds.transactions.mutate(
        amount=ibis.coalesce(ocds.transactions.value_amount, ocds.transactions.old_amount),
        currency=ibis.coalesce(ocds.transactions.value_currency, ocds.transactions.old_currency),
    )
    sums = payments.group_by("ocid", contract_id=payments.part_id).aggregate(
        paid=payments.amount.sum(),
        unpriced=(payments.amount.isnull() | payments.currency.isnull()).sum(),
        least=payments.currency.min(),
        last=payments.currency.max(),
    )
    worth = contracts.group_by("ocid", "contract_id").aggregate(
        worth=contracts.value_amount.max(), own=contracts.value_currency.max()
    )
    final = contracts.filter(contracts.final_amount.notnull()).select(
        "ocid", "contract_id",
        worth="value_amount", own="value_currency",
        paid=contracts.final_amount.cast("decimal(38, 8)"),  # as wide as a sum
        unpriced=contracts.final_currency.isnull().cast("int64"),
        least="final_currency", last="final_currency", is_final=ibis.literal(1),
    )  # fmt: skip
    summed = worth.inner_join(sums, ["ocid", "contract_id"]).mutate(is_final=ibis.literal(0))
    found = ibis.union(summed.select(final.columns), final)
    share = found.paid.cast("float64") / found.worth.cast("float64").nullif(ibis.literal(0.0)) * 100
    paid = plain(found.paid) + " " + found.least
    return found.group_by("ocid").aggregate(
        paid_contracts=found.count(),
        unpriced=((found.unpriced > 0) | found.worth.isnull() | found.own.isnull()).sum(),
        mixed=((found.least != found.last) | (found.least != found.own)).sum(),
        not_positive=(found.worth <= 0).sum(),
        share=share.max(),
        evidence=ibis.array(
            [
                fact("contracts.value", plain(found.worth) + " " + found.own, found.contract_id),
                (found.is_final == 1).ifelse(
                    fact("contracts.implementation.finalValue", paid, found.contract_id),
                    fact("contracts.paid", paid, found.contract_id),
                ),
            ]
        )
        .collect(order_by=[found.contract_id.asc(), found.is_final.asc()])
        .flatten(),
    )
