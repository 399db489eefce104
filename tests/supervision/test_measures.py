# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.translation import override
from supervision.factory import supervised

from tarazy.supervision.measures import SHIPPED, read
from tarazy.supervision.models import Measure

OWN = """
[electronic_bracelet]
kk = "электронды білезік"
ru = "электронный браслет"
en = "electronic bracelet"
basis = "CPC art. 137"
"""


def test_the_shipped_list_is_what_demo_and_tests_name() -> None:
    assert set(read(SHIPPED)) == set(Measure)


@pytest.mark.django_db
def test_a_service_names_its_own_measures(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    order = supervised().order
    order.measure = "electronic_bracelet"
    with override_settings(TARAZY=replace(settings.TARAZY, measures=read(path))):
        for language, title in (("kk", "электронды білезік"), ("ru", "электронный браслет")):
            with override(language):
                assert order.get_measure_display() == title
        order.measure = "house_arrest"
        assert order.get_measure_display() == "house_arrest", "out of the list, its code is left"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no measure"),
        ("x = 1", "[x] has"),
        ("not toml", "cannot be read"),
        (OWN.replace("electronic_bracelet", "Bad"), "no code"),
        (OWN.replace('en = "electronic bracelet"', ""), "has kk, ru, en"),
        (OWN.replace('"CPC art. 137"', "137"), "no text"),
        (OWN + "in_use = 1", "true or false"),
        (OWN + "colour = 1", "has kk, ru, en"),
    ],
)
def test_a_list_that_is_none_says_why(tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=part.replace("[", r"\[")):
        read(path)
