# SPDX-License-Identifier: EUPL-1.2
"""Where a walk through a list of the portal is, and the gaps that walks left on the shelf."""

import sqlite3
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from tarazy.procurement.sources.goszakup import Kind

TABLE = """
CREATE TABLE IF NOT EXISTS gap (id INTEGER PRIMARY KEY, kind, walk, since, after, until, key,
    process, why, said, at);
"""
# What a whole walk did not meet is gone from the portal, but what lies in a gap of it: of a list
# and the number of the walk.
GONE = """
DELETE FROM item WHERE kind = ?1 AND walk < ?2 AND NOT EXISTS (
    SELECT 1 FROM gap WHERE gap.kind = ?1 AND gap.walk = ?2
    AND (gap.after = '' OR CAST(item.key AS INTEGER) < CAST(gap.after AS INTEGER))
    AND CAST(item.key AS INTEGER) >= CAST(gap.until AS INTEGER))
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through a list of the portal, from its beginning or from a day on."""

    number: int
    since: str | None
    begun_at: datetime
    after: str | None = None
    done: bool = False
    gap: int | None = None
    """The gap of an earlier walk that this one goes through once more, as far as `until`."""
    until: str = ""

    def ahead(self, after: str | None) -> "Walk":
        """After a page that gave this cursor."""
        ended = after is None or (self.gap is not None and int(after) <= int(self.until or 0))
        return replace(self, after=after or self.after, done=ended)


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be read of a list: ids below `after`, down to and with `until`.

    Empty are the list's beginning and its end. `key` and `process` are known where the portal gives
    the entry's own id at least.
    """

    after: str
    until: str
    key: str
    process: str
    why: str
    said: str
    at: str
    """When it was first found so."""


def leave(db: sqlite3.Connection, kind: Kind, walk: Walk, gap: Gap) -> None:
    """Write a gap down. One that an earlier walk left with the same end is the same: they join."""
    before = db.execute(
        "DELETE FROM gap WHERE kind = ? AND until = ? AND key = ? AND id IS NOT ?"
        " RETURNING since, after, at",
        (kind.root, gap.until, gap.key, walk.gap),
    ).fetchall()
    before += db.execute("SELECT since, after, at FROM gap WHERE id = ?", (walk.gap,)).fetchall()
    every = [(walk.since, gap.after, gap.at), *before]
    whole = replace(
        gap,
        after=min((after for _, after, _ in every), key=_descending),
        at=min(at for _, _, at in every),
    )
    since = min((since for since, _, _ in every), key=lambda day: day or "")
    db.execute(
        "INSERT INTO gap (kind, walk, since, after, until, key, process, why, said, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (kind.root, walk.number, since, *astuple(whole)),
    )


def narrow(db: sqlite3.Connection, walk: Walk) -> None:
    """Of the gap that a walk goes through: up to where it is now nothing is missing any more."""
    db.execute("UPDATE gap SET after = ? WHERE id = ?", (walk.after or "", walk.gap))
    db.execute("DELETE FROM gap WHERE id = ? AND ?", (walk.gap, walk.done))


def forget(db: sqlite3.Connection, kind: Kind, walk: Walk) -> None:
    """The gaps of walks before this one, which came by all of them."""
    db.execute("DELETE FROM gap WHERE kind = ? AND walk < ?", (kind.root, walk.number))


def of(db: sqlite3.Connection, kind: Kind) -> list[Gap]:
    """The gaps of a list, in the order in which they were left."""
    asked = "SELECT after, until, key, process, why, said, at FROM gap WHERE kind = ? ORDER BY id"
    return [Gap(*row) for row in db.execute(asked, (kind.root,))]


def again(db: sqlite3.Connection, kind: Kind, walk: Walk, now: datetime) -> list[Walk]:
    """Walks through the gaps of earlier walks, but where this one comes by all of them."""
    rows = db.execute(
        "SELECT id, walk, since, after, until FROM gap WHERE kind = ?"
        " AND (walk = ? OR ? IS NOT NULL) ORDER BY id",
        (kind.root, walk.number, walk.since),
    )
    return [
        Walk(number, since, now, after or None, gap=gap, until=until)
        for gap, number, since, after, until in rows
    ]


def processes(db: sqlite3.Connection) -> set[str]:
    """Of which an entry could not be read, where that much of it is known."""
    return {one for (one,) in db.execute("SELECT process FROM gap WHERE process <> ''")}


def _descending(cursor: str) -> float:
    """As the portal gives them: from the beginning down."""
    return -int(cursor) if cursor else float("-inf")
