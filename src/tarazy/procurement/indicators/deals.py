# SPDX-License-Identifier: EUPL-1.2
"""From the deadline over the award to the signature: what indicators of these dates share."""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import (
    EVIDENCE,
    Ocds,
    beside,
    days_between,
    fact,
    whole,
)
from tarazy.procurement.indicators.shared import shared

CONTRACT_STATUSES = ("active", "terminated")  # signed; "pending" is not, "cancelled" never was


@shared("decisions")
def decisions(ocds: Ocds) -> ir.Table:
    """Processes with `days` from the end of the tender period to the first active award."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    seen = fact("awards.date", active.awarded_published, active.award_id)
    awards = active.group_by("ocid").aggregate(
        awarded=active.count(),
        dated=active.awarded_published.count(),
        readable=active.awarded_at.count(),
        first_at=active.awarded_at.min(),
        evidence=seen.collect(order_by=[active.awarded_at.asc(), active.award_id.asc()]),
    )
    processes = beside(whole(ocds.processes), awards)
    return processes.mutate(days=days_between(processes.tender_end_at, processes.first_at))


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

    Adds linked, and award_amount, award_currency, award_at, award_published of the award.
    """
    active = ocds.awards.filter((ocds.awards.status == "active").fill_null(False))  # noqa: FBT003
    facts = active.select(
        "ocid",
        "award_id",
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


def evidence(processes: ir.Table) -> ir.ArrayValue:
    evidence: ir.ArrayValue = processes.evidence.fill_null(ibis.literal([], type=EVIDENCE))
    return evidence
