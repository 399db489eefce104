# SPDX-License-Identifier: EUPL-1.2
"""Whether an expression stays within each process: by its steps, and over every indicator."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pytest

from tarazy.procurement import reach
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.reach import Reach
from tarazy.procurement.run import statements

BIDS = ibis.table({"ocid": "string", "who": "string", "price": "float64"}, name="bid")
LOTS = ibis.table({"ocid": "string", "lot": "string", "who": "string"}, name="lot")
LIMITS = ibis.table({"who": "string", "amount": "float64"}, name="limits")
GIVEN = {"bid": Reach.PROCESS, "lot": Reach.PROCESS, "limits": Reach.GIVEN}

WITHIN: dict[str, Callable[[], ir.Table]] = {
    "rows": lambda: BIDS.filter(BIDS.price > 0).mutate(twice=BIDS.price * 2),
    "a group by process": lambda: BIDS.group_by("ocid").aggregate(n=BIDS.count()),
    "a group by process and bidder": lambda: BIDS.group_by("ocid", "who").aggregate(n=BIDS.count()),
    "a join by process": lambda: BIDS.join(LOTS, ["ocid", "who"]),
    "a join of bids with bids": lambda: BIDS.join(BIDS.view(), "ocid"),
    "a left join": lambda: BIDS.left_join(LOTS, "ocid").drop("ocid_right"),
    "an anti join": lambda: BIDS.anti_join(LOTS, ["ocid", "who"]),
    "a join with a given table": lambda: BIDS.left_join(LIMITS, "who").drop("who_right"),
    "a window in a process": lambda: BIDS.mutate(n=BIDS.count().over(group_by="ocid")),
    "a union": lambda: ibis.union(BIDS.select("ocid"), LOTS.select("ocid"), distinct=True),
    "different rows": lambda: BIDS.select("ocid", "who").distinct(),
}
BEYOND: dict[str, Callable[[], ir.Table]] = {
    "a group by bidder": lambda: BIDS.group_by("who").aggregate(
        n=BIDS.count(), ocid=BIDS.ocid.max()
    ),
    "all together": lambda: BIDS.aggregate(ocid=BIDS.ocid.max()),
    "a join by bidder": lambda: BIDS.join(LOTS, "who").drop("ocid_right"),
    "a cross join": lambda: BIDS.cross_join(LOTS).drop("ocid_right"),
    "a window over all": lambda: BIDS.mutate(n=BIDS.count().over(group_by="who")),
    "a rank": lambda: BIDS.mutate(n=ibis.row_number().over(order_by=BIDS.price)),
    "a share of all": lambda: BIDS.mutate(n=BIDS.price / BIDS.price.sum()),
    "beside what is of all": lambda: BIDS.cross_join(BIDS.aggregate(most=BIDS.price.max())),
    "what others have, too": lambda: BIDS.filter(BIDS.who.isin(LOTS.who)),
    "a key that is another column": lambda: BIDS.select(ocid="who"),
    "no key": lambda: BIDS.select("who"),
    "a key that may be missing": lambda: BIDS.left_join(LOTS, "ocid").select(
        ocid="ocid_right", price="price"
    ),
    "the first few": lambda: BIDS.limit(3),
    "different bidders": lambda: BIDS.select("who").distinct().mutate(ocid=ibis.literal("x")),
    "a right join": lambda: BIDS.right_join(LIMITS, "who").drop("who_right"),
    "a union with rows of no process": lambda: ibis.union(
        BIDS.select("ocid", "who"), LIMITS.select(ocid="who", who="who")
    ),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_stays_within_each_process(name: str) -> None:
    assert reach.of(WITHIN[name](), GIVEN) is Reach.PROCESS


@pytest.mark.parametrize("name", BEYOND)
def test_what_looks_beyond(name: str) -> None:
    assert reach.of(BEYOND[name](), GIVEN) is Reach.BEYOND


def test_what_is_made_of_given_tables_is_given() -> None:
    assert reach.of(LIMITS.aggregate(most=LIMITS.amount.max()), GIVEN) is Reach.GIVEN


def test_bids_stay_within_their_process_and_pairs_and_fences_do_not() -> None:
    written = statements()
    by_process = written.by_process
    codes = {name.removeprefix("found_") for name in by_process if name.startswith("found_")}
    assert {"K010", "R018", "R028", "R044", "K005"} <= codes
    assert not codes & {"R016", "R053", "R060", "R023", "R001", *written.of_organisations}
    assert codes < set(written.queries) == {one.CARD.code for one in INDICATORS}
    assert {"shared_contests", "shared_identified"} <= by_process
    assert "shared_bidder_numbers" not in by_process
