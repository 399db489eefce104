# SPDX-License-Identifier: EUPL-1.2
"""The level of prices at a time, by the user's inflation table (`references`).

Where the table says nothing of a currency, its amounts are compared as they are. Where it says
something, an amount of a month that it lacks cannot be compared.
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import Ocds

BASE = 100.0  # of an index


def beside(ocds: Ocds, rows: ir.Table, currency: str) -> ir.Table:
    """Rows with `when` get `level`: 1 is the base of the index, null a month that is missing.

    And `period`, within which their amounts can be compared: the year, or 0 for all years where the
    table brings them to one level.
    """
    table = ocds.inflation
    months = table.select(
        level_currency="currency",
        level_month=table.month.truncate("M"),
        level_index=table["index"].cast("float64"),
    )
    covered = table.select(covered_currency="currency").distinct()
    month = rows.when.truncate("M")
    first = rows.left_join(
        months, [rows[currency] == months.level_currency, month == months.level_month]
    )
    both = first.left_join(covered, first[currency] == covered.covered_currency)
    plain = both.covered_currency.isnull()
    level = plain.ifelse(ibis.literal(1.0), both.level_index / BASE)
    period = plain.ifelse(both.when.year().cast("int64"), ibis.literal(0).cast("int64"))
    return both.mutate(level=level, period=period).drop(
        "level_currency", "level_month", "level_index", "covered_currency"
    )


def unknown(rows: ir.Table) -> Reason:
    return rows.level.isnull(), said(
        "the inflation of this month is not in the table that was given"
    )
