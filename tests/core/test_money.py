# SPDX-License-Identifier: EUPL-1.2
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.money import Money

amounts = st.integers(-(10**18), 10**18)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "KZT", 1250),
        ("0.005", "KZT", 0),  # halves go to the even neighbour
        ("0.015", "KZT", 2),
        ("7", "PYG", 7),
        ("1.234", "KWD", 1234),
        ("-3.1", "EUR", -310),
        ("1e3", "KZT", 100_000),
    ],
)
def test_from_a_decimal_text(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity", "1,5", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.of(text, "KZT")


@pytest.mark.parametrize("currency", ["", "kzt", "KZ", "TENGE", "K1T"])
def test_what_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="do not add"):
        Money(1, "KZT") + Money(1, "EUR")


@given(amounts, amounts)
def test_adding_is_exact(one: int, other: int) -> None:
    total = Money(one, "KZT") + Money(other, "KZT")
    assert total.amount_minor == one + other
    assert total - Money(other, "KZT") == Money(one, "KZT")


@given(amounts)
def test_what_is_printed_reads_back(minor: int) -> None:
    printed = str(Money(minor, "KZT"))
    assert printed.endswith(" KZT")
    assert Money.of(Decimal(printed[:-4].replace(",", "")), "KZT").amount_minor == minor
