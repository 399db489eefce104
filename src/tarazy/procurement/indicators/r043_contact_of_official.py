# SPDX-License-Identifier: EUPL-1.2
"""A bidder has the address, telephone or e-mail of the buyer.

A red flag, never a verdict: publishers copy fields, and public enterprises sit in public buildings.
The value is how many bidders share a contact with the buyer or the procuring entity.

Not assessed, and the reason is published, where:
1. no bidder or supplier is named
2. no contact of the buyer is published
3. a bidder is the buyer or procuring entity itself, and no contact of another one is published
4. no contact of a bidder or supplier is published
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    people,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R043",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Bidder has the contact of a project official"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R043"),
    description=said(
        "A bidder has the contact of the buyer. Both sides of the contract may be one. It"
        " proves nothing by itself: publishers copy fields, and public enterprises sit in"
        " public buildings."
    ),
)
UNIT = said("bidders")


def assess(ocds: Ocds) -> ir.Table:
    took_part = people.bidders(ocds)
    named = took_part.group_by("ocid").aggregate(named=took_part.count())
    known = people.contacts(ocds)
    official = known.filter(known.official)
    buyers = official.group_by("ocid").aggregate(official_contacts=official.count())
    officials = people.officials(ocds)
    others = took_part.anti_join(officials, ["ocid", "who"])
    own = known.filter(~known.official).inner_join(others, ["ocid", "who"])
    bidders = own.group_by("ocid").aggregate(contacts=own.count())
    same = own.inner_join(
        official.select("ocid", "sort", "contact").distinct(), ["ocid", "sort", "contact"]
    )
    found = same.group_by("ocid").aggregate(
        sharing=same.who.nunique(),
        evidence=fact("contact.sort", same.sort, same.who).collect(
            order_by=[same.who.asc(), same.sort.asc()]
        ),
    )
    itself = took_part.semi_join(officials, ["ocid", "who"])
    selves = itself.group_by("ocid").aggregate(selves=itself.count())
    joined = beside(beside(beside(whole(ocds.processes), named), buyers), selves)
    processes = beside(beside(joined, bidders), found)
    reason = ibis.cases(
        (processes.named.fill_null(0) == 0, said("no bidder or supplier is named")),  # (1)
        (
            processes.official_contacts.fill_null(0) == 0,
            said("no contact of the buyer is published"),
        ),  # (2)
        (
            (processes.selves > 0) & (processes.contacts.fill_null(0) == 0),
            said("the bidder is the buyer itself"),
        ),  # (3)
        (
            processes.contacts.fill_null(0) == 0,
            said("no contact of a bidder is published"),
        ),  # (4)
    )
    judged = processes.mutate(reason=reason)
    count = judged.sharing.fill_null(0)
    return answers(CARD, judged, count > 0, count, deals.evidence(judged))
