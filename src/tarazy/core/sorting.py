# SPDX-License-Identifier: EUPL-1.2
"""Sort keys for names in Kazakh, Russian and Latin letters, for databases without ICU.

The order of letters is that of the Kazakh Cyrillic alphabet (42 letters; Ё after Е as there),
with Latin letters before it. Case decides last.
"""

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzаәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_RANK = {letter: chr(ord("0") + rank) for rank, letter in enumerate(ALPHABET)}
SORT_KEY_LENGTH_MAX = 300


def sort_key(name: str) -> str:
    """A text of ASCII and Latin-1 letters that sorts bytewise as the name sorts in Kazakh.

    Words are compared one after another; punctuation does not count.
    """
    folded = name.casefold()
    words = ("".join(_RANK.get(letter, "") for letter in word) for word in folded.split())
    return " ".join(word for word in words if word)[:SORT_KEY_LENGTH_MAX]
