# SPDX-License-Identifier: EUPL-1.2
"""Published values: what is taken, what is lost, and that nothing ever raises."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.procurement.sources import values

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        (0, Decimal(0)),
        (-5, Decimal(-5)),
        (10**20 - 1, Decimal(10**20 - 1)),
        (10**20, None),
        ("12.50", Decimal("12.5")),
        (" 12.50 ", Decimal("12.5")),
        ("1e3", Decimal(1000)),
        ("4031.2320000000004", Decimal("4031.23200000")),
        ("0.000000005", Decimal("0E-8")),
        ("1e400", None),
        ("x", None),
        ("", None),
        ("NaN", None),
        ("Infinity", None),
        ("1,5", None),
        ("1 000", None),
        ("١٢", None),
        (True, None),
        ([1], None),
        ({"amount": 1}, None),
        (None, None),
    ],
)
def test_an_amount_is_exact_or_lost(published: Any, kept: Decimal | None) -> None:
    assert values.amount(published) == kept


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        (0, Decimal(0)),
        (1, Decimal(1)),
        ("0.25", Decimal("0.25")),
        ("1.00000001", None),
        (30, None),
        ("-0.1", None),
        (True, None),
        ("x", None),
        (None, None),
    ],
)
def test_a_share_is_of_one_or_lost(published: Any, kept: Decimal | None) -> None:
    assert values.share(published) == kept


@pytest.mark.parametrize(
    ("published", "kept"),
    [(3, 3), ("3", 3), ("3.0", 3), (0, 0), ("3.5", None), (-1, None), (True, None), ("x", None)],
)
def test_a_count_is_whole_and_not_negative(published: Any, kept: int | None) -> None:
    assert values.count(published) == kept


@pytest.mark.parametrize(
    ("published", "at"),
    [
        ("2018-01-11T17:29:09+04:00", datetime(2018, 1, 11, 13, 29, 9, tzinfo=UTC)),
        ("2018-01-11T17:29:09Z", datetime(2018, 1, 11, 17, 29, 9, tzinfo=UTC)),
        ("2018-01-11T17:29:09.123456789Z", datetime(2018, 1, 11, 17, 29, 9, 123456, tzinfo=UTC)),
        ("2018-01-11 17:29:09+0400", datetime(2018, 1, 11, 13, 29, 9, tzinfo=UTC)),
        ("2018-01-11T17:29:09", None),
        ("2018-01-11", None),
    ],
)
def test_a_moment_without_zone_keeps_its_text_and_names_no_time(
    published: str, at: datetime | None
) -> None:
    assert values.moment(published) == (at, published)


@pytest.mark.parametrize(
    "published",
    [
        "yesterday",
        "2018-13-01",
        "2018-02-30T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "",
        1,
        True,
        [],
    ],
)
def test_what_is_no_date_is_lost(published: Any) -> None:
    assert values.moment(published) is None


@pytest.mark.parametrize(
    ("published", "kept"), [(" a ", "a"), (17, "17"), (True, None), ([], None), ({}, None)]
)
def test_text_takes_numbers_and_nothing_else(published: Any, kept: str | None) -> None:
    assert values.text(published) == kept


@given(json_values)
def test_no_reader_ever_raises(published: Any) -> None:
    for read in (values.text, values.amount, values.count, values.moment):
        read(published)


@given(st.decimals(min_value=-(10**19), max_value=10**19, places=8))
def test_amounts_within_the_column_keep_every_place(exact: Decimal) -> None:
    assert values.amount(f"{exact:f}") == exact
