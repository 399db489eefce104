# SPDX-License-Identifier: EUPL-1.2
import pytest

from tarazy.core.sorting import ALPHABET, SORT_KEY_LENGTH_MAX, sort_key


def test_kazakh_letters_stand_in_their_own_order() -> None:
    names = ["Яков", "Әлия", "Азамат", "Қанат", "Камила", "Ғалым", "Гүлнар", "Үміт", "Ұлан", "Умар"]
    names += ["Һаким", "Хасен", "Іңкәр", "Ырыс", "Өтеген", "Олжас", "Ңұр", "Нұр"]
    expected = ["Азамат", "Әлия", "Гүлнар", "Ғалым", "Камила", "Қанат", "Нұр", "Ңұр", "Олжас"]
    expected += ["Өтеген", "Умар", "Ұлан", "Үміт", "Хасен", "Һаким", "Ырыс", "Іңкәр", "Яков"]
    assert sorted(names, key=sort_key) == expected


@pytest.mark.parametrize(
    ("first", "then"),
    [("Ан Яна", "Анна"), ("O'Brien", "Obryan"), ("", "а"), ("Zeta", "Азат"), ("әлия а", "ӘЛИЯ Б")],
)
def test_words_case_and_punctuation(first: str, then: str) -> None:
    assert sort_key(first) < sort_key(then)


def test_no_two_letters_share_a_rank() -> None:
    assert len({sort_key(letter) for letter in ALPHABET}) == len(ALPHABET)


def test_a_key_fits_its_column() -> None:
    assert len(sort_key("Ә" * 1000)) == SORT_KEY_LENGTH_MAX
