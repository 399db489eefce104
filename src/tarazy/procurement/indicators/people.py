# SPDX-License-Identifier: EUPL-1.2
"""Bidders, suppliers and buyers of each process, with what tells whether two of them are one.

`address` is street and locality, letters and digits only. Telephones, e-mail addresses and owners
are salted hashes: equal ones are equal, and that is all that they say.
"""

import ibis
import ibis.expr.types as ir

from tarazy.procurement.identifiers import NUMBER
from tarazy.procurement.indicators.contests import SUBMITTED, names
from tarazy.procurement.indicators.interface import Ocds, beside, fact
from tarazy.procurement.indicators.shared import shared

MAJOR_SHARE_MIN = 0.25  # as a share of one


def _submitted(ocds: Ocds) -> ir.Table:
    return ocds.bids.filter(ocds.bids.status.fill_null("valid").isin(SUBMITTED))


def _awarded(ocds: Ocds) -> ir.Table:
    return ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003


@shared("bidders")
def bidders(ocds: Ocds) -> ir.Table:
    """Who submitted a bid, or was awarded, in which process: ocid, who."""
    submitted, active = _submitted(ocds), _awarded(ocds)
    return ibis.union(
        submitted.select("ocid", who=submitted.tenderer_ids.unnest()),
        active.select("ocid", who=active.supplier_ids.unnest()),
        distinct=True,
    )


@shared("sides")
def sides(ocds: Ocds) -> ir.Table:
    """The same bidders by the bids and awards in which they stand: ocid, side, who.

    `side` names all who bid, or won, together: members of one joint bid are no rivals.
    """
    submitted, active = _submitted(ocds), _awarded(ocds)
    bid, won = submitted.tenderer_ids, active.supplier_ids
    return ibis.union(
        submitted.select("ocid", side=names(bid), who=bid.unnest()),
        active.select("ocid", side=names(won), who=won.unnest()),
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


@shared("sides_named")
def _named(ocds: Ocds) -> ir.Table:
    """How many sides each process has: ocid, named."""
    all_sides = sides(ocds)
    return all_sides.group_by("ocid").aggregate(named=all_sides.side.nunique())


def officials(ocds: Ocds) -> ir.Table:
    """The buyer and the procuring entity of each process: ocid, who."""
    parties = ocds.parties.filter(ocds.parties.party_id.notnull())
    roles = parties.roles
    official = parties.filter(roles.contains("buyer") | roles.contains("procuringEntity"))
    named = ocds.processes.filter(ocds.processes.buyer_id.notnull())
    return ibis.union(official.select("ocid", who="party_id"), named.select("ocid", who="buyer_id"))


def owners(ocds: Ocds) -> ir.Table:
    """Who belongs to whom: ocid, who, mark (of the owner)."""
    table = ocds.beneficial_owners
    mark = ibis.coalesce(table.owner_id, table.owner_name)
    return table.select("ocid", who=table.part_id, mark=mark).filter(
        lambda rows: rows.who.notnull() & rows.mark.notnull()
    )


def major_shareholders(ocds: Ocds) -> ir.Table:
    """The same of shareholders whose published share is large."""
    table = ocds.shareholders
    large = table.filter(table.share >= MAJOR_SHARE_MIN)
    mark = ibis.coalesce(large.owner_id, large.owner_name)
    return large.select("ocid", who=large.part_id, mark=mark).filter(
        lambda rows: rows.who.notnull() & rows.mark.notnull()
    )


def sharing(ocds: Ocds, marks: ir.Table) -> ir.Table:
    """Of each process: how many bidders are named, known by a mark, and share their commonest.

    Those who bid together count as one where they are named or known, and share nothing with one
    another. `sharing` is one where every mark is of one bidder only.
    """
    all_sides = sides(ocds)
    own = all_sides.inner_join(marks.distinct(), ["ocid", "who"])
    known = own.group_by("ocid").aggregate(known=own.side.nunique())
    rivals = _rivals(own, all_sides)
    groups = rivals.group_by("ocid", "mark").aggregate(
        sharing=rivals.count(),
        seen=fact("pair.bidders", rivals.who).collect(order_by=[rivals.who.asc()]),
    )
    largest = groups.group_by("ocid").aggregate(
        largest=groups.sharing.max(), evidence=groups.seen.collect().flatten()
    )
    found = beside(beside(_named(ocds), known), largest)
    return found.mutate(sharing=found.largest.fill_null(1))


def _rivals(own: ir.Table, all_sides: ir.Table) -> ir.Table:
    """Who has a mark that another has, too, with whom it never stands together: ocid, mark, who."""
    groups = own.group_by("ocid", "mark").aggregate(
        sides=own.side.nunique(), bidders=own.who.nunique()
    )
    some = groups.filter((groups.sides > 1) & (groups.bidders > 1))
    alike = own.semi_join(some, ["ocid", "mark"]).select("ocid", "mark", "who").distinct()
    pairs = alike.inner_join(alike.select("ocid", "mark", other="who"), ["ocid", "mark"])
    joint = all_sides.semi_join(some, "ocid")
    together = joint.inner_join(joint.select("ocid", "side", other="who"), ["ocid", "side"])
    apart = pairs.filter(pairs.who != pairs.other).anti_join(together, ["ocid", "who", "other"])
    return apart.select("ocid", "mark", "who").distinct()


@shared("identified")
def identified(ocds: Ocds) -> ir.Table:
    """Who took part, with the identifier of a register: ocid, who, identifier, number.

    The identifier is that of the party, else the digits at the end of its id (KZ-BIN-…). Lists are
    compared with the number, which is `identifiers.compared` of it.
    """
    parties = ocds.parties
    numbers = parties.group_by("ocid", who=parties.party_id).aggregate(own=parties.identifier.max())
    joined = bidders(ocds).left_join(numbers, ["ocid", "who"]).drop("ocid_right", "who_right")
    # it is sought in those only that have none of their own
    tail = joined.who.re_extract(r"(\d{6,})$", 1)
    bare = joined.own.re_extract(NUMBER, 1).nullif(ibis.literal(""))
    found = joined.mutate(
        identifier=ibis.coalesce(joined.own, tail), number=ibis.coalesce(bare, joined.own, tail)
    )
    return found.filter(found.own.notnull() | (found.identifier != "")).drop("own")
