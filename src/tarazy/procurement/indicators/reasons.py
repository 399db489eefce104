# SPDX-License-Identifier: EUPL-1.2
"""Reasons not to assess that indicators of many kinds share, in one wording each."""

import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    HELD_STATUSES,
    Ocds,
    beside,
)
from tarazy.procurement.indicators.shared import shared

NON_COMPETITIVE_METHODS = ("limited", "direct")  # of the OCDS codelist `method`
PUBLISHER = r"^(ocds-[a-z0-9]{6}|goszakup-|[^0-9]*)"  # goszakup-contract-… is of the portal, too


def not_held(processes: ir.Table) -> Reason:
    return (
        processes.status.fill_null("").notin(HELD_STATUSES),
        said("the tender was not held, or its status is not known"),
    )


def not_competitive(processes: ir.Table) -> Reason:
    return (
        processes.method.fill_null("").notin(COMPETITIVE_METHODS),
        said("the method promises no competition, or is not known"),
    )


def unknown_method(processes: ir.Table) -> Reason:
    known = processes.method.isin(COMPETITIVE_METHODS + NON_COMPETITIVE_METHODS)
    return ~known.fill_null(False), said("the method is not known")  # noqa: FBT003


@shared("publishers")
def publishers(ocds: Ocds) -> ir.Table:
    """The publisher of each process: ocid, publisher."""
    return ocds.processes.select("ocid", publisher=publisher(ocds.processes))


def with_published(ocds: Ocds, processes: ir.Table, rows: ir.Table) -> ir.Table:
    """Adds `published`: how many such rows the publisher of each process has in all of its own."""
    known = publishers(ocds)
    both = known.inner_join(rows.select("ocid"), "ocid")
    counted = both.group_by("publisher").aggregate(published=both.count())
    return beside(processes, known).left_join(counted, "publisher").drop("publisher_right")


def publisher(processes: ir.Table) -> ir.StringValue:
    """Who publishes a process, by how its ocid begins.

    That is the prefix that the OCDS registry gives, else all before the first digit: the names that
    we give the national portal and flat files (goszakup-, samruk-), whose numbers follow.
    """
    named: ir.StringValue = processes.published_ocid.lower().re_extract(PUBLISHER, 0)
    return named


def never_published(processes: ir.Table) -> Reason:
    """Where the publisher never publishes such a thing, its absence here says nothing."""
    return (
        processes.published.fill_null(0) == 0,
        said("no process of this publisher has such data"),
    )


def no_value(processes: ir.Table) -> Reason:
    return (
        processes.value_amount.isnull()
        | processes.value_currency.isnull()
        | (processes.value_amount <= 0),
        said("the estimated value is not published, or is no positive amount"),
    )


def no_buyer(rows: ir.Table) -> Reason:
    return rows.buyer.isnull(), said("the buyer is not published")


def no_award(processes: ir.Table) -> Reason:
    return processes.awarded.fill_null(0) == 0, said("no award is active")


def no_contract(processes: ir.Table) -> Reason:
    return processes.contracts.fill_null(0) == 0, said("no signed contract is published")


def no_moment(missing: ir.BooleanValue) -> Reason:
    return missing, said("a date is missing, has no time zone, or cannot be read")


def unpriced_awards(rows: ir.Table) -> Reason:
    return rows.unclear > 0, said("the supplier or the value of an award is not published")


def several_currencies(rows: ir.Table) -> Reason:
    return rows.currencies > 1, said("the amounts are in several currencies")
