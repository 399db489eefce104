# SPDX-License-Identifier: EUPL-1.2
"""Checks the whole log from its bytes up, and names the first entry that is not as it was written.

Everything is computed again from the leaves. The stored hashes and nodes are copies of the same
truth: where one disagrees, it tells which entry was touched. Whoever rewrites an entry with every
copy of its hash is found by a checkpoint that was signed before.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from tarazy.core.audit import log, merkle
from tarazy.core.audit.checkpoint import Checkpoint
from tarazy.core.audit.entry import Detail
from tarazy.core.catalogue import said

BATCH_ENTRIES = 8192
AT_AS_IN_LEAF = """to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

Progress = Callable[[int, int], None]
"""Told how many entries of how many are checked."""


class Fault(StrEnum):
    """What is wrong with the first bad entry."""

    MISSING = "missing"
    BODY = "body"
    HASH = "hash"
    TIME = "time"
    DETAIL = "detail"
    NODE = "node"
    CHECKPOINT = "checkpoint"


SENTENCES = {
    Fault.MISSING: said("Entry %(entry)s is missing."),
    Fault.BODY: said("Entry %(entry)s was changed: its text does not give its stored hash."),
    Fault.HASH: said("The stored hash of entry %(entry)s was changed: its text gives another."),
    Fault.TIME: said("The time beside entry %(entry)s was changed: its text says another."),
    Fault.DETAIL: said("A detail of entry %(entry)s is not the one that the entry commits to."),
    Fault.NODE: said(
        "The tree does not fit entries %(entry)s to %(last)s: an entry was replaced together "
        "with its hash, or a node of the tree was changed."
    ),
    Fault.CHECKPOINT: said(
        "Entries %(entry)s to %(last)s as a whole are not the ones that a checkpoint was signed "
        "over: the log was rewritten."
    ),
}


@dataclass(frozen=True, slots=True)
class Bad:
    """The first entry that is not as it was written; `last` differs where only a range is known."""

    entry: int
    fault: Fault
    last: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`head` is computed from the entries alone; None where one of them is bad."""

    head: log.TreeHead | None
    bad: Bad | None


@dataclass(frozen=True, slots=True)
class _Batch:
    entries: dict[int, tuple[str, bytes, bytes]]
    """Time as a leaf writes it, leaf, stored hash."""
    nodes: dict[merkle.Node, bytes]
    details: dict[int, list[tuple[str, Detail]]]


def verify(against: Checkpoint | None = None, progress: Progress | None = None) -> Verdict:
    """Read every entry, build the tree again, and hold it against all that is stored.

    Checkpoints that the log kept, and the one given here, must be heads of this tree. Entries
    that are appended meanwhile are left out.
    """
    signed = _signed_roots(against)  # first: what is signed meanwhile is of a longer tree
    size, nodes_per_level = _extent()
    tree = merkle.CompactRange()
    for begin in range(0, size, BATCH_ENTRIES):
        end = min(begin + BATCH_ENTRIES, size)
        bad = _first_bad(tree, _read(begin, end), end, signed)
        if bad:
            return Verdict(None, bad)
        if progress:
            progress(end, size)
    longer = any(count != size >> level for level, count in nodes_per_level.items())
    if longer or max(signed, default=0) > size:
        return Verdict(None, Bad(size, Fault.MISSING, size))
    return Verdict(log.TreeHead(size, tree.root()), None)


def _first_bad(
    tree: merkle.CompactRange, batch: _Batch, end: int, signed: dict[int, set[bytes]]
) -> Bad | None:
    """Grow the tree by one batch; stops at the first entry that is not as it was written."""
    for seq in range(tree.size, end):
        if seq not in batch.entries:
            return Bad(seq, Fault.MISSING, seq)
        computed = merkle.leaf_hash(batch.entries[seq][1])
        fault = _fault_of_entry(seq, computed, batch)
        if fault:
            return Bad(seq, fault, seq)
        for (level, position), complete in tree.append(computed):
            if batch.nodes.get((level, position)) != complete:
                return Bad(position << level, Fault.NODE, seq)
        if tree.size in signed and signed[tree.size] != {tree.root()}:
            return Bad(_last_signed_before(tree.size, signed), Fault.CHECKPOINT, seq)
    return None


def _fault_of_entry(seq: int, computed: bytes, batch: _Batch) -> Fault | None:
    at, leaf, stored = batch.entries[seq]
    in_tree = batch.nodes.get((0, seq))
    if computed != stored:
        # Two of the three agree, so the third was touched; where none do, the text is what counts.
        return Fault.HASH if computed == in_tree else Fault.BODY
    # In canonical JSON, a quotation mark inside a string is escaped: these are the fields.
    if f'"at":"{at}"'.encode() not in leaf:
        return Fault.TIME
    for name, detail in batch.details.get(seq, ()):
        if f'"{name}":"{detail.commitment()}"'.encode() not in leaf:
            return Fault.DETAIL
    return None


def _last_signed_before(size: int, signed: dict[int, set[bytes]]) -> int:
    """Heads before this one fitted, so what they cover is as it was."""
    return max((earlier for earlier in signed if earlier < size), default=0)


def _signed_roots(against: Checkpoint | None) -> dict[int, set[bytes]]:
    signed: dict[int, set[bytes]] = defaultdict(set)
    for kept in log.checkpoints():
        signed[kept.size].add(kept.root)
    if against is not None:
        signed[against.size].add(against.root)
    return dict(signed)


def _extent() -> tuple[int, dict[int, int]]:
    """How many entries, and how many nodes on each level: one statement, so of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select null, coalesce(max(seq) + 1, 0) from core_audit_entry"
            " union all select level, count(*) from core_audit_node group by level"
        )
        rows = cursor.fetchall()
    size = next(count for level, count in rows if level is None)
    return size, {level: count for level, count in rows if level is not None}


def _read(begin: int, end: int) -> _Batch:
    """Entries with their details, and the nodes that they complete."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select seq, {AT_AS_IN_LEAF}, leaf, leaf_hash from core_audit_entry"  # noqa: S608
            " where seq >= %s and seq < %s",
            [begin, end],
        )
        entries = {row[0]: (row[1], bytes(row[2]), bytes(row[3])) for row in cursor.fetchall()}
        cursor.execute(
            "select seq, name, salt, value from core_audit_detail where seq >= %s and seq < %s",
            [begin, end],
        )
        details: dict[int, list[tuple[str, Detail]]] = defaultdict(list)
        for seq, name, salt, value in cursor.fetchall():
            details[seq].append((name, Detail(bytes(salt), value)))
        nodes = {}
        for level in range(end.bit_length()):
            cursor.execute(
                "select position, hash from core_audit_node"
                " where level = %s and position >= %s and position < %s",
                [level, begin >> level, end >> level],
            )
            nodes.update({(level, position): bytes(value) for position, value in cursor.fetchall()})
    return _Batch(entries, nodes, details)
