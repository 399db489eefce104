# SPDX-License-Identifier: EUPL-1.2
"""Two bidders as one number, for what is counted over every meeting of every pair.

Millions of meetings are grouped by their pair: by a number that costs little, while two names put
together would cost most of the time. The names come back last, for the few pairs that are shown.
"""

import ibis.expr.types as ir

from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators.interface import Ocds

BASE = 1 << 31  # above any number of bidders


def number(one: ir.IntegerValue, other: ir.IntegerValue) -> ir.Value:
    """Of two numbers of bidders (`contests.numbers`), in this order."""
    both: ir.Value = one * BASE + other
    return both


def named(ocds: Ocds, rows: ir.Table) -> ir.Table:
    """The rows with the names of the two in `pair` instead of its number."""
    numbers = contest.numbers(ocds)
    first = numbers.select(first="bidder", first_who="who")
    second = numbers.select(second="bidder", second_who="who")
    split = rows.mutate(
        first_who=(rows.pair // BASE).cast("int64"), second_who=(rows.pair % BASE).cast("int64")
    )
    both = split.inner_join(first, "first_who").inner_join(second, "second_who")
    return both.mutate(pair=both.first + " / " + both.second).drop(
        "first", "second", "first_who", "second_who"
    )
