# SPDX-License-Identifier: EUPL-1.2
"""Rows of one process, their cells read already -> one OCDS release.

1. Of the process itself and of an object with an id, each leaf is said once: where a later row says
   otherwise, the first one stays and the row is told.
2. A row is one object of each list of which it says anything. Objects with the same id are one. In
   a list without a column of ids, equal objects are one; a bid is told apart by its bidders too, an
   award by its suppliers, so that two suppliers are never made a consortium for want of an id. Each
   row is an item of its own.
3. What stands in one row belongs together: an item, a bid and an award to the row's lot, a contract
   to its award, unless a column says otherwise.
4. A constant never makes an object, and a currency stands only beside an amount.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tarazy.procurement.sources import values
from tarazy.procurement.sources.flat_cells import Leaf, scheme
from tarazy.procurement.sources.flat_mapping import Mapping
from tarazy.procurement.sources.flat_paths import BELONGING, ENTRIES, ORGANISATIONS, PLACES, Place

Conflict = Callable[[int, int], None]
"""Told the row and the column of a leaf that an earlier row says otherwise."""
NUMBER = "identifier.id"
Key = tuple[Any, ...]


@dataclass(slots=True)
class _Object:
    """An object under way: its leaves, and the objects of the lists below it."""

    leaves: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, dict[Key, "_Object"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says at one place: from which column, nothing for a constant."""

    place: Place
    value: Leaf
    column: int | None


class Releases:
    """Makes releases by one mapping."""

    def __init__(self, mapping: Mapping) -> None:
        self._places = [PLACES[column.to] for column in mapping.column]
        self._numbers = {n for n, one in enumerate(mapping.column) if one.kind == "biin"}
        self._constants = [(PLACES[one.to], one.value) for one in mapping.constant]
        lists = {way for place in self._places for way in place.lists}
        # a lot comes before what belongs to it, an award before its contract
        self._lists = sorted(lists, key=lambda way: (way.count("."), way != "tender.lots", way))
        owners = {place.owner() for place in self._places}
        owners |= {place.owner() for place, _ in self._constants}
        self._below = {
            way: frozenset(one for one in owners if one == way or one.startswith(f"{way}."))
            for way in owners | lists
        }
        inner_first = sorted(lists, reverse=True)
        self._around = {
            way: [one for one in inner_first if way.startswith(f"{one}.")] for way in lists
        }
        self._with_id = {place.owner() for place in self._places if place.leaf == "id"}

    def release(
        self, ocid: str, rows: Sequence[tuple[int, list[Leaf]]], conflict: Conflict
    ) -> dict[str, Any]:
        """The release of the rows of a process: (number, a leaf for each column)."""
        whole = _Object()
        for number, leaves in rows:
            self._add(whole, number, leaves, conflict)
        made: dict[str, Any] = {"ocid": ocid, "tag": ["compiled"], **_spelt(whole)}
        made["parties"] = list(_parties(made))
        return made

    def _add(self, whole: _Object, number: int, leaves: list[Leaf], conflict: Conflict) -> None:
        said: dict[str, list[_Said]] = {}
        for column, (place, leaf) in enumerate(zip(self._places, leaves, strict=True)):
            if leaf is not None:
                said.setdefault(place.owner(), []).append(_Said(place, leaf, column))
                if column in self._numbers:
                    register = place._replace(leaf=place.leaf.removesuffix("id") + "scheme")
                    said[place.owner()].append(_Said(register, scheme(str(leaf)), None))
        for place, value in self._constants:
            if not place.lists or self._says(said, place.owner()):
                said.setdefault(place.owner(), []).append(_Said(place, value, None))
        at: dict[str, _Object] = {"": whole}
        self._fill(whole, said.get("", []), number, conflict)
        for way in self._lists:
            if self._says(said, way):
                self._enter(at, way, said, number, conflict)

    def _says(self, said: dict[str, list[_Said]], way: str) -> bool:
        """Whether a row says anything of a list, or of one below it."""
        return not self._below[way].isdisjoint(said)

    def _enter(
        self,
        at: dict[str, _Object],
        way: str,
        said: dict[str, list[_Said]],
        number: int,
        conflict: Conflict,
    ) -> None:
        own = said.get(way, [])
        outer = next((one for one in self._around[way] if one in at), "")
        listed = at[outer].lists.setdefault(way[len(outer) :].lstrip("."), {})
        belongs = self._belonging(way, own, at)
        key = self._key(way, own, said, number, belongs)
        found = listed.get(key)
        if found is None:
            found = listed[key] = _Object()
            if way not in ORGANISATIONS:
                found.leaves["id"] = str(len(listed))
        at[way] = found
        self._fill(found, own, number, conflict)
        for leaf, value in belongs.items():
            if isinstance(value, list):
                known = found.leaves.setdefault(leaf, [])
                known += [one for one in value if one not in known]
            else:
                found.leaves.setdefault(leaf, value)

    def _belonging(self, way: str, own: list[_Said], at: dict[str, _Object]) -> dict[str, Any]:
        owner, leaf = BELONGING.get(way, ("", ""))
        if owner not in at or not owner or any(one.place.leaf == leaf for one in own):
            return {}
        key = at[owner].leaves["id"]
        return {leaf: [key] if leaf.endswith("s") else key}

    def _key(
        self,
        way: str,
        own: list[_Said],
        said: dict[str, list[_Said]],
        number: int,
        belongs: dict[str, Any],
    ) -> Key:
        ids = [one.value for one in own if one.place.leaf == "id"]
        if ids:
            return ("id", ids[0])
        if way in ENTRIES:
            return ("row", number)
        below = [
            one
            for owner, listed in said.items()
            if owner in ORGANISATIONS and owner.startswith(f"{way}.")
            for one in listed
        ]
        leaves = sorted((one.place.owner(), one.place.leaf, str(one.value)) for one in own + below)
        return ("said", *leaves, str(belongs))

    def _fill(self, found: _Object, own: list[_Said], number: int, conflict: Conflict) -> None:
        amounts = {one.place.leaf for one in own if one.place.leaf.endswith("amount")}
        for one in own:
            leaf = one.place.leaf
            if one.column is None and leaf.endswith("currency"):
                beside = f"{leaf.removesuffix('currency')}amount"
                if beside not in amounts and beside not in found.leaves:
                    continue
            if one.place.read is values.texts:
                known = found.leaves.setdefault(leaf, [])
                if one.value not in known:
                    known.append(one.value)
            elif leaf == "id":
                found.leaves["id"] = one.value
            elif found.leaves.setdefault(leaf, one.value) != one.value and one.column is not None:
                conflict(number, one.column)


def _spelt(found: _Object) -> dict[str, Any]:
    """An object as nested JSON."""
    made: dict[str, Any] = {}
    for path, value in found.leaves.items():
        _put(made, path, value)
    for path, listed in found.lists.items():
        _put(made, path, [_spelt(one) for one in listed.values()])
    return made


def _put(made: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for name in way:
        made = made.setdefault(name, {})
    made[last] = value


def _parties(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The organisations of a release; a reference to each stays where it stood."""
    parties: dict[str, dict[str, Any]] = {}
    for path, role in ORGANISATIONS.items():
        for found in _at([made], path.split(".")):
            number, register = _leaf(found, "id"), _leaf(found, "scheme")
            key = found.get("id") or (f"{register}-{number}" if register and number else number)
            name = found.get("name") or _leaf(found, "legalName") or ""
            key = key or name
            if not key:
                continue
            party = parties.setdefault(key, {**found, "id": key, "name": name, "roles": []})
            for part, value in found.items():
                if not party.get(part):
                    party[part] = value
            if role not in party["roles"]:
                party["roles"].append(role)
            found.clear()
            found.update({"id": key, "name": name})
    yield from parties.values()


def _leaf(found: dict[str, Any], name: str) -> str:
    return str(found.get("identifier", {}).get(name) or "")


def _at(nodes: list[Any], way: list[str]) -> list[dict[str, Any]]:
    for name in way:
        below = [node[name] for node in nodes if name in node]
        nodes = [one for part in below for one in (part if isinstance(part, list) else [part])]
    return nodes
