# SPDX-License-Identifier: EUPL-1.2
"""How the entries of one process are read: objects, codes, names, sums, and the parties they name.

What is of the wrong make (a list that is none) is told to `lose`, once, and left out.
"""

from collections.abc import Callable
from typing import Any

from tarazy.procurement.sources.goszakup_codes import Words, by_words
from tarazy.procurement.sources.goszakup_items import Item, leaf, word

CURRENCY = "KZT"
Lose = Callable[[str], None]
"""Told the portal's path of a value that came and could not be used."""


def money(amount: Any, currency: str = "") -> Item:
    return {} if amount is None else {"amount": leaf(amount), "currency": currency or CURRENCY}


class Reading:
    """The parties that a process has named so far, and what was told of it."""

    def __init__(self, subjects: dict[str, Item], lose: Lose) -> None:
        self.parties: dict[str, Item] = {}
        self._subjects = subjects
        self._tell = lose
        self._told: set[tuple[int, str]] = set()

    def party(self, number: Any, name: Any, role: str) -> Item:
        """A reference to a party, which is put among the parties with its role."""
        known, named = word(number), word(name)
        if not known and not named:
            return {}
        scheme = "KZ-BIN" if known[4:5] in {"4", "5", "6"} else "KZ-IIN"
        key = f"{scheme}-{known}" if known else named
        party = self.parties.setdefault(key, self._described(key, scheme, known, named))
        if role not in party["roles"]:
            party["roles"].append(role)
        return {"id": key, "name": party["name"] or named}

    def _described(self, key: str, scheme: str, number: str, name: str) -> Item:
        subject = self._subjects.get(number, {})
        place = next(iter(self.objects(subject, "Address")), {})
        named = word(subject.get("nameRu")) or name
        return {
            "id": key,
            "name": named,
            "identifier": {"scheme": scheme, "id": number, "legalName": named} if number else {},
            "address": {
                "streetAddress": leaf(place.get("address")),
                "region": leaf(place.get("katoCode")),
            },
            "contactPoint": {
                "email": leaf(subject.get("email")),
                "telephone": leaf(subject.get("phone")),
            },
            "roles": [],
        }

    def objects(self, found: Item, name: str) -> list[Item]:
        """The objects of a list, or one that stands alone; what is no object is told."""
        value = found.get(name)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        for one in listed:
            if one is not None and not isinstance(one, dict):
                self.lose(found, name)
        return [one for one in listed if isinstance(one, dict)]

    def lose(self, found: Item, name: str) -> None:
        """Told once, however often it is looked at."""
        if (id(found), name) not in self._told:
            self._told.add((id(found), name))
            self._tell(name)

    def code(self, found: Item, name: str) -> str:
        """An id or a code; a value that can be none is told."""
        read = word(found.get(name))
        if not read and found.get(name) not in (None, "", 0, "0"):
            self.lose(found, name)
        return read

    def understood(self, found: Item, reference: str, words: Words) -> str | None:
        """What the portal's name for a status means in OCDS; one that we do not know is told."""
        name = self.name_of(found, reference)
        code = by_words(name, words)
        if name and not code:
            self.lose(found, reference)
        return code

    def name_of(self, found: Item, reference: str) -> str:
        return next((word(one.get("nameRu")) for one in self.objects(found, reference)), "")
