# SPDX-License-Identifier: EUPL-1.2
"""The lowest bid was disqualified, and a dearer one went on.

A red flag, never a verdict: low bids fail for good reasons, such as missing documents.

The subject is the lot where the bids name their lots, else the whole process. Submitted bids are
those pending, valid or disqualified. Where the lowest price was bid more than once, the flag is
raised only if every one of those bids was disqualified.

Not assessed, and the reason is published, where:
1. no bids are published
2. the award goes by other things than the price (`priceOnly`, or `lowestCost` of OCDS 1.0, is
   published otherwise); where no criterion is published, the price is taken to decide
3. the tender has several lots, and the bids do not say to which they belong
4. a bid stands for several lots with one price, or some bids name their lot and some do not
5. the status of a bid is not known, or not one of the OCDS codelist
6. a submitted bid has no price, or no currency
7. a price is zero or negative
8. the bids are in several currencies
9. no bid was found valid
10. no award is active
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import Card, said
from tarazy.procurement.indicators.interface import EVIDENCE, Ocds, answers, fact, plain

CARD = Card(
    code="R036",
    version=1,
    title=said("Lowest bid disqualified"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R036"),
    description=said(
        "The lowest submitted bid was disqualified, and the award was made all the same. A"
        " competitor may have been removed for a pretext. It proves nothing by itself: low bids"
        " fail for good reasons too. The value is by how much the lowest remaining bid is dearer."
    ),
)
UNIT = said("dearer by percent")

KNOWN_STATUSES = ("invited", "pending", "valid", "disqualified", "withdrawn")
SUBMITTED = ("pending", "valid", "disqualified")
REMAINING = ("pending", "valid")
PRICE_ONLY = ("priceOnly", "lowestCost")
KEY = ("ocid", "lot")  # lot "" stands for the whole process: null keys do not join


def assess(ocds: Ocds) -> ir.Table:
    named = _lots_named(ocds)
    subjects = _subjects(ocds, named)
    bids, awards = _bids_of(ocds, named), _awarded(ocds)
    several = ocds.lots.group_by("ocid").aggregate(lots=ocds.lots.count())
    joined = (
        subjects.left_join(bids, KEY)
        .drop("ocid_right", "lot_right")
        .left_join(awards, KEY)
        .drop("ocid_right", "lot_right")
        .left_join(awards.filter(awards.lot == "").select("ocid", awarded_whole="awarded"), "ocid")
        .drop("ocid_right")
        .left_join(named, "ocid")
        .drop("ocid_right")
        .left_join(several, "ocid")
        .drop("ocid_right")
    )
    whole = joined.lot == ""
    judged = joined.mutate(
        subject=whole.ifelse("process", "lot"),
        lot_id=joined.lot.nullif(""),
        reason=_reason(joined, whole),
    )
    dearer = (judged.lowest_remaining.cast("float64") / judged.lowest_out.cast("float64") - 1) * 100
    raised = (judged.lowest_out < judged.lowest_remaining).fill_null(False)  # noqa: FBT003
    nothing = ibis.literal([], type=EVIDENCE)
    evidence = judged.evidence.fill_null(nothing)
    return answers(judged, raised, raised.ifelse(dearer, ibis.null("float64")), evidence)


def _reason(subjects: ir.Table, whole: ir.BooleanValue) -> ir.Value:
    criterion = subjects.award_criteria.fill_null(PRICE_ONLY[0])
    awarded = subjects.awarded.fill_null(0) + subjects.awarded_whole.fill_null(0)
    mixed = ~whole & (subjects.named_min.fill_null(1) == 0)
    return ibis.cases(
        (subjects.bids.fill_null(0) == 0, said("no bids are published")),  # (1)
        (criterion.notin(PRICE_ONLY), said("the award does not go by the price alone")),  # (2)
        (
            whole & (subjects.lots.fill_null(0) > 1),
            said("the tender has lots, and the bids do not name theirs"),
        ),  # (3)
        (
            mixed | (subjects.for_several > 0),
            said("a bid names no lot, or several lots with one price"),
        ),  # (4)
        (subjects.unknown > 0, said("the status of a bid is not known")),  # (5)
        (subjects.without_price > 0, said("the price of a bid is not published")),  # (6)
        (subjects.not_positive > 0, said("the price of a bid is zero or negative")),  # (7)
        (subjects.currencies > 1, said("the bids are in several currencies")),  # (8)
        (subjects.valid == 0, said("no bid was found valid")),  # (9)
        (awarded == 0, said("no award is active")),  # (10)
    )


def _lots_named(ocds: Ocds) -> ir.Table:
    """Of each process with bids: the least and the largest number of lots that a bid names."""
    bids = ocds.bids.mutate(named=ocds.bids.lot_ids.length().fill_null(0))
    return bids.group_by("ocid").aggregate(named_min=bids.named.min(), named_max=bids.named.max())


def _subjects(ocds: Ocds, named: ir.Table) -> ir.Table:
    """The lots of processes whose bids name lots, else the process: ocid, lot, award_criteria."""
    by_lot = named.filter(named.named_max > 0)
    processes = ocds.processes.select("ocid", "award_criteria")
    whole = processes.anti_join(by_lot, "ocid").mutate(lot=ibis.literal(""))
    bid_lots = ocds.bids.select("ocid", lot=ocds.bids.lot_ids.unnest())
    own_lots = ocds.lots.select("ocid", lot=ocds.lots.lot_id).filter(
        lambda lots: lots.lot.notnull()
    )
    lots = ibis.union(bid_lots, own_lots.semi_join(by_lot, "ocid"), distinct=True)
    own = ocds.lots.group_by("ocid", lot=ocds.lots.lot_id).aggregate(
        lot_criteria=ocds.lots.award_criteria.max()
    )
    with_process = lots.inner_join(processes, "ocid").left_join(own, KEY)
    with_criteria = with_process.select(
        "ocid",
        award_criteria=ibis.coalesce(with_process.lot_criteria, with_process.award_criteria),
        lot=with_process.lot,
    )
    return ibis.union(whole, with_criteria)


def _bids_of(ocds: Ocds, named: ir.Table) -> ir.Table:
    """The bids of each subject, in figures."""
    columns = ("ocid", "bid_id", "status", "value_amount", "value_currency", "lot_ids")
    bids = ocds.bids.select(*columns)
    whole = bids.semi_join(named.filter(named.named_max == 0), "ocid").mutate(lot=ibis.literal(""))
    flat = ibis.union(whole, bids.mutate(lot=bids.lot_ids.unnest()))
    status = flat.status.fill_null("")
    submitted = status.isin(SUBMITTED)
    priced = flat.value_amount.notnull() & flat.value_currency.notnull()
    seen = fact("bids.details.status", status, flat.bid_id)
    price = fact(
        "bids.details.value",
        plain(flat.value_amount) + " " + flat.value_currency,
        flat.bid_id,
    )
    cheapest_first = [flat.value_amount.asc(), flat.bid_id.asc()]
    return flat.group_by(*KEY).aggregate(
        bids=flat.count(),
        unknown=status.notin(KNOWN_STATUSES).sum(),
        without_price=(submitted & ~priced).sum(),
        not_positive=(submitted & (flat.value_amount <= 0).fill_null(False)).sum(),  # noqa: FBT003
        currencies=flat.value_currency.nunique(where=submitted),
        valid=(status == "valid").sum(),
        for_several=(flat.lot_ids.length().fill_null(0) > 1).sum(),
        lowest_out=flat.value_amount.min(where=status == "disqualified"),
        lowest_remaining=flat.value_amount.min(where=status.isin(REMAINING)),
        evidence=ibis.array([price, seen]).collect(order_by=cheapest_first).flatten(),
    )


def _awarded(ocds: Ocds) -> ir.Table:
    """How many awards are active, by process and lot; lot "" where they name none."""
    active = ocds.awards.filter(ocds.awards.status == "active").select("ocid", "lot_ids")
    whole = active.filter(active.lot_ids.length().fill_null(0) == 0).select(
        "ocid", lot=ibis.literal("")
    )
    flat = ibis.union(whole, active.select("ocid", lot=active.lot_ids.unnest()))
    return flat.group_by(*KEY).aggregate(awarded=flat.count())
