# SPDX-License-Identifier: EUPL-1.2
"""Markets (kinds of purchase) and pairs of buyer and supplier: what each of them got, shared."""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import deals, reasons, thresholds
from tarazy.procurement.indicators.interface import Ocds
from tarazy.procurement.indicators.shared import shared

YEAR = ibis.interval(days=365)


@shared("market_parts")
def parts(ocds: Ocds) -> ir.Table:
    """What each supplier has of each market: kind, supplier, part, and of the market as a whole.

    awards, total, unclear (awards without supplier or value), currencies.
    """
    return parts_of(deals.awarded(ocds))


def parts_of(awards: ir.Table) -> ir.Table:
    """The same of some awards, whose `kind` may be narrower."""
    known = awards.filter(awards.kind.notnull())
    whole = known.group_by("kind").aggregate(
        awards=known.count(),
        total=known.value_amount.sum(),
        unclear=deals.unclear(known).sum(),
        currencies=known.value_currency.nunique(),
    )
    named = known.filter(known.supplier.notnull())
    own = named.group_by("kind", "supplier").aggregate(
        supplier_name=named.supplier_name.max(), part=named.value_amount.sum()
    )
    return own.inner_join(whole, "kind")


@shared("direct_pairs")
def direct_pairs(ocds: Ocds) -> ir.Table:
    """Each pair of buyer and supplier with direct awards, those set against the threshold.

    party_id, party_name, awards, near (just below), below_in_year and sum_in_year (the largest sum
    of awards up to the threshold in a year), limit_amount, unclear, currencies.
    """
    awards = deals.awarded(ocds)
    direct = awards.filter(
        awards.method.isin(reasons.NON_COMPETITIVE_METHODS)
        & awards.buyer.notnull()
        & awards.supplier.notnull()
    )
    placed = thresholds.beside(ocds, direct, "direct")
    below = (placed.value_amount <= placed.limit_amount).fill_null(False)  # noqa: FBT003
    near = placed.value_amount >= thresholds.NEAR * placed.limit_amount.cast("float64")
    year = ibis.range_window(  # type: ignore[no-untyped-call]
        preceding=YEAR, following=0, group_by=["buyer", "supplier"], order_by=placed.when
    )
    marked = placed.mutate(below=below, near=(below & near).fill_null(False))  # noqa: FBT003
    small = marked.below.ifelse(marked.value_amount, ibis.literal(0).cast("decimal(28, 8)"))
    summed = marked.mutate(
        in_year=marked.below.cast("int64").sum().over(year), sum_in_year=small.sum().over(year)
    )
    return (
        summed.group_by("buyer", "supplier")
        .aggregate(
            party_id=(summed.buyer + " → " + summed.supplier).max(),
            party_name=(summed.buyer_name + " → " + summed.supplier_name).max(),
            awards=summed.count(),
            near=summed.near.sum(),
            below_in_year=summed.in_year.argmax(summed.sum_in_year),
            sum_in_year=summed.sum_in_year.max(),
            limit_amount=summed.limit_amount.max(),
            unclear=deals.unclear(summed).sum(),
            currencies=summed.value_currency.nunique(),
        )
        .drop("buyer", "supplier")
    )


def reason_of_pair(pairs: ir.Table) -> ir.Value:
    return ibis.cases(
        reasons.unpriced_awards(pairs),
        reasons.several_currencies(pairs),
        (
            pairs.limit_amount.isnull(),
            said("no threshold for direct awards is given for this currency and time"),
        ),
    )
