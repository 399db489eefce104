# SPDX-License-Identifier: EUPL-1.2
"""Bidders, suppliers and buyers of each process, with what tells whether two of them are one.

`address` is street and locality, letters and digits only. Telephones, e-mail addresses and owners
are salted hashes: equal ones are equal, and that is all that they say.
"""

import ibis
import ibis.expr.types as ir

from tarazy.procurement.indicators.interface import Ocds, beside, fact
from tarazy.procurement.indicators.shared import shared

SUBMITTED = ("pending", "valid", "disqualified")
MAJOR_SHARE_MIN = 0.25  # as a share of one


@shared("bidders")
def bidders(ocds: Ocds) -> ir.Table:
    """Who submitted a bid, or was awarded, in which process: ocid, who."""
    submitted = ocds.bids.filter(ocds.bids.status.fill_null("valid").isin(SUBMITTED))
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    return ibis.union(
        submitted.select("ocid", who=submitted.tenderer_ids.unnest()),
        active.select("ocid", who=active.supplier_ids.unnest()),
        distinct=True,
    )


@shared("contacts")
def contacts(ocds: Ocds) -> ir.Table:
    """Each party of a process and each of its contacts: ocid, who, official, sort, contact."""
    parties = ocds.parties.filter(ocds.parties.party_id.notnull())
    roles = parties.roles
    official = roles.contains("buyer") | roles.contains("procuringEntity")
    address = (parties.street + " " + parties.locality).lower()
    bare = address.re_replace(r"[^\p{L}\p{N}]+", " ").strip().nullif(ibis.literal(""))
    columns = {"address": bare, "telephone": parties.telephone, "email": parties.email}
    found = [
        parties.select(
            "ocid",
            who=parties.party_id,
            official=official.fill_null(False),  # noqa: FBT003
            sort=ibis.literal(sort),
            contact=contact,
        )
        for sort, contact in columns.items()
    ]
    together = ibis.union(*found)
    return together.filter(together.contact.notnull()).distinct()


def owners(ocds: Ocds) -> ir.Table:
    """Who belongs to whom: ocid, who, mark (of the owner)."""
    table = ocds.beneficial_owners
    mark = ibis.coalesce(table.owner_id, table.owner_name)
    return table.select("ocid", who=table.part_id, mark=mark).filter(
        lambda rows: rows.who.notnull() & rows.mark.notnull()
    )


def major_shareholders(ocds: Ocds) -> ir.Table:
    """The same of shareholders with a large share; one that is not published is taken as such."""
    table = ocds.shareholders
    large = table.filter(table.share.isnull() | (table.share >= MAJOR_SHARE_MIN))
    mark = ibis.coalesce(large.owner_id, large.owner_name)
    return large.select("ocid", who=large.part_id, mark=mark).filter(
        lambda rows: rows.who.notnull() & rows.mark.notnull()
    )


def sharing(took_part: ir.Table, marks: ir.Table) -> ir.Table:
    """Of each process: how many bidders are named, known by a mark, and share their commonest."""
    named = took_part.group_by("ocid").aggregate(named=took_part.count())
    own = took_part.inner_join(marks.distinct(), ["ocid", "who"])
    known = own.group_by("ocid").aggregate(known=own.who.nunique())
    groups = own.group_by("ocid", "mark").aggregate(
        sharing=own.who.nunique(),
        seen=fact("pair.bidders", own.who).collect(order_by=[own.who.asc()]),
    )
    shared_ones = groups.group_by("ocid").aggregate(
        sharing=groups.sharing.max(),
        evidence=groups.seen.collect(where=groups.sharing > 1).flatten(),
    )
    return beside(beside(named, known), shared_ones)


@shared("identified")
def identified(ocds: Ocds) -> ir.Table:
    """Who took part, with the identifier of a register: ocid, who, identifier.

    The identifier is that of the party, else the digits at the end of its id (KZ-BIN-…).
    """
    parties = ocds.parties
    numbers = parties.group_by("ocid", who=parties.party_id).aggregate(own=parties.identifier.max())
    joined = bidders(ocds).left_join(numbers, ["ocid", "who"]).drop("ocid_right", "who_right")
    tail = joined.who.re_extract(r"(\d{6,})$", 1).nullif(ibis.literal(""))
    found = joined.mutate(identifier=ibis.coalesce(joined.own, tail)).drop("own")
    return found.filter(found.identifier.notnull())
