# SPDX-License-Identifier: EUPL-1.2
"""Several suppliers of one buyer have the same address, telephone or e-mail.

A red flag, never a verdict: business centres have one address for hundreds. What is compared, and
how, is said at R044, which asks of the bidders of one tender; where no bids are published, as those
of the national portal, the winners of a buyer's tenders can still be compared. The subject is the
buyer, the value how many of its suppliers have the contact that most of them share. Winners that
were awarded something together are counted, too. A contact that the buyer has itself is not
counted (R043).

Not assessed, and the reason is published, where:
1. the buyer has fewer than ten processes with an award to a named supplier
2. fewer than two of its suppliers have an address, a telephone or an e-mail published
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
    EVIDENCE,
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="K012",
    version=1,
    subjects=(Subject.BUYER,),
    title=said("Suppliers of one buyer with one contact"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "Several suppliers of this buyer have the same address, telephone or e-mail. They may be"
        " one business that wins under several names. It proves nothing by itself: in a business"
        " centre hundreds have one address."
    ),
)
UNIT = said("suppliers with one contact")


def assess(ocds: Ocds) -> ir.Table:
    suppliers = _suppliers(ocds)
    counted = suppliers.group_by("party_id").aggregate(
        party_name=suppliers.party_name.max(), processes=suppliers.ocid.nunique()
    )
    own = _contacts(ocds, suppliers)
    known = own.group_by("party_id").aggregate(known=own.who.nunique())
    groups = own.group_by("party_id", "sort", "contact").aggregate(
        sharing=own.who.nunique(),
        seen=fact("contact.supplier", own.who, own.sort).collect(order_by=[own.who.asc()]),
    )
    tied = {"n": groups.sharing, "sort": groups.sort, "contact": groups.contact}
    found = groups.mutate(rank=ibis.struct(tied))
    largest = found.group_by("party_id").aggregate(
        sharing=found.sharing.max(), evidence=found.seen.argmax(found.rank)
    )
    joined = counted.left_join(known, "party_id").drop("party_id_right")
    placed = joined.left_join(largest, "party_id").drop("party_id_right")
    judged = placed.mutate(
        reason=ibis.cases(
            organisations.too_small(placed),  # (1)
            (
                placed.known.fill_null(0) <= 1,
                said("the contacts of its suppliers are not published"),
            ),  # (2)
        ),
        firms_min=parameters.in_force(CARD.code, "firms_min", ibis.literal(parameters.ALWAYS)),
    )
    threshold = ibis.array([fact("threshold.firms_min", judged.firms_min)]).cast(EVIDENCE)
    evidence = judged.evidence.cast(EVIDENCE).concat(threshold)
    raised = judged.sharing >= judged.firms_min
    return organisations.answers(CARD, judged, raised, judged.sharing, evidence)


def _suppliers(ocds: Ocds) -> ir.Table:
    """Who was awarded something by whom: ocid, party_id and party_name of the buyer, who."""
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    won = active.select("ocid", who=active.supplier_ids.unnest())
    bought = organisations.buyers(ocds).select("ocid", "party_id", "party_name")
    return won.filter(won.who.notnull()).inner_join(bought, "ocid")


def _contacts(ocds: Ocds, suppliers: ir.Table) -> ir.Table:
    """Each buyer, supplier and contact of this once, without those that the buyer has, too."""
    contacts = people.contacts(ocds)
    theirs = contacts.filter(~contacts.official)
    mine = contacts.filter(contacts.official)
    buyers = suppliers.select("ocid", "party_id").distinct()
    of_buyers = mine.inner_join(buyers, "ocid").select("party_id", "sort", "contact").distinct()
    named = suppliers.inner_join(theirs, ["ocid", "who"])
    once = named.select("party_id", "who", "sort", "contact").distinct()
    return once.anti_join(of_buyers, ["party_id", "sort", "contact"])
