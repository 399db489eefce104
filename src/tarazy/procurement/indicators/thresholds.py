# SPDX-License-Identifier: EUPL-1.2
"""Values up to which a simpler procedure is lawful, by currency, category and time (`references`).

A row for the category of the process comes before one for every category. "simplified": above it a
full tender is due. "direct": up to it a direct award will do. At exactly the threshold either still
does.
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import Ocds

NEAR = 0.9  # just below: from nine tenths of the threshold to the threshold itself


def beside(ocds: Ocds, rows: ir.Table, limits: str) -> ir.Table:
    """Rows with when, category, value_currency get `limit_amount`, null where there is none."""
    table = ocds.thresholds.filter(ocds.thresholds.limits == limits).select(
        "category",
        "valid_from",
        "valid_to",
        limit_amount="amount",
        limit_currency="currency",
    )
    general = table.filter(table.category.isnull()).drop("category")
    own = table.filter(table.category.notnull()).rename(
        own_category="category", own_from="valid_from", own_to="valid_to",
        own_amount="limit_amount", own_currency="limit_currency",
    )  # fmt: skip
    first = rows.left_join(
        general,
        [
            rows.value_currency == general.limit_currency,
            rows.when >= general.valid_from,
            general.valid_to.isnull() | (rows.when < general.valid_to),
        ],
    ).drop("valid_from", "valid_to", "limit_currency")
    both = first.left_join(
        own,
        [
            first.value_currency == own.own_currency,
            first.category == own.own_category,
            first.when >= own.own_from,
            own.own_to.isnull() | (first.when < own.own_to),
        ],
    )
    return both.mutate(limit_amount=ibis.coalesce(both.own_amount, both.limit_amount)).drop(
        "own_category", "own_from", "own_to", "own_amount", "own_currency"
    )


def unknown(rows: ir.Table) -> Reason:
    return (
        rows.limit_amount.isnull(),
        said("no threshold of the law is given for this currency, category and time"),
    )
