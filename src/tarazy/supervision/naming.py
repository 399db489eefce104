# SPDX-License-Identifier: EUPL-1.2
"""Names across Kazakh, Russian and Latin spelling; the IIN and what it says. Pure.

`fold` writes a name in a skeleton of Latin letters in which the usual spellings of one name fall
together: Жақсылықов, Джаксылыков, Zhaqsylyqov and Jaqsylyqov are one. Different names may fall
together too: a search shows them all, and a person chooses.
"""

import hmac
import re
import unicodedata
from datetime import date
from hashlib import sha256

FOLD_LENGTH_MAX = 300
IIN_LENGTH = 12
END_LENGTH = 4
ADULT_YEARS = 18

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщыэюя"
_KAZAKH = "әғқңөұүһі"
_HEARD = "a b v g d e e j z i i k l m n o p r s t u f h ts c s s i e iu ia"
_KAZAKH_HEARD = "agknouuhi"
_CYRILLIC = {
    **dict(zip(_RUSSIAN, _HEARD.split(), strict=True)),
    **dict(zip(_KAZAKH, _KAZAKH_HEARD, strict=True)),
    "ъ": "",
    "ь": "",
}
_LATIN = (
    # In this order: longer spellings first.
    ("shch", "s"), ("sch", "s"), ("dzh", "j"), ("zh", "j"), ("dj", "j"), ("tch", "c"), ("ch", "c"),
    ("sh", "s"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("ng", "n"), ("ck", "k"), ("q", "k"),
    ("x", "ks"), ("w", "u"), ("y", "i"), ("ı", "i"), ("ie", "e"),
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"(.)\1+")
_WEIGHTS = (tuple(range(1, 12)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def fold(name: str) -> str:
    """Words of small Latin letters, in the order of the name."""
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in name.casefold())
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", latin)
        if not unicodedata.combining(letter)
    )
    for written, heard in _LATIN:
        plain = plain.replace(written, heard)
    words = (_DOUBLED.sub(r"\1", word) for word in _WORD.findall(plain))
    return " ".join(words)[:FOLD_LENGTH_MAX]


def iin_of(text: str) -> str | None:
    """The twelve digits of an individual identification number, None where they cannot be one.

    The last digit is the sum of the others by weights, modulo 11, with a second row of weights
    where that gives 10 (Rules for forming the identification number, Kazakhstan).
    """
    digits = re.sub(r"[\s-]", "", text)
    if len(digits) != IIN_LENGTH or not (digits.isascii() and digits.isdecimal()):
        return None
    for weights in _WEIGHTS:
        rest = sum(int(digit) * w for digit, w in zip(digits, weights, strict=False)) % 11
        if rest < 10:  # noqa: PLR2004 - a digit
            return digits if rest == int(digits[-1]) and _has_date(digits) else None
    return None


def birth_date_of(iin: str) -> date | None:
    """The date that the number says; None for a number of the form that foreigners have."""
    century = _CENTURIES.get(iin[6])
    if century is None:
        return None
    try:
        return date(century + int(iin[:2]), int(iin[2:4]), int(iin[4:6]))
    except ValueError:
        return None


def iin_digest(iin: str, key: str) -> bytes:
    """By what a person is found again; the NUL keeps it apart from other digests of the key."""
    return hmac.digest(key.encode(), f"\0person.iin\0{iin}".encode(), sha256)


def is_minor(birth_date: date, today: date) -> bool:
    """Whether somebody is under eighteen. Born on 29 February, one is of age on 1 March."""
    years = today.year - birth_date.year
    before = (today.month, today.day) < (birth_date.month, birth_date.day)
    return years - before < ADULT_YEARS


def _has_date(iin: str) -> bool:
    return iin[6] == "0" or birth_date_of(iin) is not None


def one_line(text: str) -> str:
    """A name in one line, without signs that no screen shows or that turn its letters around."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
