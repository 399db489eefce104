# SPDX-License-Identifier: EUPL-1.2
"""Who bid for what: the bids of each lot where the bids name lots, else of each whole process.

What several indicators about bids share: the subjects, their bids in figures, their awards, and the
reasons for which such an indicator cannot be assessed. Submitted bids are those pending, valid or
disqualified.
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.interface import Ocds, Records, fact, moment_of, money
from tarazy.procurement.indicators.shared import shared

KNOWN_STATUSES = ("invited", "pending", "valid", "disqualified", "withdrawn")
SUBMITTED = ("pending", "valid", "disqualified")
NOT_HANDED_IN = ("invited", "withdrawn")
PRICE_ONLY = ("priceOnly", "lowestCost")  # of OCDS 1.1 and 1.0
KEY = ("ocid", "lot")  # lot "" stands for the whole process: null keys do not join

Reason = tuple[ir.BooleanValue, str]


@shared("contest_subjects")
def _subjects(ocds: Ocds) -> ir.Table:
    return _with_awards(_tendered(ocds), _awards(ocds))


@shared("bidder_numbers")
def numbers(ocds: Ocds) -> ir.Table:
    """Each bidder with its number `who`, in the order of their ids: numbers are counted faster."""
    named = ocds.bids.select(bidder=names(ocds.bids.tenderer_ids))
    known = named.filter(named.bidder.notnull()).distinct()
    return known.mutate(who=ibis.row_number().over(order_by=known.bidder))


@shared("contest_bids")
def bids(ocds: Ocds) -> ir.Table:
    """Each bid once for each subject that it is for.

    `price`, `currency`, `status`, `submitted`, `submitted_at`, `bidder` (who bids, several in one
    text), `who` (its number) and `won` (whether the one active award is the bidder's).
    """
    return _bids(ocds, _lots_named(ocds), _subjects(ocds))


@shared("contests")
def of(ocds: Ocds) -> ir.Table:
    """One row for each subject: subject, ocid, lot_id, its bids and awards in figures."""
    named = _lots_named(ocds)
    subjects = _subjects(ocds)
    found = _figures(bids(ocds))
    several = ocds.lots.group_by("ocid").aggregate(lots=ocds.lots.count())
    joined = (
        subjects.left_join(found, KEY)
        .drop("ocid_right", "lot_right")
        .left_join(named.drop("named_max"), "ocid")
        .drop("ocid_right")
        .left_join(several, "ocid")
        .drop("ocid_right")
    )
    return joined.mutate(
        subject=(joined.lot == "").ifelse("process", "lot"),
        lot_id=joined.lot.nullif(""),
    )


def records(ocds: Ocds) -> Records:
    """The bids of a subject, the cheapest first."""
    raw = ("price", "bid_id", "currency", "status")
    return Records(rows=bids(ocds), raw=raw, facts=_facts_of_bid, key=KEY)


def no_bids(contests: ir.Table) -> Reason:
    return contests.bids.fill_null(0) == 0, said("no bids are published")


def not_by_price(contests: ir.Table) -> Reason:
    """Where no criterion is published, the price is taken to decide."""
    criterion = contests.award_criteria.fill_null(PRICE_ONLY[0])
    return criterion.notin(PRICE_ONLY), said("the award does not go by the price alone")


def lots_without_bids(contests: ir.Table) -> Reason:
    whole = contests.lot == ""
    return (
        whole & (contests.lots.fill_null(0) > 1),
        said("the tender has lots, and the bids do not name theirs"),
    )


def lots_unnamed(contests: ir.Table) -> Reason:
    """Of lots, where another bid of the process may be for them, too."""
    unnamed = (contests.lot != "") & (contests.named_min.fill_null(1) == 0)
    return unnamed, said("a bid names no lot, or several lots with one price")


def lots_mixed(contests: ir.Table) -> Reason:
    unnamed, why = lots_unnamed(contests)
    return unnamed | (contests.for_several > 0), why


def unknown_status(contests: ir.Table) -> Reason:
    return contests.unknown > 0, said("the status of a bid is not known")


def no_price(contests: ir.Table) -> Reason:
    return contests.without_price > 0, said("the price of a bid is not published")


def not_positive(contests: ir.Table) -> Reason:
    return contests.not_positive > 0, said("the price of a bid is zero or negative")


def several_currencies(contests: ir.Table) -> Reason:
    return contests.several_currencies, said("the bids are in several currencies")


def none_valid(contests: ir.Table) -> Reason:
    return contests.valid == 0, said("no bid was found valid")


def no_award(contests: ir.Table) -> Reason:
    return contests.awarded == 0, said("no award is active")


def several_awards(contests: ir.Table) -> Reason:
    return contests.awarded > 1, said("several awards are active")


def nameless(contests: ir.Table) -> Reason:
    return contests.nameless > 0, said("a bid does not name its bidder")


def pending(contests: ir.Table) -> Reason:
    return contests.pending > 0, said("a bid is still pending")


def alone(contests: ir.Table) -> Reason:
    return contests.bidders.fill_null(0) <= 1, said("there are no two bidders to compare")


def names(texts: ir.ArrayValue) -> ir.Value:
    """Organisations as one text, the same in any order; null where there is none."""
    several = texts.sort().join("|")  # most are one, and need no sorting
    text = ibis.ifelse(texts.length() == 1, texts[0], several)
    return text.nullif(ibis.literal(""))


def _lots_named(ocds: Ocds) -> ir.Table:
    """Of each process with bids: the least and the largest number of lots that a bid names."""
    bids = ocds.bids.mutate(named=ocds.bids.lot_ids.length().fill_null(0))
    return bids.group_by("ocid").aggregate(named_min=bids.named.min(), named_max=bids.named.max())


def _tendered(ocds: Ocds) -> ir.Table:
    """The lots of processes whose bids name lots, else the process: KEY and facts of its tender."""
    named = _lots_named(ocds)
    by_lot = named.filter(named.named_max > 0)
    processes = ocds.processes.select(
        "ocid",
        "award_criteria",
        "method",
        "category",
        "value_amount",
        "value_currency",
        when=moment_of(ocds.processes),
    )
    whole = processes.anti_join(by_lot, "ocid").mutate(lot=ibis.literal(""))
    bid_lots = ocds.bids.select("ocid", lot=ocds.bids.lot_ids.unnest())
    own_lots = ocds.lots.select("ocid", lot=ocds.lots.lot_id).filter(
        lambda lots: lots.lot.notnull()
    )
    lots = ibis.union(bid_lots, own_lots.semi_join(by_lot, "ocid"), distinct=True)
    judged = ocds.lots.filter(ocds.lots.award_criteria.notnull())  # few say so of a lot
    own = judged.group_by("ocid", lot=judged.lot_id).aggregate(
        lot_criteria=judged.award_criteria.max()
    )
    with_process = lots.inner_join(processes, "ocid").left_join(own, KEY)
    with_criteria = with_process.select(
        "ocid",
        award_criteria=ibis.coalesce(with_process.lot_criteria, with_process.award_criteria),
        method=with_process.method,
        category=with_process.category,
        value_amount=with_process.value_amount,
        value_currency=with_process.value_currency,
        when=with_process.when,
        lot=with_process.lot,
    )
    return ibis.union(whole, with_criteria)


def _awards(ocds: Ocds) -> ir.Table:
    """Active awards by process and lot, lot "" where they name none: how many, and to whom."""
    active = ocds.awards.filter(ocds.awards.status == "active").select(
        "ocid", "lot_ids", supplier=names(ocds.awards.supplier_ids)
    )
    whole = active.filter(active.lot_ids.length().fill_null(0) == 0).select(
        "ocid", "supplier", lot=ibis.literal("")
    )
    flat = ibis.union(whole, active.select("ocid", "supplier", lot=active.lot_ids.unnest()))
    return flat.group_by(*KEY).aggregate(awarded=flat.count(), supplier=flat.supplier.max())


def _with_awards(subjects: ir.Table, awards: ir.Table) -> ir.Table:
    """Adds `awarded`, and `winner` where it is one award; an award without lot is for each lot."""
    whole = awards.filter(awards.lot == "").select(
        "ocid", awarded_whole=awards.awarded, supplier_whole=awards.supplier
    )
    own = awards.filter(awards.lot != "")
    joined = (
        subjects.left_join(own, KEY)
        .drop("ocid_right", "lot_right")
        .left_join(whole, "ocid")
        .drop("ocid_right")
    )
    awarded = joined.awarded.fill_null(0) + joined.awarded_whole.fill_null(0)
    winner = ibis.coalesce(joined.supplier, joined.supplier_whole)
    return joined.mutate(
        awarded=awarded, winner=(awarded == 1).ifelse(winner, ibis.null("string"))
    ).drop("awarded_whole", "supplier", "supplier_whole")


def _bids(ocds: Ocds, named: ir.Table, subjects: ir.Table) -> ir.Table:
    """Each bid once for each subject that it is for."""
    columns = ("ocid", "bid_id", "value_amount", "value_currency", "submitted_at", "lot_ids")
    named_bids = ocds.bids.select(
        *columns,
        status=ocds.bids.status.fill_null(""),
        bidder=names(ocds.bids.tenderer_ids),
    )
    chosen = named_bids.left_join(numbers(ocds), "bidder").drop("bidder_right")
    without = named.filter(named.named_max == 0)
    whole = chosen.semi_join(without, "ocid").mutate(lot=ibis.literal(""))
    flat = ibis.union(whole, chosen.mutate(lot=chosen.lot_ids.unnest()))
    with_winner = flat.left_join(subjects.select(*KEY, "winner"), KEY).drop(
        "ocid_right", "lot_right"
    )
    return with_winner.mutate(
        submitted=with_winner.status.isin(SUBMITTED),
        price=with_winner.value_amount,
        currency=with_winner.value_currency,
        won=(with_winner.bidder == with_winner.winner).fill_null(False),  # noqa: FBT003
    ).drop("value_amount", "value_currency", "winner")


def _facts_of_bid(bid: ir.StructValue) -> list[ir.Value]:
    return [
        fact("bids.details.value", money(bid.price, bid.currency), bid.bid_id),
        fact("bids.details.status", bid.status, bid.bid_id),
    ]


def _figures(bids: ir.Table) -> ir.Table:
    """Of each subject. Different bidders are counted apart: counting them at once is dear."""
    priced = bids.price.notnull() & bids.currency.notnull()
    valid, out = bids.status == "valid", bids.status == "disqualified"
    remaining = bids.status.isin(("pending", "valid"))
    figures = bids.group_by(*KEY).aggregate(
        bids=bids.count(),
        unknown=bids.count(where=bids.status.notin(KNOWN_STATUSES)),
        without_price=bids.count(where=bids.submitted & ~priced),
        not_positive=bids.count(where=bids.submitted & (bids.price <= 0)),
        several_currencies=bids.currency.min(where=bids.submitted)
        < bids.currency.max(where=bids.submitted),
        valid=bids.count(where=valid),
        pending=bids.count(where=bids.status == "pending"),
        for_several=bids.count(where=bids.lot_ids.length() > 1),
        nameless=bids.count(where=bids.submitted & bids.who.isnull()),
        lowest=bids.price.min(where=bids.submitted),
        highest=bids.price.max(where=bids.submitted),
        lowest_won=bids.price.min(where=valid & bids.won),
        lowest_lost=bids.price.min(where=valid & ~bids.won),
        lowest_out=bids.price.min(where=out),
        lowest_remaining=bids.price.min(where=remaining),
        valid_won=bids.count(where=valid & bids.won),
    )
    own = (
        bids.filter(bids.who.notnull())
        .group_by(*KEY, "who")
        .aggregate(
            submitted=bids.submitted.any(), valid=valid.any(), others_out=(out & ~bids.won).any()
        )
    )
    counted = own.group_by(*KEY).aggregate(
        bidders=own.count(where=own.submitted),
        valid_bidders=own.count(where=own.valid),
        others_out=own.count(where=own.others_out),
    )
    both = figures.left_join(counted, KEY).drop("ocid_right", "lot_right")
    return both.mutate(
        **{name: both[name].fill_null(0) for name in ("bidders", "valid_bidders", "others_out")}
    )
