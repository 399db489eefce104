# SPDX-License-Identifier: EUPL-1.2
"""Releases into rows of all tables, whole columns at a time.

All objects of one kind, out of many releases, stand side by side; what is at one path below each of
them is a column. Releases are taken apart a few at a time, while they are near the processor, and
their columns finished when all are there.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, repeat
from operator import is_
from typing import Any, cast

import numpy as np
import pyarrow as pa
from msgspec.structs import astuple

from tarazy.procurement.sources import tables, values
from tarazy.procurement.sources.columns import (
    Arrays,
    Column,
    Gathered,
    Leaves,
    Root,
    Rows,
    Shape,
    Where,
    call,
    filled,
    finished,
    lengths,
    listed,
    snake,
)
from tarazy.procurement.sources.interface import TEXT, Account
from tarazy.procurement.sources.release import Release

RUN_BYTES = 1024 * 1024  # of releases that are taken apart together, so that they stay near
NAMED = [Column("id", "id"), Column("name", "name")]
# Where these cannot be kept another serves, so that nothing is lost.
IDENTIFIER = [
    Column(name, f"identifier.{name}", told=False) for name in ("scheme", "id", "legalName")
]
ORGANISATION = [*NAMED, *IDENTIFIER]
LISTS = {
    name: Column(name, name, values.texts)
    for name in ("tag", "items", "roles", "relatedLots", "relatedLot", "relatedBids", "relatedBid")
}
AMENDED = Column("amended", "amendment", values.given)


def below(at: str, columns: Iterable[Column]) -> list[Column]:
    """The same columns of an object inside another."""
    return [Column(one.name, f"{at}.{one.path}", told=one.told) for one in columns]


def apart(objects: Sequence[Any]) -> Iterator[tuple[str, Leaves]]:
    """What stands in each field of some objects of one type, side by side."""
    return zip(objects[0].__struct_fields__, zip(*map(astuple, objects), strict=True), strict=True)


def is_absent(parts: Leaves) -> bool:
    """Whether nothing is in any of these objects: absent ones are all the same."""
    first = parts[0]
    return all(map(is_, parts, repeat(first))) and first == first.__class__()


class Objects:
    """All objects of one kind, and those that stand in lists of them."""

    def __init__(
        self, root: str, columns: Iterable[Column], account: Account, positions: list[int]
    ) -> None:
        self.root = root
        self._account, self._positions = account, positions
        self._fields: Fields = {}
        self._columns: dict[str, Gathered] = {}
        for column in columns:
            if column.path not in self._columns:
                self._columns[column.path] = Gathered(column)
                self._place(column.path, self._columns[column.path])
        self._within: list[Rows] = []
        self._of: list[Rows] = []
        self._count = 0

    def hold(self, path: str, columns: Iterable[Column]) -> "Objects":
        """Those that stand in a list at a path in each of these."""
        root = f"{self.root}.{path}".strip(".")
        inner = Objects(root, columns, self._account, self._positions)
        self._place(path, inner)
        return inner

    def _place(self, path: str, what: "Gathered | Objects") -> None:
        *outer, name = snake(path).split(".")
        fields = self._fields
        for one in outer:
            fields = cast("Fields", fields.setdefault(one, {}))
        fields[name] = what

    def add(self, objects: Sequence[Any], within: Rows, of: Rows) -> None:
        """A run of them: in which of their owners, and of which release, each is."""
        self._take(objects, self._fields, Where(self._account, self.root, self._positions, of))
        self._within.append(within)
        self._of.append(of)
        self._count += len(objects)

    def _take(self, objects: Sequence[Any], fields: "Fields", where: Where) -> None:
        for name, leaves in apart(objects):
            what = fields.get(name)
            if isinstance(what, Gathered):
                what.add(leaves, self._count, where)
            elif isinstance(what, Objects):
                what.add_lists(leaves, self._count, where.of)
            elif what and not is_absent(leaves):
                self._take(leaves, what, where)

    def add_lists(self, lists: Leaves, before: int, of: Rows) -> None:
        """Those in the lists of a run of owners, before which there were so many."""
        if any(lists):
            owners = np.repeat(np.arange(len(lists)), lengths(lists))
            self.add(list(chain.from_iterable(lists)), owners + before, of[owners])

    @cached_property
    def within(self) -> Rows:
        """The number of the owner of each."""
        return np.concatenate(self._within)

    @cached_property
    def of(self) -> Rows:
        """The number of the release of each."""
        return np.concatenate(self._of)

    def array(self, path: str) -> pa.Array:
        """What was gathered at a path."""
        return self._columns[path].whole(self._count)

    def finished(self, column: Column) -> Arrays:
        """The columns of a table."""
        where = Where(self._account, self.root, self._positions, self.of)
        return finished(column, self.array(column.path), where)

    def __len__(self) -> int:
        return self._count


Fields = dict[str, "Gathered | Objects | Fields"]
"""What is gathered of an object, by its fields; an object that stands in it has its own."""


class Reading:
    """Releases on their way into tables; what is lost goes to the account."""

    def __init__(self, source_id: str, account: Account) -> None:
        self._source_id = source_id
        self._ocids: list[str] = []
        self._positions: list[int] = []
        self._fingerprints: list[str] = []
        self._run: list[Release] = []
        self._run_bytes = 0
        buyer, entity = below("buyer", ORGANISATION), below("tender.procuringEntity", ORGANISATION)
        columns = [*tables.PROCESS.columns, LISTS["tag"], *buyer, *entity]
        self._releases = Objects("", columns, account, self._positions)
        hold, lot_of = self._releases.hold, [LISTS["relatedLots"], LISTS["relatedLot"]]
        bid_of = [LISTS["relatedBids"], LISTS["relatedBid"]]
        self._lots = hold("tender.lots", [*tables.LOT.columns, LISTS["items"]])
        hold("tender.tenderers", NAMED)  # no table has them; they may be the parties
        self._bids = hold("bids.details", [*tables.BID.columns, *lot_of])
        self._awards = hold("awards", [*tables.AWARD.columns, *lot_of, *bid_of])
        self._contracts = hold("contracts", [*tables.CONTRACT.columns, AMENDED])
        self._parties = hold("parties", [*tables.PARTY.columns, *ORGANISATION, LISTS["roles"]])
        self._bidders = self._bids.hold("tenderers", ORGANISATION)
        self._suppliers = self._awards.hold("suppliers", ORGANISATION)
        self._rooted = {
            (name, root): self._owners(root).hold(root.path, tables.SHAPES[name].columns)
            for name, roots in tables.ROOTS.items()
            for root in roots
        }

    def _owners(self, root: Root) -> Objects:
        return {
            "": self._releases,
            "parties": self._parties,
            "bids.details": self._bids,
            "awards": self._awards,
            "contracts": self._contracts,
        }[root.of]

    def take(self, release: Release, position: int, fingerprint: str, size: int) -> None:
        """One more, which stood at that line and took about so many bytes."""
        self._ocids.append(release.ocid.strip())
        self._positions.append(position)
        self._fingerprints.append(fingerprint)
        self._run.append(release)
        self._run_bytes += size
        if self._run_bytes >= RUN_BYTES:
            self._take_apart()

    def _take_apart(self) -> None:
        if self._run:
            numbers = np.arange(len(self) - len(self._run), len(self))
            self._releases.add(self._run, numbers, numbers)
        self._run, self._run_bytes = [], 0

    def __len__(self) -> int:
        return len(self._ocids)

    def tables(self) -> dict[str, pa.Table]:
        """All of them, with the rows of every release that was taken."""
        self._take_apart()
        lots, bids, awards, contracts = self._lots, self._bids, self._awards, self._contracts
        party_ids, party_names = organisations(self._parties)
        return {
            "contracting_process": self._processes(),
            "lot": self._table(tables.LOT, lots, lots.array("items")),
            "bid": self._table(
                tables.BID,
                bids,
                *lists_of_organisations(self._bidders, len(bids)),
                first_filled(bids, "relatedLots", "relatedLot"),
            ),
            "award": self._table(
                tables.AWARD,
                awards,
                *lists_of_organisations(self._suppliers, len(awards)),
                first_filled(awards, "relatedBids", "relatedBid"),
                first_filled(awards, "relatedLots", "relatedLot"),
            ),
            "contract": self._table(tables.CONTRACT, contracts, self._amendments()),
            "party": self._table(
                tables.PARTY, self._parties, party_ids, party_names, self._parties.array("roles")
            ),
        } | {
            name: together([self._part(name, root, party_ids) for root in roots])
            for name, roots in tables.ROOTS.items()
        }

    @cached_property
    def _ocid_array(self) -> pa.Array:
        return pa.array(self._ocids, TEXT)

    def _processes(self) -> pa.Table:
        return self._table(
            tables.PROCESS,
            self._releases,
            self._releases.array("tag"),
            *organisations(self._releases, "buyer."),
            *organisations(self._releases, "tender.procuringEntity."),
            pa.repeat(pa.scalar(self._source_id, TEXT), len(self)),
            pa.array(self._positions, pa.int64()),
            pa.array(self._fingerprints, TEXT),
        )

    def _amendments(self) -> pa.Array:
        """How many each contract has; one at least where OCDS 1.0's single one is there."""
        [root] = (root for root in tables.ROOTS["amendment"] if root.of == "contracts")
        amendments = self._rooted["amendment", root]
        within = amendments.within if len(amendments) else np.zeros(0, int)
        counted = pa.array(np.bincount(within, minlength=len(self._contracts)))
        single = self._contracts.array(AMENDED.path).cast(pa.int64())
        return call("max_element_wise", counted, single)

    def _part(self, name: str, root: Root, party_ids: pa.Array) -> pa.Table:
        """Rows of a table that stand in one of its roots."""
        shape, objects, owners = tables.SHAPES[name], self._rooted[name, root], self._owners(root)
        if not len(objects):
            return shape.empty
        if root.of == "parties":
            ids = party_ids
        elif root.of:
            ids = call("utf8_trim_whitespace", owners.array("id"))
        else:
            ids = pa.nulls(len(owners), TEXT)
        parts = pa.repeat(pa.scalar(root.part, TEXT), len(objects))
        return self._table(shape, objects, parts, ids.take(pa.array(objects.within)))

    def _table(self, shape: Shape, objects: Objects, *own: pa.Array) -> pa.Table:
        if not len(objects):
            return shape.empty
        of = pa.array(objects.of)
        columns = [of, self._ocid_array.take(of)]
        for column in shape.columns:
            columns += objects.finished(column)
        return pa.table([*columns, *own], schema=shape.staged)


def together(parts: Sequence[pa.Table]) -> pa.Table:
    """One table of them; most are empty."""
    return pa.concat_tables([part for part in parts if len(part)] or parts[:1])


def organisations(objects: Objects, at: str = "") -> tuple[pa.Array, pa.Array]:
    """(ids, names) of an organisation in each object; OCDS 1.0 names only the identifier."""
    own, name, scheme, number, legal_name = (
        filled(objects.array(at + column.path)) for column in ORGANISATION
    )
    if number.null_count < len(number):
        in_scheme = call("binary_join_element_wise", scheme, number, pa.scalar("-", TEXT))
        own = call("coalesce", own, in_scheme, number)
    if legal_name.null_count < len(legal_name):
        name = call("coalesce", name, legal_name)
    return own, name


def lists_of_organisations(objects: Objects, owners: int) -> tuple[pa.ListArray, pa.ListArray]:
    """Ids and names of those of each owner; without an id, the name serves as one."""
    if not len(objects):
        none = listed(np.zeros(owners, int), ())
        return none, none
    key, name = organisations(objects)
    keys, names, within = call("coalesce", key, name), call("coalesce", name, key), objects.within
    if keys.null_count:
        known = call("is_valid", keys)
        keys, names = keys.filter(known), names.filter(known)
        within = within[known.to_numpy(zero_copy_only=False)]
    counted = np.bincount(within, minlength=owners)
    return listed(counted, keys), listed(counted, names)


def first_filled(objects: Objects, path: str, other: str) -> pa.ListArray:
    """The list of texts at one path, or where it is empty that at the other."""
    first, second = objects.array(path), objects.array(other)
    if not len(second.values):
        return first
    return call("if_else", call("equal", call("list_value_length", first), 0), second, first)
