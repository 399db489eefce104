# SPDX-License-Identifier: EUPL-1.2
"""The audit log in PostgreSQL: append lines, read entries, and read proofs out of the tree."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tarazy.core.audit import merkle
from tarazy.core.audit.entry import Detail, Line, seal

_HEAD = "encode(substr(leaf, 1, 300), 'escape')"
_TAIL = "encode(substr(leaf, greatest(length(leaf) - 400, 1)), 'escape')"
NAMED = {
    "actor": f"split_part({_HEAD}, '\"', 4)",
    "basis": f"split_part({_HEAD}, '\"', 12)",
    "subject": f"split_part({_TAIL}, '\"', -8)",
}
"""Where ids stand in a leaf, as the indices have it (naming.sql)."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The root over the first `size` entries."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored."""

    seq: int
    at: datetime
    leaf: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A tree head that was signed and given out."""

    size: int
    root: bytes
    note: str
    at: datetime


def append(lines: Sequence[Line], now: datetime) -> int:
    """Append the lines in order; the number of the first one.

    One round trip, in the caller's transaction, as its last statement: the log is locked for
    everybody else until that transaction ends.
    """
    sealed = [seal(line, now) for line in lines]
    details = [
        [index, name, detail.salt.hex(), detail.value]
        for index, one in enumerate(sealed)
        for name, detail in one.details.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select core_audit_append(%s::bytea[], %s::jsonb)",
            [[one.leaf for one in sealed], json.dumps(details)],
        )
        (first,) = cursor.fetchone()
    return int(first)


def size() -> int:
    """How many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(seq) + 1, 0) from core_audit_entry")
        (entries,) = cursor.fetchone()
    return int(entries)


def head(at_size: int | None = None) -> TreeHead:
    """The head of the log, now or as it was at a size. LookupError beyond its end."""
    entries = size() if at_size is None else at_size
    (root,) = merkle.proof([(0, entries)], _nodes)
    return TreeHead(entries, root)


def inclusion(seq: int, at_size: int) -> list[bytes]:
    """The proof that an entry is in the tree of this size (RFC 9162, 2.1.3)."""
    return merkle.proof(merkle.inclusion_spans(seq, at_size), _nodes)


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of the new size grew out of the old one (RFC 9162, 2.1.4)."""
    return merkle.proof(merkle.consistency_spans(old, new), _nodes)


def entry(seq: int) -> Entry:
    """LookupError where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select seq, at, leaf, leaf_hash from core_audit_entry where seq = %s", [seq]
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"there is no entry {seq}")
    return Entry(row[0], row[1], bytes(row[2]), bytes(row[3]))


def newest(before: int, limit: int) -> list[Entry]:
    """Up to `limit` entries below a number, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select seq, at, leaf, leaf_hash from core_audit_entry"
            " where seq < %s order by seq desc limit %s",
            [before, limit],
        )
        return [Entry(seq, at, bytes(leaf), bytes(hash_)) for seq, at, leaf, hash_ in cursor]


def naming(ids: Sequence[str], before: int, limit: int) -> list[Entry]:
    """The same of entries in which one of these ids acted, was acted on, or is the basis."""
    each = " union ".join(
        f"(select seq from core_audit_entry where {part} = any(%(ids)s)"  # noqa: S608
        " and seq < %(before)s order by seq desc limit %(limit)s)"
        for part in NAMED.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select seq, at, leaf, leaf_hash from core_audit_entry where seq in ({each})"  # noqa: S608
            " order by seq desc limit %(limit)s",
            {"ids": list(ids), "before": before, "limit": limit},
        )
        return [Entry(seq, at, bytes(leaf), bytes(hash_)) for seq, at, leaf, hash_ in cursor]


def about(verb: str, subject: str, since: datetime, until: datetime) -> list[int]:
    """The numbers of the entries of a verb about a subject in a span, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select seq from core_audit_entry where at >= %s and at <= %s"
            " and convert_from(leaf, 'UTF8')::jsonb @> %s::jsonb order by seq",
            [since, until, json.dumps({"verb": verb, "subject": subject})],
        )
        return [int(seq) for (seq,) in cursor.fetchall()]


def looks_by_role(since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """Each role with how many looks it had in a span, and how many were refused; most first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select role, count(*) filter (where leaf ->> 'outcome' = 'done'),
                count(*) filter (where leaf ->> 'outcome' <> 'done')
            from (select convert_from(leaf, 'UTF8')::jsonb as leaf from core_audit_entry
                where at >= %s and at < %s) as entry,
                jsonb_array_elements_text(leaf -> 'roles') as role
            where leaf ->> 'kind' = 'look' group by role order by 2 desc, role
            """,
            [since, until],
        )
        return [(role, done, refused) for role, done, refused in cursor.fetchall()]


def details(seq: int) -> dict[str, Detail]:
    """What an entry commits to, as far as it was not erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select name, salt, value from core_audit_detail where seq = %s order by name", [seq]
        )
        return {name: Detail(bytes(salt), value) for name, salt, value in cursor.fetchall()}


def erase(seq: int) -> int:
    """Forget an entry's details for ever; how many there were. The entry and its proofs stay."""
    with connection.cursor() as cursor:
        cursor.execute("select core_audit_erase(%s)", [seq])
        (erased,) = cursor.fetchone()
    return int(erased)


def keep_checkpoint(checkpoint: StoredCheckpoint) -> None:
    """Remember a signed head; the same one again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_audit_checkpoint (size, root, note, at) values (%s, %s, %s, %s)"
            " on conflict do nothing",
            [checkpoint.size, checkpoint.root, checkpoint.note, checkpoint.at],
        )


def checkpoints() -> list[StoredCheckpoint]:
    """Every signed head that was given out, smallest first."""
    with connection.cursor() as cursor:
        cursor.execute("select size, root, note, at from core_audit_checkpoint order by size, at")
        rows = cursor.fetchall()
    return [StoredCheckpoint(row[0], bytes(row[1]), row[2], row[3]) for row in rows]


def _nodes(wanted: list[merkle.Node]) -> dict[merkle.Node, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select level, position, hash from core_audit_node"
            " join unnest(%s::smallint[], %s::bigint[]) as wanted (level, position)"
            " using (level, position)",
            [[level for level, _ in wanted], [position for _, position in wanted]],
        )
        nodes = {(level, position): bytes(value) for level, position, value in cursor.fetchall()}
    missing = sorted(set(wanted) - set(nodes))
    if missing:
        raise LookupError(f"the tree has no node {missing[0]}: beyond its end, or taken away")
    return nodes
