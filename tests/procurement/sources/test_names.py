# SPDX-License-Identifier: EUPL-1.2
"""Names of organisations in three scripts: one form, one core, never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.procurement.sources.names import latin, parted


@pytest.mark.parametrize(
    "name",
    [
        'ТОО "Қазақ Құрылыс"',
        "Қазақ құрылыс ЖШС",
        "Qazaq Qurylys LLP",
        "Товарищество с ограниченной ответственностью «КАЗАК КУРЫЛЫС»",
        "«Қазақ Құрылыс» жауапкершілігі шектеулі серіктестігі",
    ],
)
def test_one_organisation_written_in_three_scripts(name: str) -> None:
    assert parted(name) == ("llp", "kazak kurilis")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("АО Ромашка", ("jsc", "romashka")),
        ("Ромашка АҚ", ("jsc", "romashka")),
        ("ИП Иванов Иван", ("sole", "ivan ivanov")),
        ("ЖК Иванов Иван", ("sole", "ivan ivanov")),
        ("TOO Ромашка", ("llp", "romashka")),  # with Latin letters, as the next one's i
        ("Ромашка жауапкершiлiгi шектеулi серiктестiгi", ("llp", "romashka")),
        ("ТОО Алтаи\u0306", ("llp", "altai")),  # й of two letters
        ("ТОО Баи\u0306терек", ("llp", "baiterek")),
        ("ТОО", ("", "to")),
        ("Аозерское", ("", "aozerskoe")),
        ("", ("", "")),
        ("!!!", ("", "")),
    ],
)
def test_the_form_stands_apart(name: str, expected: tuple[str, str]) -> None:
    assert parted(name) == expected


def test_words_of_different_sound_stay_different() -> None:
    assert latin("Астана") != latin("Алматы")
    assert latin("Ұлы дала") == latin("Улы дала") == latin("Uly dala")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CQ", "k"),
        ("Тенгге", "tene"),
        ("Kkhan", "han"),
        ("Borshchchi", "borshi"),
        ("ggh ghg", "g g"),
        ("ᄀьᅡ", "가"),
    ],
)
def test_what_a_spelling_becomes_is_spelt_in_its_turn(name: str, expected: str) -> None:
    assert latin(name) == expected
    assert latin(expected) == expected


@given(st.text() | st.text("achgknoqsuwxyjьКЧШЩё -"))
def test_whatever_a_name_holds_it_is_read_and_reading_it_again_changes_nothing(name: str) -> None:
    assert latin(latin(name)) == latin(name)
    form, core = parted(name)
    assert isinstance(form, str)
    assert core == " ".join(sorted(core.split()))
