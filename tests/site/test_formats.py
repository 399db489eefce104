# SPDX-License-Identifier: EUPL-1.2
from decimal import Decimal

import pytest
from django.utils import translation

from tarazy.procurement.templatetags.procurement import amount, figure, grouped, share


@pytest.mark.parametrize(
    ("language", "words", "counted"),
    [
        ("kk", "14 500 000,00 KZT", "11 100 000"),
        ("ru", "14 500 000,00 KZT", "11 100 000"),
        ("en", "14,500,000.00 KZT", "11,100,000"),
    ],
)
def test_an_amount_and_a_count_can_be_read_in_each_language(
    language: str, words: str, counted: str
) -> None:
    with translation.override(language):
        shown = amount(Decimal("14500000"), "KZT")
        processes = grouped(11_100_000)
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == words
    assert processes.replace("\N{NO-BREAK SPACE}", " ") == counted


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 100_000, "0.0"),
        (1, 100_000, "< 0.1"),
        (100, 100_000, "0.1"),
        (99_999, 100_000, "> 99.9"),
        (100_000, 100_000, "100.0"),
        (41, 1_000, "4.1"),
        (4_196, 100_000, "4.2"),  # Django cuts figures off, and does not round them
        (0, 0, "–"),
    ],
)
def test_a_share_of_what_is_there_is_never_nought(part: int, whole: int, shown: str) -> None:
    with translation.override("en"):
        told = share(part, whole)
    assert told.replace("\N{NO-BREAK SPACE}", " ").removesuffix(" %") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.0312, "0.031"),
        (-0.004, "-0.0040"),
        (0.1, "0.1"),
        (0.16, "0.2"),
        (1234.0, "1,234"),
        (1e-12, "0.00000000"),
    ],
)
def test_a_figure_that_is_small_is_not_shown_as_none(value: float, shown: str) -> None:
    """Prices a thirtieth of a percent apart would read as the same."""
    with translation.override("en"):
        assert figure(value, "percent apart") == f"percent apart: {shown}"
