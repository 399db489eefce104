# SPDX-License-Identifier: EUPL-1.2
"""Numbers as Cardinal's libraries compute and print them, to the last bit."""

import math
from collections.abc import Sequence
from fractions import Fraction

NAN = math.nan
META_SCALE = 10_000.0  # four decimals
HALF = 0.5
DECIMAL_EXPONENT_MIN = -5  # the smallest power of ten that is printed without exponent


def quantile(ordered: Sequence[float], tau: float) -> float:
    """The quantile of Hyndman and Fan's type 8; not a number where there is nothing to rank."""
    if not 0.0 <= tau <= 1.0 or not ordered:
        return NAN
    h = (len(ordered) + 1.0 / 3.0) * tau + 1.0 / 3.0
    whole = int(h)
    if whole <= 0 or tau == 0.0:
        return ordered[0]
    if whole >= len(ordered) or tau == 1.0:
        return ordered[-1]
    low, high = ordered[whole - 1], ordered[whole]
    return low + (h - whole) * (high - low)


def quartiles(values: list[float]) -> tuple[float, float]:
    """The first and the third; neither is a number where one of the values is none (0 / 0).

    There Cardinal's depend on the order of its hash tables from three values on.
    """
    if any(map(math.isnan, values)):
        return NAN, NAN
    ordered = sorted(values)
    return quantile(ordered, 0.25), quantile(ordered, 0.75)


def fused(a: float, b: float, c: float) -> float:
    """a * b + c, rounded once."""
    if not (math.isfinite(a) and math.isfinite(c)):
        return a * b + c
    try:
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        return float(exact) or a * b + c  # for the sign of a zero
    except OverflowError:
        return a * b + c


def ratio(part: float, whole: float) -> float:
    """A division that follows IEEE 754 where the divisor is zero."""
    if whole == 0.0:
        return NAN if part == 0.0 else math.copysign(math.inf, part) * math.copysign(1.0, whole)
    return part / whole


def rounded(value: float) -> float:
    """To four decimals, halves away from zero."""
    scaled = value * META_SCALE
    if not math.isfinite(scaled):
        return scaled / META_SCALE
    whole = math.trunc(scaled)
    if abs(scaled - whole) >= HALF:  # exact: the difference of neighbours has no rounding
        whole += 1 if scaled > 0 else -1
    return math.copysign(whole / META_SCALE, scaled)


def printed(value: float) -> str:
    """As JSON: the shortest digits, one decimal at least, null where there is no number."""
    if not math.isfinite(value):
        return "null"
    text = repr(value)
    digits, _, power = text.partition("e")
    if not power:
        return text
    exponent = int(power)
    if exponent >= DECIMAL_EXPONENT_MIN and exponent < 0:
        sign = "-" if digits.startswith("-") else ""
        bare = digits.lstrip("-").replace(".", "")
        return f"{sign}0.{'0' * (-exponent - 1)}{bare}"
    return f"{digits}e{exponent}"
