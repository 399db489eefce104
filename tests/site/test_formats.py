# SPDX-License-Identifier: EUPL-1.2
from decimal import Decimal

import pytest
from django.utils import translation

from tarazy.procurement.templatetags.procurement import amount


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "14 500 000,00 KZT"),
        ("ru", "14 500 000,00 KZT"),
        ("en", "14,500,000.00 KZT"),
    ],
)
def test_an_amount_can_be_read_in_each_language(language: str, words: str) -> None:
    with translation.override(language):
        shown = amount(Decimal("14500000"), "KZT")
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == words
