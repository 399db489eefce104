# SPDX-License-Identifier: EUPL-1.2
from decimal import Decimal

import pytest
from django.utils import translation

from tarazy.procurement.templatetags.procurement import amount, grouped


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
