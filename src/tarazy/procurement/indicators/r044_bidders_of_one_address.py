# SPDX-License-Identifier: EUPL-1.2
"""Two bidders of one tender have the same address.

A red flag, never a verdict: business centres have one address for hundreds. Only addresses are
compared, since telephones and names of persons are not imported. Letters, digits and their case
apart, two addresses are the same where street and locality are.

Not assessed, and the reason is published, where:
1. no bids are published
2. fewer than two bidders are named
3. fewer than two bidders have a street and a locality published
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import Card, said
from tarazy.procurement.indicators.interface import (
    EVIDENCE,
    Ocds,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R044",
    version=1,
    title=said("Business similarities between bidders"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R044"),
    description=said(
        "Bidders who should compete have the same address. They may be one business. It"
        " proves nothing by itself: in a business centre hundreds have one address."
    ),
)
UNIT = said("bidders with one address")

SUBMITTED = ("pending", "valid", "disqualified")


def assess(ocds: Ocds) -> ir.Table:
    bids = ocds.bids.group_by("ocid").aggregate(bids=ocds.bids.count())
    bidders = _bidders(ocds)
    named = bidders.group_by("ocid").aggregate(named=bidders.count())
    placed = bidders.filter(bidders.place.notnull())
    addressed = placed.group_by("ocid").aggregate(addressed=placed.count())
    seen = fact("parties.address", placed.address, placed.who)
    places = placed.group_by("ocid", "place").aggregate(
        sharing=placed.count(), seen=seen.collect(order_by=[placed.who.asc()])
    )
    shared = places.group_by("ocid").aggregate(
        sharing=places.sharing.max(),
        evidence=places.seen.collect(where=places.sharing > 1).flatten(),
    )
    joined = beside(beside(whole(ocds.processes), bids), named)
    processes = beside(beside(joined, addressed), shared)
    reason = ibis.cases(
        (processes.bids.fill_null(0) == 0, said("no bids are published")),  # (1)
        (processes.named.fill_null(0) <= 1, said("there are no two bidders to compare")),  # (2)
        (
            processes.addressed.fill_null(0) <= 1,
            said("the addresses of the bidders are not published"),
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    evidence = judged.evidence.fill_null(ibis.literal([], type=EVIDENCE))
    return answers(judged, judged.sharing > 1, judged.sharing, evidence)


def _bidders(ocds: Ocds) -> ir.Table:
    """Who submitted a bid in which process, with the address as published and as compared."""
    submitted = ocds.bids.filter(ocds.bids.status.fill_null("valid").isin(SUBMITTED))
    who = submitted.select("ocid", who=submitted.tenderer_ids.unnest()).distinct()
    parties = ocds.parties.filter(ocds.parties.street.notnull() & ocds.parties.locality.notnull())
    addresses = parties.group_by("ocid", who=parties.party_id).aggregate(
        address=(parties.street + ", " + parties.locality).max()
    )
    joined = who.left_join(addresses, ["ocid", "who"]).drop("ocid_right", "who_right")
    bare = joined.address.lower().re_replace(r"[^\p{L}\p{N}]+", " ").strip()
    return joined.mutate(place=bare.nullif(ibis.literal("")))
