# SPDX-License-Identifier: EUPL-1.2
"""Buyers and suppliers as subjects: who they are by the ids of the data, and their answers.

Organisations are told apart by their published ids, or by their names where they have none. Who has
too few processes is no subject that anything can be said of.
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import EVIDENCE, Card, Ocds, subject
from tarazy.procurement.indicators.shared import shared

PROCESSES_MIN = 10
CATEGORIES = ("goods", "works", "services")  # of the OCDS codelist `procurementCategory`


@shared("buyers")
def buyers(ocds: Ocds) -> ir.Table:
    """Each process that names its buyer: ocid, party_id, party_name, method, category."""
    processes = ocds.processes
    named = processes.select(
        "ocid",
        "method",
        "category",
        party_id=ibis.coalesce(processes.buyer_id, processes.buyer_name),
        party_name=ibis.coalesce(processes.buyer_name, processes.buyer_id),
    )
    return named.filter(named.party_id.notnull())


@shared("buyer_places")
def places(ocds: Ocds) -> ir.Table:
    """Where the buyer of a process is, as its address says: ocid, country, region."""
    buyers = ocds.parties.filter(ocds.parties.roles.contains("buyer"))
    region = ibis.coalesce(buyers.region, buyers.locality)  # publishers give one or the other
    told = buyers.mutate(region=region)
    known = told.filter(told.country.notnull() | told.region.notnull())
    return known.group_by("ocid").aggregate(country=known.country.max(), region=known.region.max())


def main_category(rows: ir.Table) -> ir.Value:
    """Of the processes of an organisation: goods, works or services, whichever are most."""
    counts = {one: (rows.category == one).sum().fill_null(0) for one in CATEGORIES}
    most = ibis.greatest(*counts.values())
    return ibis.cases(*(((count > 0) & (count == most), one) for one, count in counts.items()))


def peers(rows: ir.Table) -> ir.Table:
    """Adds what `fences.usual` asks for to rows with `category` and `processes`.

    Organisations are compared with those that mostly buy, or sell, the same category and have about
    as many processes, to the power of ten. A method says nothing of an organisation.
    """
    return rows.mutate(
        method=ibis.null("string"),
        value_amount=rows.processes.cast("float64"),
        value_currency=ibis.literal("processes"),
    )


def too_small(rows: ir.Table) -> Reason:
    return rows.processes < PROCESSES_MIN, said("it has too few processes to say anything of it")


def answers(
    card: Card, judged: ir.Table, raised: ir.Value, value: ir.Value, evidence: ir.Value
) -> ir.Table:
    """The columns of `interface.answers` with party_id and party_name; there is no ocid."""
    free = judged.reason.isnull()
    return judged.select(
        subject=subject(card, judged),
        ocid=ibis.null("string"),
        lot_id=ibis.null("string"),
        raised=free.ifelse(raised, ibis.null("boolean")),
        reason=judged.reason,
        value=free.ifelse(value.cast("float64"), ibis.null("float64")),
        evidence=(free & raised).ifelse(evidence.cast(EVIDENCE), ibis.null(EVIDENCE)),
        party_id=judged.party_id,
        party_name=judged.party_name,
    )
