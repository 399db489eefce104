# SPDX-License-Identifier: EUPL-1.2
"""What came from the portal, page by page as it came, and how far each walk has got.

One SQLite file in the folder, `goszakup/shelf.sqlite`: a page, its items and the cursor of the next
page are written in one transaction, so that a kill at any moment leaves all of them or none. A
database, since a change of one item must find the other items of its process among millions. It
lies inside the folder so that it lives and dies with the tables that were made of it.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from tarazy.core.errors import Misconfigured, Temporary
from tarazy.procurement import gaps
from tarazy.procurement.gaps import Gap, Walk
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.goszakup import Kind, Page
from tarazy.procurement.sources.goszakup_items import ZONE, Item, Known, item, known

_PACKED = pa.Codec("zstd")
TABLES = """
CREATE TABLE IF NOT EXISTS page (id INTEGER PRIMARY KEY, kind, walk, after, at, sha256, bytes,
    body);
CREATE INDEX IF NOT EXISTS page_of_walk ON page (kind, walk, after);
CREATE TABLE IF NOT EXISTS item (kind, key, process, changed, walk, page, body,
    PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_of_process ON item (process);
CREATE TABLE IF NOT EXISTS party (number, process, PRIMARY KEY (number, process)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS party_of_process ON party (process);
CREATE TABLE IF NOT EXISTS touched (process PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS departed (process PRIMARY KEY, changed) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS walk (kind PRIMARY KEY, number, since, begun_at, after, done);
"""
UPSERT = """
INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET
process = excluded.process, changed = max(changed, excluded.changed), walk = excluded.walk,
page = excluded.page, body = excluded.body
"""
DEPART = """
INSERT INTO departed VALUES (?, ?) ON CONFLICT (process) DO UPDATE SET
changed = max(changed, excluded.changed)
"""


@dataclass(slots=True)
class Taken:
    """What came of one page: how many items, how many new or changed, which were odd."""

    items: int
    changed: int
    odd: list[Refusal]
    page: int
    walk: Walk
    """Where the walk is now."""
    emptied: bool = False
    """The walk is at its end and met nothing of what is kept: that stays, the walk begins anew."""


class Shelf:
    """The shelf of a folder, while it is ours."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self._db = opened

    def walk(self, kind: Kind, now: datetime, *, whole: bool) -> Walk:
        """The walk to go on with: an interrupted one, else a new one since the last."""
        row = self._db.execute(
            "SELECT number, since, begun_at, after, done FROM walk WHERE kind = ?",
            (kind.root,),
        ).fetchone()
        if row is None:
            return Walk(1, None, now)
        before = Walk(row[0], row[1], datetime.fromisoformat(row[2]), row[3], bool(row[4]))
        if not before.done and not (whole and before.since):
            return before
        if whole or kind.always_whole or not before.done:
            return Walk(before.number + 1, None, now)
        since = before.begun_at.astimezone(ZONE) - timedelta(days=kind.days_back)
        return Walk(before.number + 1, since.date().isoformat(), now)

    def begin(self, kind: Kind, walk: Walk) -> None:
        """From now on the list is not at its end, even if the first page never comes."""
        with self._db:
            self._keep(kind, walk)

    def has_been(self, kind: Kind, walk: Walk, after: str) -> bool:
        """Whether this walk was at this cursor before: then it goes in a circle."""
        if walk.gap is not None:
            return walk.after is not None and int(after) >= int(walk.after)
        return after == walk.after or bool(
            self._db.execute(
                "SELECT 1 FROM page WHERE kind = ? AND walk = ? AND after = ?",
                (kind.root, walk.number, after),
            ).fetchone()
        )

    def put(self, kind: Kind, walk: Walk, body: bytes, page: Page, now: datetime) -> Taken:
        """Keep a page, its items, and where the walk is after it: all of that or nothing."""
        ahead = walk.ahead(page.after)
        with self._db:
            packed = _PACKED.compress(body, asbytes=True)
            number = self._db.execute(
                "INSERT INTO page (kind, walk, after, at, sha256, bytes, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind.root, walk.number, walk.after, str(now), _hash(body), len(body), packed),
            ).lastrowid
            taken = Taken(len(page.items), 0, [], int(number or 0), ahead)
            for one in page.items:
                self._put_item(kind, walk, one, taken)
            taken.emptied = kind.always_whole and ahead.done and self._is_emptied(kind, walk)
            if taken.emptied:
                taken.walk = Walk(walk.number + 1, None, now)
            self._keep(kind, taken.walk)
        return taken

    def skip(self, kind: Kind, walk: Walk, gap: Gap) -> Walk:
        """Leave a gap behind, to be asked for again, and go on after it."""
        with self._db:
            gaps.leave(self._db, kind, walk, gap)
            self._keep(kind, ahead := walk.ahead(gap.until or None))
        return ahead

    def gaps(self, kind: Kind) -> list[Gap]:
        """What is not read of a list."""
        return gaps.of(self._db, kind)

    def again(self, kind: Kind, walk: Walk, now: datetime) -> list[Walk]:
        """Walks through the gaps of earlier walks, but where this one comes by all of them."""
        return gaps.again(self._db, kind, walk, now)

    def unknown_above(self, kind: Kind, key: int) -> int:
        """The smallest number over an id under which nothing is kept."""
        keys = self._db.execute(
            "SELECT CAST(key AS INTEGER) AS own FROM item WHERE kind = ? AND own > ? ORDER BY own",
            (kind.root, key),
        )
        above = key + 1
        for (own,) in keys:
            if own > above:
                break
            above = own + 1
        return above

    def _is_emptied(self, kind: Kind, walk: Walk) -> bool:
        [(met, kept)] = self._db.execute(
            "SELECT count(*) FILTER (WHERE walk = ?), count(*) FROM item WHERE kind = ?",
            (walk.number, kind.root),
        )
        return bool(kept and not met)

    def _put_item(self, kind: Kind, walk: Walk, body: bytes, taken: Taken) -> None:
        found = item(body)
        own = known(kind, found) if found is not None else None
        if own is None:
            taken.odd.append(Refusal.PORTAL_NO_ID)
            return
        if kind.root != "Rnu" and not own.process:
            taken.odd.append(Refusal.PORTAL_NO_PROCESS)
        before = self._db.execute(
            "SELECT process, body, changed FROM item WHERE kind = ? AND key = ?",
            (kind.root, own.key),
        ).fetchone()
        row = (kind.root, own.key, own.process, own.changed, walk.number, taken.page, body)
        self._db.execute(UPSERT, row)
        if before is None or before[:2] != (own.process, body):
            taken.changed += 1
            self._touch(own, before[0] if before else "")
            if before and before[0] not in ("", own.process):
                self._db.execute(DEPART, (before[0], max(before[2], own.changed)))

    def _touch(self, own: Known, before: str) -> None:
        """The processes whose release has to be made anew."""
        processes: set[str] = set()
        for one in {own.process, before} - {""}:
            if one.startswith("of:"):
                number = one.removeprefix("of:")
                of_party = "SELECT process FROM party WHERE number = ?"
                processes.update(found for (found,) in self._db.execute(of_party, (number,)))
            else:
                processes.add(one)
        self._db.executemany(
            "INSERT OR IGNORE INTO touched VALUES (?)", [(one,) for one in processes]
        )
        if own.process:
            self._db.executemany(
                "INSERT OR IGNORE INTO party VALUES (?, ?)",
                [(number, own.process) for number in own.parties],
            )

    def _keep(self, kind: Kind, walk: Walk) -> None:
        if walk.gap is not None:
            gaps.narrow(self._db, walk)
            return
        self._db.execute(
            "INSERT OR REPLACE INTO walk VALUES (?, ?, ?, ?, ?, ?)",
            (
                kind.root,
                walk.number,
                walk.since,
                walk.begun_at.isoformat(),
                walk.after,
                walk.done,
            ),
        )
        if walk.done and kind.always_whole:  # what was not met on the way is there no more
            self._db.execute(gaps.GONE, (kind.root, walk.number))
        if walk.done and walk.since is None:  # it came by all gaps of those before
            gaps.forget(self._db, kind, walk)

    def is_done(self, kind: Kind) -> bool:
        """Whether the last walk came to its end."""
        row = self._db.execute("SELECT done FROM walk WHERE kind = ?", (kind.root,)).fetchone()
        return bool(row and row[0])

    def is_half(self, kind: Kind) -> bool:
        """Whether pages of a walk were kept, and none has come to its end since.

        A later walk from the beginning may follow one that broke off.
        """
        row = self._db.execute(
            "SELECT NOT done AND (after IS NOT NULL OR (since IS NULL AND number > 1))"
            " FROM walk WHERE kind = ?",
            (kind.root,),
        ).fetchone()
        return bool(row and row[0])

    def touched(self) -> Iterator[str]:
        """Processes of which something changed since they were last imported."""
        for (process,) in self._db.execute("SELECT process FROM touched ORDER BY process"):
            yield process

    def waiting(self) -> set[str]:
        """Processes of which an entry could not be read."""
        return gaps.processes(self._db)

    def settle(self, held: frozenset[str]) -> None:
        """All that was touched is in the tables, but what waits.

        That is what has entries of the lists held back, and what an unread entry is of.
        """
        with self._db:
            self._db.execute(
                "DELETE FROM touched WHERE NOT EXISTS (SELECT 1 FROM item WHERE"
                " item.process = touched.process"
                " AND item.kind IN (SELECT value FROM json_each(?)))"
                " AND process NOT IN (SELECT process FROM gap)",
                (json.dumps(sorted(held)),),
            )

    def of_process(self, process: str) -> Iterator[tuple[str, bytes, str]]:
        """The items of a process: (root, body, changed), oldest id first."""
        yield from self._db.execute(
            "SELECT kind, body, changed FROM item WHERE process = ?"
            " ORDER BY kind, CAST(key AS INTEGER), key",
            (process,),
        )

    def departed(self, process: str) -> str:
        """When the last item left for another process: what is left may be older than that."""
        query = "SELECT changed FROM departed WHERE process = ?"
        row = self._db.execute(query, (process,)).fetchone()
        return str(row[0]) if row else ""

    def subjects(self, process: str) -> Iterator[tuple[str, bytes]]:
        """(BIN or IIN, body) of the organisations that a process names; the latest comes last."""
        yield from self._db.execute(
            "SELECT party.number, item.body FROM party JOIN item ON item.process = 'of:' ||"
            " party.number WHERE party.process = ? ORDER BY item.changed, item.key",
            (process,),
        )

    def all_of(self, kind: Kind) -> Iterator[tuple[str, bytes]]:
        """(key, body) of every item of a kind."""
        yield from self._db.execute(
            "SELECT key, body FROM item WHERE kind = ? ORDER BY CAST(key AS INTEGER), key",
            (kind.root,),
        )

    def pages(self) -> Iterator[tuple[str, str, str, bytes]]:
        """Every page as it came: (root, when, SHA-256, bytes)."""
        for kind, at, digest, size, body in self._db.execute(
            "SELECT kind, at, sha256, bytes, body FROM page ORDER BY id"
        ):
            yield kind, at, digest, bytes(_PACKED.decompress(body, size, asbytes=True))


@contextmanager
def shelf(folder: Path) -> Iterator[Shelf]:
    """The shelf of a folder, ours alone.

    Raises Temporary where another fetches into this folder, Misconfigured where it cannot be used.
    """
    own = folder / "goszakup"
    try:
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (own / "lock").open("w")
    except OSError as error:
        raise Misconfigured(str(own), "cannot be written to") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Temporary("another fetch is writing to this folder") from error
        opened = sqlite3.connect(own / "shelf.sqlite")
        try:
            opened.execute("PRAGMA journal_mode = WAL")
            opened.execute("PRAGMA synchronous = FULL")
            opened.executescript(TABLES + gaps.TABLE)
            yield Shelf(opened)
        except sqlite3.DatabaseError as error:
            raise Misconfigured(str(own / "shelf.sqlite"), f"cannot be used: {error}") from error
        finally:
            opened.close()


def decoded(rows: Iterable[tuple[str, bytes]]) -> dict[str, Item]:
    """Items by the text beside them; a later one wins."""
    return {key: found for key, body in rows if (found := item(body)) is not None}


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()
