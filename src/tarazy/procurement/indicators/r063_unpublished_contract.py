# SPDX-License-Identifier: EUPL-1.2
"""A contract was signed, and its text is not published.

A red flag, never a verdict: parts of a contract may be secret by law. The value is how many
contracts have no signed text.

Not assessed, and the reason is published, where:
1. no signed contract is published as data
2. no process of this publisher has the text of a contract
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
    Records,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R063",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Contract is not published"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R063"),
    description=said(
        "The contract was signed, and its text is not published. Nobody can compare what was"
        " promised with what was delivered. It proves nothing by itself: parts of a contract"
        " may be secret by law."
    ),
)
UNIT = said("contracts")


def assess(ocds: Ocds) -> ir.Table:
    texts = ocds.documents.filter(
        (ocds.documents.part == "contract") & (ocds.documents.type == "contractSigned")
    )
    # contracts without an id are told by that: null keys do not join
    signed = texts.select("ocid", key=texts.part_id.fill_null(""), found=ibis.literal(1)).distinct()
    contracts = deals.contracts(ocds)
    keyed = contracts.mutate(key=contracts.contract_id.fill_null(""))
    joined = keyed.left_join(signed, ["ocid", "key"]).drop("ocid_right", "key_right")
    without = joined.found.isnull()
    counted = joined.group_by("ocid").aggregate(
        contracts=joined.count(),
        without=without.sum(),
    )
    processes = reasons.with_published(ocds, beside(whole(ocds.processes), counted), texts)
    reason = ibis.cases(
        reasons.no_contract(processes),  # (1)
        reasons.never_published(processes),  # (2)
    )
    judged = processes.mutate(reason=reason)
    records = Records(
        rows=joined.filter(without),
        raw=("contract_id", "signed_published"),
        facts=_facts_of_contract,
    )
    return answers(CARD, judged, judged.without > 0, judged.without, records=records)


def _facts_of_contract(one: ir.StructValue) -> list[ir.Value]:
    return [fact("contracts.dateSigned", one.signed_published, one.contract_id)]
