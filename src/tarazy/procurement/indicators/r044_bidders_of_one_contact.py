# SPDX-License-Identifier: EUPL-1.2
"""Two bidders of one tender have the same address, telephone or e-mail.

A red flag, never a verdict: business centres have one address for hundreds. Telephones and e-mail
addresses are compared by salted hashes. Only letters and digits count, not their case; two
addresses are the same where street and locality are, two telephones where the last ten digits are.

Not assessed, and the reason is published, where:
1. no bids are published
2. fewer than two bidders are named: those who bid together are one
3. fewer than two bidders have an address, a telephone or an e-mail published
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import deals, people
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    whole,
)

CARD = Card(
    code="R044",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Business similarities between bidders"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R044"),
    description=said(
        "Bidders who should compete have the same address, telephone or e-mail. They may be one"
        " business. It proves nothing by itself: in a business centre hundreds have one address."
    ),
)
UNIT = said("bidders with one contact")


def assess(ocds: Ocds) -> ir.Table:
    bids = ocds.bids.group_by("ocid").aggregate(bids=ocds.bids.count())
    known = people.contacts(ocds)
    marks = known.select("ocid", "who", mark=known.sort + ": " + known.contact)
    found = people.sharing(ocds, marks)
    processes = beside(beside(whole(ocds.processes), bids), found)
    reason = ibis.cases(
        contest.no_bids(processes),  # (1)
        (processes.named.fill_null(0) <= 1, said("there are no two bidders to compare")),  # (2)
        (
            processes.known.fill_null(0) <= 1,
            said("the contacts of the bidders are not published"),
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    return answers(CARD, judged, judged.sharing > 1, judged.sharing, deals.evidence(judged))
