# SPDX-License-Identifier: EUPL-1.2
"""Many bidders share the address, telephone or e-mail of this one.

A red flag, never a verdict: business centres have one address for hundreds. The subject is the
supplier, the value how many bidders and suppliers have its most shared contact.

Not assessed, and the reason is published, where:
1. no contact of the supplier is published
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    organisations,
    parameters,
    people,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
    where_most,
)

CARD = Card(
    code="R042",
    version=1,
    subjects=(Subject.SUPPLIER,),
    title=said("Bidder has an abnormal address or telephone"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R042"),
    description=said(
        "Many firms have the contact of this bidder. It may exist on paper only. It proves"
        " nothing by itself: business centres have one address for hundreds."
    ),
)
UNIT = said("firms with one contact")


def assess(ocds: Ocds) -> ir.Table:
    took_part = people.bidders(ocds)
    known = people.contacts(ocds).filter(lambda rows: ~rows.official)
    own = took_part.inner_join(known, ["ocid", "who"]).select("who", "sort", "contact").distinct()
    shared = own.group_by("sort", "contact").aggregate(sharing=own.who.nunique())
    placed = own.inner_join(shared, ["sort", "contact"])
    largest = placed.group_by("who").aggregate(
        sharing=placed.sharing.max(),
        sort=where_most(placed.sort, placed.sharing),  # two may be shared by as many
    )
    names = ocds.parties.group_by(who=ocds.parties.party_id).aggregate(
        party_name=ocds.parties.name.max()
    )
    everyone = took_part.filter(took_part.who.notnull()).select("who").distinct()
    joined = everyone.left_join(largest, "who").drop("who_right").left_join(names, "who")
    named = joined.mutate(party_id=joined.who)
    judged = named.mutate(
        reason=ibis.cases(
            (named.sharing.isnull(), said("no contact of the supplier is published"))
        ),  # (1)
        sharing_min=parameters.in_force(CARD.code, "sharing_min", ibis.literal(parameters.ALWAYS)),
    )
    evidence = ibis.array(
        [
            fact("contact.sort", judged.sort),
            fact("contact.sharing", judged.sharing),
            fact("threshold.firms_min", judged.sharing_min),
        ]
    )
    raised = judged.sharing >= judged.sharing_min
    return organisations.answers(CARD, judged, raised, judged.sharing, evidence)
