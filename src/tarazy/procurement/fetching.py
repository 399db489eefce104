# SPDX-License-Identifier: EUPL-1.2
"""The portal's data onto the shelf, and from the shelf into the tables.

Two steps, so that no transaction waits for the network. `fetch` walks the lists of the portal page
by page (`walking`) and goes on where it stopped; `bring_in` makes releases of the processes of
which something changed and gives them to the import, the one way in. The tables change only when
every walk has come to its end, so that no tender stands there without its lots because the portal
was away.
"""

import csv
import io
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path

import msgspec

from tarazy.core.errors import Refused
from tarazy.core.ids import new_id
from tarazy.procurement import importing, references
from tarazy.procurement.importing import ImportSummary, Trouble
from tarazy.procurement.portal import Portal
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.shelf import Shelf, decoded, shelf
from tarazy.procurement.sources import goszakup_releases
from tarazy.procurement.sources.goszakup import KINDS, NUMBER
from tarazy.procurement.sources.goszakup_items import item, word
from tarazy.procurement.sources.interface import Tally
from tarazy.procurement.store import Folder, room
from tarazy.procurement.walking import KindReport, Tell, Walking, troubles

RELEASES = "goszakup.jsonl"
OURS = "# goszakup.gov.kz: register of unfair suppliers"
UNFAIR = next(kind for kind in KINDS if kind.root == "Rnu")
DAY = len("2026-01-01")
_JSON = msgspec.json.Encoder(decimal_format="number")
_OF_ALL = frozenset({Refusal.PORTAL_TOKEN, Refusal.PORTAL_BUSY})  # not of one list


class FetchReport(msgspec.Struct, kw_only=True):
    """One fetch; kept under `imports/` of the folder."""

    id: str
    at: datetime
    kinds: list[KindReport]

    def failures(self) -> set[Refusal]:
        return {Refusal(one.failed) for one in self.kinds if one.failed}


class Brought(msgspec.Struct, kw_only=True):
    """What came into the tables; kept under `imports/` of the folder."""

    id: str
    at: datetime
    complete: bool
    releases: int = 0
    waiting: int = 0
    """Processes that stay as they were, since an entry of theirs could not be read."""
    debarred: int | None = None
    """Rows of the register of unfair suppliers; none where the list before stays."""
    register: str | None = None
    """Why the register before stays, where it is the portal's."""
    lost: list[Trouble] = []
    summary: ImportSummary | None = None


def fetch(
    folder: Path, portal: Portal, *, now: datetime, whole: bool = False, tell: Tell | None = None
) -> FetchReport:
    """Walk every list of the portal, from where the last fetch stopped or from the last change on.

    `whole` begins anew. A list that fails is in the report and does not stop the others, unless the
    portal takes the token no more or asks to be left alone. Raises Temporary where another fetch is
    under way, Misconfigured.
    """
    report = FetchReport(id=new_id("fch"), at=now, kinds=[])
    with shelf(folder) as opened:
        for kind in KINDS:
            own = KindReport(kind=kind.root)
            report.kinds.append(own)
            walk = opened.walk(kind, now, whole=whole)
            opened.begin(kind, walk)
            own.since = walk.since
            if stopped := _OF_ALL & report.failures():
                own.failed = str(next(iter(stopped)))
                continue
            try:
                Walking(kind, opened, portal, own, now).go(walk, tell or (lambda *_: None))
            except Refused as refused:
                own.failed = str(refused.name)
    _keep(folder, report.id, report)
    return report


def bring_in(
    folder: Path,
    *,
    now: datetime,
    unfinished: bool = False,
    progress: importing.Progress | None = None,
) -> Brought:
    """Import what changed on the shelf. `unfinished`: even where a walk is not at its end yet.

    Bids come only when all of them are there: one of two would be a tender with a single bidder.
    A process of which an entry could not be read stays as it was. The register of unfair suppliers
    is a table by itself: the rest does not wait for it.
    Raises NothingRead, Temporary, Misconfigured as `import_files` does; then it is done again.
    """
    with room(folder), shelf(folder) as opened:
        half = frozenset(kind.root for kind in KINDS if kind.optional and opened.is_half(kind))
        needed = [kind for kind in KINDS if not kind.optional and kind is not UNFAIR]
        complete = not half and all(map(opened.is_done, needed))
        brought = Brought(id=new_id("brt"), at=now, complete=complete)
        if complete or unfinished:
            lost: dict[str, Tally] = {}
            file = folder / "goszakup" / RELEASES
            brought.waiting = len(opened.waiting())
            brought.releases = _write_releases(opened, file, lost, half)
            if brought.releases:
                brought.summary = importing.import_files(folder, [file], now=now, progress=progress)
            if opened.is_done(UNFAIR):
                brought.debarred, brought.register = _give_unfair(opened, folder, lost)
            brought.lost = troubles(lost)
            opened.settle(half)
            file.unlink(missing_ok=True)
    _keep(folder, brought.id, brought)
    return brought


def _write_releases(opened: Shelf, file: Path, lost: dict[str, Tally], held: frozenset[str]) -> int:
    """A release a line, of each process of which something changed; how many.

    Entries of the lists `held` back are left out, and processes with an entry that was not read.
    """
    count, waiting = 0, opened.waiting()
    with file.open("wb") as lines:
        for process in opened.touched():
            if process in waiting:
                continue
            items: goszakup_releases.Items = {}
            changed = opened.departed(process)
            for kind, body, at in opened.of_process(process):
                found = item(body)
                if found is not None and kind not in held:
                    items.setdefault(kind, []).append(found)
                    changed = max(changed, at)
            subjects = decoded(opened.subjects(process))
            lose = partial(_lose, lost, process)
            made = goszakup_releases.release(process, items, subjects, changed, lose)
            lines.write(_JSON.encode(made) + b"\n")
            count += 1
    return count


def _give_unfair(
    opened: Shelf, folder: Path, lost: dict[str, Tally]
) -> tuple[int | None, str | None]:
    """The register of unfair suppliers as a reference table: how many rows, or why it stays.

    A list of the user's own stays. So does the register before, where no entry of today's can be
    used: it would make every unfair supplier look honest.
    """
    file = folder / references.FOLDER / "debarred.csv"
    with suppress(FileNotFoundError):
        if not file.read_text(errors="replace").startswith(OURS):
            return None, None
    text, usable = io.StringIO(), 0
    text.write(f"{OURS}\n")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("identifier", "valid_from", "valid_to", "source"))
    for key, body in opened.all_of(UNFAIR):
        found = item(body) or {}
        number = word(found.get("supplierBiin"))
        begin, end = _day(found.get("startDate")), _day(found.get("endDate"))
        if not NUMBER.fullmatch(number) or not begin or end is None or "" < end <= begin:
            _lose(lost, key, "Rnu")
            continue
        rows.writerow((number, begin, end, f"goszakup.gov.kz Rnu {key}"))
        usable += 1
    if not usable and references.load(folder, "debarred").num_rows:
        return None, str(Refusal.PORTAL_EMPTY)
    given = folder / "goszakup" / "debarred.csv"
    given.write_text(text.getvalue())
    count = references.keep(folder, "debarred", given)
    given.unlink()
    return count, None


def _day(value: object) -> str | None:
    """A day of the portal; empty where there is none, None where it is no day."""
    if value is None or value == "":
        return ""
    try:
        return date.fromisoformat(str(value)[:DAY]).isoformat()
    except ValueError:
        return None


def _lose(lost: dict[str, Tally], where: str, path: str) -> None:
    number = where.rpartition("-")[2]
    lost.setdefault(path, Tally()).add(int(number) if number.isdecimal() else 0)


def _keep(folder: Path, name: str, record: msgspec.Struct) -> None:
    store = Folder(folder)
    store.imports.mkdir(parents=True, exist_ok=True)
    store.keep_record(name, record)
