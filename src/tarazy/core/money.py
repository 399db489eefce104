# SPDX-License-Identifier: EUPL-1.2
"""Money: an integer number of minor units and a currency (ISO 4217), never a binary fraction."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from typing_extensions import override

# ISO 4217:2015: currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0
    ),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_CURRENCY = re.compile(r"^[A-Z]{3}$")


def exponent_of(currency: str) -> int:
    """Decimal places of the minor unit: 2 for tenge, 0 for guarani."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (tiyn, kopecks, cents). Adds and compares within one currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.match(self.currency):
            raise ValueError(f"not a currency code of ISO 4217: {self.currency!r}")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """From a decimal text such as "12.50"; halves of a minor unit round to even.

        ValueError where the text is no finite number.
        """
        try:
            scaled = Decimal(amount).scaleb(exponent_of(currency))
            minor = int(scaled.quantize(Decimal(1), ROUND_HALF_EVEN))
        except (ArithmeticError, ValueError) as error:  # neither a number, nor a finite one
            raise ValueError(f"not an amount: {amount!r}") from error
        return cls(minor, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    @override
    def __str__(self) -> str:
        places = exponent_of(self.currency)
        return f"{Decimal(self.amount_minor).scaleb(-places):,.{places}f} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add")
        return other.amount_minor
