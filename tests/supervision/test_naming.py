# SPDX-License-Identifier: EUPL-1.2
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.naming import birth_date_of, fold, iin_digest, iin_of, is_minor


@pytest.mark.parametrize(
    "spellings",
    [
        ("Жақсылықов", "Жаксылыков", "Zhaqsylyqov", "Jaqsylyqov", "Zhaksylykov"),
        ("Нұрсұлтан Әбішұлы", "Нурсултан Абишулы", "Nursultan Abishuly", "Nūrsūltan Äbişūly"),
        ("Қасымов Ержан", "Касымов Ержан", "Kasymov Yerzhan", "Qasymov Erjan"),
        ("Серікова Айгүл", "Серикова Айгуль", "Serikova Aigul", "SERIKOVA AYGUL"),
        ("Щербаков Юрий", "Shcherbakov Yuriy"),
        ("Сергеевич", "Sergeyevich", "Sergeevich"),
        ("Өмірбек", "Омирбек", "Omirbek", "Ömirbek"),
        ("Шыңғыс", "Шынгыс", "Shyngys", "Şyñğys"),
    ],
)
def test_the_spellings_of_a_name_are_one(spellings: tuple[str, ...]) -> None:
    assert len({fold(one) for one in spellings}) == 1, [fold(one) for one in spellings]


def test_different_names_stay_apart() -> None:
    names = ("Айгүл", "Айжан", "Ержан", "Ерлан", "Нұрлан", "Марат", "Болат", "Қанат", "Қайрат")
    assert len({fold(one) for one in names}) == len(names)


@given(st.text(max_size=400))
def test_any_text_folds_to_small_latin_words(text: str) -> None:
    folded = fold(text)
    assert all(letter == " " or (letter.isascii() and letter.isalnum()) for letter in folded)
    assert fold(folded) == folded or len(folded) <= 300


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("900101300017", "900101300017"),
        ("900101 300 017", "900101300017"),
        ("900101300018", None),
        ("901301300017", None),
        ("90010130001", None),
        ("٩٠٠١٠١٣٠٠٠١٧", None),
        ("", None),
    ],
)
def test_an_iin_is_known_by_its_last_digit(typed: str, found: str | None) -> None:
    assert iin_of(typed) == found


def test_an_iin_says_the_date_of_birth() -> None:
    assert birth_date_of("900101300017") == date(1990, 1, 1)
    assert birth_date_of("120229500000") == date(2012, 2, 29)
    assert birth_date_of("000000000000") is None


def test_a_digest_needs_the_key() -> None:
    assert iin_digest("900101300017", "a") != iin_digest("900101300017", "b")


@pytest.mark.parametrize(
    ("born", "minor"),
    [
        (date(2008, 11, 25), False),
        (date(2008, 11, 26), True),
        (date(1990, 1, 1), False),
    ],
)
def test_who_is_a_minor(born: date, minor: bool) -> None:
    assert is_minor(born, date(2026, 11, 25)) is minor
