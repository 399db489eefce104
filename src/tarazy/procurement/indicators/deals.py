# SPDX-License-Identifier: EUPL-1.2
"""From the deadline over the award to the signature: what indicators of these dates share."""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import kinds
from tarazy.procurement.indicators.contests import Reason, names
from tarazy.procurement.indicators.interface import (
    EVIDENCE,
    Ocds,
    Records,
    beside,
    days_between,
    fact,
    moment_of,
    plain,
    whole,
)
from tarazy.procurement.indicators.shared import shared

CONTRACT_STATUSES = ("active", "terminated")  # signed; "pending" is not, "cancelled" never was


def _date_of_award(one: ir.StructValue) -> list[ir.Value]:
    return [fact("awards.date", one.awarded_published, one.award_id)]


@shared("decisions")
def decisions(ocds: Ocds) -> ir.Table:
    """Processes with `days` from the end of the tender period to the first active award."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    awards = active.group_by("ocid").aggregate(
        awarded=active.count(),
        dated=active.awarded_published.count(),
        readable=active.awarded_at.count(),
        first_at=active.awarded_at.min(),
    )
    processes = beside(whole(ocds.processes), awards)
    return processes.select(
        "ocid",
        "lot_id",
        "when",
        "method",
        "category",
        "value_amount",
        "value_currency",
        "tender_end_at",
        "tender_end_published",
        "awarded",
        "dated",
        "readable",
        days=days_between(processes.tender_end_at, processes.first_at),
    )


def dates_of_awards(ocds: Ocds) -> Records:
    """Of the active awards of a process, the first one first."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    raw = ("awarded_at", "award_id", "awarded_published")
    return Records(rows=active, raw=raw, facts=_date_of_award)


def not_awarded(processes: ir.Table) -> Reason:
    return processes.awarded.fill_null(0) == 0, said("no award is active")


def undated(processes: ir.Table) -> Reason:
    return (
        processes.tender_end_published.isnull() | (processes.dated < processes.awarded),
        said("the end of the tender period or the date of an award is not published"),
    )


def unreadable(processes: ir.Table) -> Reason:
    return (
        processes.tender_end_at.isnull() | (processes.readable < processes.awarded),
        said("a date has no time zone, or cannot be read"),
    )


def disordered(processes: ir.Table) -> Reason:
    return processes.days < 0, said("the dates are not in their natural order")


@shared("signed_contracts")
def contracts(ocds: Ocds) -> ir.Table:
    """Signed contracts, each with its award: by its id, else the only active one of the process.

    Adds linked, and award (its id), award_amount, award_currency, award_at, award_published of it.
    """
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    facts = active.select(
        "ocid",
        "award_id",
        award=active.award_id,
        award_amount=active.value_amount,
        award_currency=active.value_currency,
        award_at=active.awarded_at,
        award_published=active.awarded_published,
        found=ibis.literal(1),
    )
    alone = facts.group_by("ocid").aggregate(awards=facts.count())
    only = facts.semi_join(alone.filter(alone.awards == 1), "ocid").drop("award_id")
    signed = ocds.contracts.filter(
        ocds.contracts.status.fill_null("active").isin(CONTRACT_STATUSES)
    )
    named = signed.filter(signed.award_id.notnull())
    nameless = signed.filter(signed.award_id.isnull())
    first = named.left_join(facts.distinct(on=["ocid", "award_id"]), ["ocid", "award_id"]).drop(
        "ocid_right", "award_id_right"
    )
    second = nameless.left_join(only, "ocid").drop("ocid_right")
    together = ibis.union(first, second)
    return together.mutate(linked=together.found.notnull()).drop("found")


@shared("signed_awards")
def by_award(ocds: Ocds) -> ir.Table:
    """All signed contracts of an award together: several may share what was awarded.

    ocid, award_amount, award_currency, signed (their sum), contracts, amendments, alone (without an
    award), unpriced and mixed (how many lack an amount, or are in another currency than the award).
    """
    signed = contracts(ocds)
    priced = (
        signed.value_amount.notnull()
        & signed.value_currency.notnull()
        & signed.award_amount.notnull()
        & signed.award_currency.notnull()
    )
    return (
        signed.group_by("ocid", "award", "linked")
        .aggregate(
            award_amount=signed.award_amount.max(),
            award_currency=signed.award_currency.max(),
            signed=signed.value_amount.sum(),
            contracts=signed.count(),
            amendments=signed.amendments.sum(),
            alone=(~signed.linked).sum(),
            unpriced=(~priced).sum(),
            mixed=(signed.value_currency != signed.award_currency).sum(),
        )
        .drop("award", "linked")
    )


def modified(ocds: Ocds) -> ir.Table:
    """Contracts with a modification, in whatever state: who has some publishes them."""
    return ocds.contracts.filter(ocds.contracts.amendments > 0)


def never_modified(processes: ir.Table) -> Reason:
    """Of processes with the `published` of `modified` (`reasons.with_published`)."""
    return (
        processes.published.fill_null(0) == 0,
        said("no contract of this publisher has a modification"),
    )


def evidence(processes: ir.Table) -> ir.ArrayValue:
    evidence: ir.ArrayValue = processes.evidence.fill_null(ibis.literal([], type=EVIDENCE))
    return evidence


@shared("awarded")
def awarded(ocds: Ocds) -> ir.Table:
    """Each active award with its buyer, supplier, kind and method.

    ocid, buyer, buyer_name, supplier, supplier_name (several in one text), value_amount,
    value_currency, awarded_at, method, method_details, category, when, kind (null for several).
    """
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    awards = active.select(
        "ocid",
        "value_amount",
        "value_currency",
        "awarded_at",
        "awarded_published",
        supplier=names(active.supplier_ids),
        supplier_name=names(active.supplier_names),
    )
    processes = ocds.processes.select(
        "ocid",
        "method",
        "method_details",
        "category",
        when=moment_of(ocds.processes),
        buyer=ibis.coalesce(ocds.processes.buyer_id, ocds.processes.buyer_name),
        buyer_name=ibis.coalesce(ocds.processes.buyer_name, ocds.processes.buyer_id),
    )
    bought = kinds.of(ocds)
    one_kind = bought.filter(bought.kinds == 1).select("ocid", "kind")
    return beside(awards.inner_join(processes, "ocid"), one_kind)


def unclear(awards: ir.Table) -> ir.BooleanColumn:
    """Whether an award of `awarded` lacks its supplier or a positive value with a currency."""
    lacking: ir.BooleanColumn = (
        awards.supplier.isnull()
        | awards.value_amount.isnull()
        | awards.value_currency.isnull()
        | (awards.value_amount <= 0)
    )
    return lacking


def quantities(ocds: Ocds) -> ir.Table:
    """Of each process: how the quantities of items of its modified contracts differ from the award.

    Contracts of one award, of which one was modified, count together. compared (items), rise and
    fall (the largest, in percent of what was awarded).
    """
    contracted = contracts(ocds)
    signed = contracted.select("ocid", "award", "amendments", part_id=contracted.contract_id)
    of_contract = ocds.items.filter(ocds.items.part == "contract")
    of_award = ocds.items.filter(ocds.items.part == "award")
    parts = of_contract.inner_join(signed, ["ocid", "part_id"])
    whole_ones = parts.group_by("ocid", "award", "item_id").aggregate(
        quantity=parts.quantity.sum(),
        unknown=parts.quantity.isnull().sum(),
        amendments=parts.amendments.sum(),
    )
    now = whole_ones.filter((whole_ones.unknown == 0) & (whole_ones.amendments > 0))
    whole_award = of_award.filter(of_award.quantity > 0)
    before = whole_award.group_by("ocid", "item_id").aggregate(
        awarded_quantity=whole_award.quantity.max(), times=whole_award.count()
    )
    once = before.filter(before.times == 1)  # an id that stands for two things cannot be compared
    both = now.inner_join(once, ["ocid", "item_id"])
    old = both.awarded_quantity.cast("float64")
    change = (both.quantity.cast("float64") / old - 1) * 100
    return both.group_by("ocid").aggregate(
        compared=both.count(),
        rise=change.clip(lower=0.0).max(),
        fall=(-change).clip(lower=0.0).max(),
        evidence=ibis.array(
            [
                fact("awards.items.quantity", plain(both.awarded_quantity), both.item_id),
                fact("contracts.items.quantity", plain(both.quantity), both.item_id),
            ]
        )
        .collect(where=change != 0, order_by=[both.item_id.asc()])
        .flatten(),
    )
