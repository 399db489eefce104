# SPDX-License-Identifier: EUPL-1.2
"""Releases of the right types, spelt one a line by `strict`, into rows: whole columns at a time.

Arrow reads the lines into one nested column a section; each table is the flattened list of its
objects. The rows, and the account of what was lost, are those that `ocds` gives one release at a
time; the tests hold the two against each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from tarazy.procurement.sources import strict, tables, values
from tarazy.procurement.sources.columns import Column, Root, Shape, Where, converted
from tarazy.procurement.sources.interface import AMOUNT, MOMENT, TEXT, TEXTS, Account

# What Arrow's own cast reads as `values.moment` does; any other text is read there.
_PLAIN_MOMENT = (
    r"^(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):?[0-5]\d)$"
)
_MOMENT_OPTIONS = pc.MatchSubstringOptions(_PLAIN_MOMENT)
# Made without `pa.scalar`, which imports pandas to ask whether a value is of it.
_NO_TEXT = pa.nulls(1, TEXT)[0]
_EMPTY = pa.StringArray.from_buffers(1, pa.py_buffer(bytes(8)), pa.py_buffer(b""))[0]


@dataclass(frozen=True, slots=True)
class Objects:
    """All objects of one kind in the chunk, and of which release (its row) each of them is."""

    nested: pa.StructArray
    of: pa.Array | None = None
    """None: the releases themselves."""

    def leaf(self, path: str) -> pa.Array:
        return call("struct_field", self.nested, options=pc.StructFieldOptions(path.split(".")))

    def list_of(self, path: str) -> "Objects":
        """The objects in a list of each of these."""
        listed = self.leaf(path)
        parents = call("list_parent_indices", listed)
        of = parents if self.of is None else self.of.take(parents)
        return Objects(call("list_flatten", listed), of)

    def spread(self, of_release: pa.Array) -> pa.Array:
        """What is known of each release, for each of these objects."""
        return of_release if self.of is None else of_release.take(self.of)

    def __len__(self) -> int:
        return len(self.nested)


@dataclass(frozen=True, slots=True)
class Keys:
    """What each release of the chunk has of ours: number, line, fingerprint."""

    numbers: list[int]
    positions: list[int]
    fingerprints: list[str]


def call(name: str, *arguments: Any, options: Any = None) -> Any:
    """An Arrow kernel by its name."""
    return pc.call_function(name, list(arguments), options)


def read(lines: bytes, keys: Keys, source_id: str, account: Account) -> dict[str, pa.Table]:
    """Rows of every line. Raises pyarrow.ArrowInvalid where a line does not fit after all."""
    releases = Objects(_nested(lines, len(keys.numbers)))
    return _Chunk(releases, keys, source_id, account).tables()


def _nested(lines: bytes, count: int) -> pa.StructArray:
    table = pyarrow.json.read_json(
        pa.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=strict.NESTED, unexpected_field_behavior="ignore"
        ),
    )
    if len(table) != count:
        raise pa.ArrowInvalid("as many releases as lines were expected")
    return table.combine_chunks().to_struct_array().combine_chunks()


class _Chunk:
    """The releases of a chunk on their way into tables."""

    def __init__(self, releases: Objects, keys: Keys, source_id: str, account: Account) -> None:
        self.releases, self.keys, self.source_id, self.account = releases, keys, source_id, account
        self.numbers = pa.array(keys.numbers, pa.int64())
        self.positions = pa.array(keys.positions, pa.int64())
        self.ocids = call("utf8_trim_whitespace", releases.leaf("ocid"))

    def tables(self) -> dict[str, pa.Table]:
        lots, bids, awards, contracts = map(
            self.releases.list_of, ("tender.lots", "bids.details", "awards", "contracts")
        )
        rooted = {
            name: pa.concat_tables([self._rooted(tables.SHAPES[name], root) for root in roots])
            for name, roots in tables.ROOTS.items()
        }
        return rooted | {
            "contracting_process": self._processes(),
            "lot": self._table(tables.LOT, lots, "tender.lots", _texts(lots.leaf("items"))),
            "bid": self._table(
                tables.BID,
                bids,
                "bids.details",
                *_organisations(bids, "tenderers"),
                _first_filled(bids.leaf("relatedLots"), bids.leaf("relatedLot")),
            ),
            "award": self._table(
                tables.AWARD,
                awards,
                "awards",
                *_organisations(awards, "suppliers"),
                _first_filled(awards.leaf("relatedBids"), awards.leaf("relatedBid")),
                _first_filled(awards.leaf("relatedLots"), awards.leaf("relatedLot")),
            ),
            "contract": self._table(
                tables.CONTRACT, contracts, "contracts", _lengths(contracts.leaf("amendments"))
            ),
            "party": self._parties(),
        }

    def _processes(self) -> pa.Table:
        releases = self.releases
        return self._table(
            tables.PROCESS,
            releases,
            "",
            _texts(releases.leaf("tag")),
            *_organisation(releases, "buyer."),
            *_organisation(releases, "tender.procuringEntity."),
            pa.repeat(pa.scalar(self.source_id, TEXT), len(releases)),
            self.positions,
            pa.array(self.keys.fingerprints, TEXT),
        )

    def _rooted(self, shape: Shape, root: Root) -> pa.Table:
        owners = self.releases.list_of(root.of) if root.of else self.releases
        objects = owners.list_of(root.path)
        if not len(objects):
            return shape.staged.empty_table()
        part_ids = pa.nulls(len(objects), TEXT)
        if root.of == "parties":
            part_ids, _ = _organisation(owners, "")
        elif root.of:
            part_ids = call("utf8_trim_whitespace", owners.leaf("id"))
        if root.of:
            part_ids = part_ids.take(call("list_parent_indices", owners.leaf(root.path)))
        parts = pa.repeat(pa.scalar(root.part, TEXT), len(objects))
        return self._table(shape, objects, root.whole(), parts, part_ids)

    def _parties(self) -> pa.Table:
        parties = self.releases.list_of("parties")
        key, name = _organisation(parties, "")
        return self._table(
            tables.PARTY, parties, "parties", key, name, _texts(parties.leaf("roles"))
        )

    def _table(self, shape: Shape, objects: Objects, root: str, *own: pa.Array) -> pa.Table:
        key = [objects.spread(self.numbers), objects.spread(self.ocids)]
        read: list[pa.Array] = []
        for column in shape.columns:
            read += self._column(column, objects, root)
        return pa.table([*key, *read, *own], schema=shape.staged)

    def _column(self, column: Column, objects: Objects, root: str) -> list[pa.Array]:
        leaves = objects.leaf(column.path)
        if kernel := _KERNELS.get(column.read):
            return [kernel(leaves)]
        if column.read is values.moment:
            return self._moments(column, leaves, objects, root)
        return self._singly(column, leaves, objects, root)

    def _singly(
        self, column: Column, leaves: pa.Array, objects: Objects, root: str
    ) -> list[pa.Array]:
        if leaves.null_count == len(leaves):
            return [leaves]
        positions = objects.spread(self.positions).to_pylist()
        where = Where(self.account, positions, [root] * len(positions))
        return converted(column, leaves.to_pylist(), where)

    def _moments(
        self, column: Column, leaves: pa.Array, objects: Objects, root: str
    ) -> list[pa.Array]:
        published = leaves
        if published.null_count == len(published):
            return [pa.nulls(len(published), MOMENT), published]
        plain = call("match_substring_regex", published, options=_MOMENT_OPTIONS)
        odd = call("invert", call("coalesce", plain, pa.scalar(value=True)))
        try:
            at = call("if_else", plain, published, _NO_TEXT).cast(MOMENT)
        except pa.ArrowInvalid:  # the 30th of February
            odd = call("is_valid", published)
            at = pa.nulls(len(published), MOMENT)
        odd_rows = call("indices_nonzero", odd)
        if not len(odd_rows):
            return [at, published]
        positions = objects.spread(self.positions).take(odd_rows).to_pylist()
        where = Where(self.account, positions, [root] * len(positions))
        read = converted(column, published.take(odd_rows).to_pylist(), where)
        return [
            call("replace_with_mask", whole, odd, part)
            for whole, part in zip((at, published), read, strict=True)
        ]


def _filled(leaves: pa.Array) -> pa.Array:
    """Texts without the blanks around them; an empty one is none."""
    if leaves.null_count == len(leaves):
        return leaves
    trimmed = call("utf8_trim_whitespace", leaves)
    return call("if_else", call("equal", trimmed, _EMPTY), _NO_TEXT, trimmed)


def _texts(lists: pa.ListArray) -> pa.ListArray:
    """Lists of texts as they came; an absent one is empty."""
    return _listed(_lengths(lists), call("list_flatten", lists))


def _lengths(lists: pa.ListArray) -> pa.Array:
    return call("coalesce", call("list_value_length", lists), pa.scalar(0, pa.int32())).cast(
        pa.int64()
    )


def _listed(lengths: pa.Array, flat: pa.Array) -> pa.ListArray:
    ends = call("cumulative_sum", lengths).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, flat, type=TEXTS)


def _first_filled(lists: pa.ListArray, others: pa.ListArray) -> pa.ListArray:
    """The one list, or where it is empty the other."""
    if not len(call("list_flatten", others)):
        return _texts(lists)
    return call("if_else", call("equal", _lengths(lists), 0), _texts(others), _texts(lists))


def _organisation(objects: Objects, path: str) -> tuple[pa.Array, pa.Array]:
    """(id, name) of an organisation in each object, as `ocds.organisation` has them."""
    own, name, scheme, number, legal_name = (
        _filled(objects.leaf(path + leaf))
        for leaf in ("id", "name", "identifier.scheme", "identifier.id", "identifier.legalName")
    )
    if number.null_count < len(number):
        in_scheme = call("binary_join_element_wise", scheme, number, pa.scalar("-", TEXT))
        own = call("coalesce", own, in_scheme, number)
    if legal_name.null_count < len(legal_name):
        name = call("coalesce", name, legal_name)
    return own, name


def _organisations(objects: Objects, path: str) -> tuple[pa.ListArray, pa.ListArray]:
    """Ids and names of a list of organisations; without an id, the name serves as one."""
    listed = objects.leaf(path)
    key, name = _organisation(Objects(call("list_flatten", listed)), "")
    keys, names = call("coalesce", key, name), call("coalesce", name, key)
    lengths = _lengths(listed)
    if keys.null_count:
        known = call("is_valid", keys)
        parents = call("list_parent_indices", listed).filter(known)
        keys, names = keys.filter(known), names.filter(known)
        lengths = pa.array(np.bincount(parents.to_numpy(), minlength=len(listed)), pa.int64())
    return _listed(lengths, keys), _listed(lengths, names)


def _amounts(leaves: pa.Array) -> pa.Array:
    try:
        return leaves.cast(AMOUNT)
    except pa.ArrowInvalid:  # more than eight places
        rounded = call("round", leaves, options=pc.RoundOptions(8, "half_to_even"))
        return rounded.cast(AMOUNT)


def _counts(leaves: pa.Array) -> pa.Array:
    bounds = call("min_max", leaves).as_py()
    if (bounds["min"] or 0) < 0 or (bounds["max"] or 0) > values.COUNT_MAX:
        raise pa.ArrowInvalid("a count is out of bounds")
    return leaves


def _as_they_are(leaves: pa.Array) -> pa.Array:
    return leaves


# What reads a whole column at once as the reader of `values` reads each leaf.
_KERNELS: dict[values.Reader, Callable[[pa.Array], pa.Array]] = {
    values.text: _filled,
    values.texts: _texts,
    values.flag: _as_they_are,
    values.amount: _amounts,
    values.count: _counts,
}
