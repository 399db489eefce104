# SPDX-License-Identifier: EUPL-1.2
"""Files into a new version of the tables: all of it, or nothing.

A release is known by its ocid. Of several releases of one process the newest `date` stays (none is
oldest, then come dates without a zone, in the order in which they are written); at the same date
the one that came last. A release of a flat file whose ocid another buyer's file holds is refused.
A release that is already there is *unchanged*, an older one *superseded*;
both are counted. A file that was read before, byte for byte, is not read again: importing a set of
files twice changes nothing, whatever they say of each other.

Memory is bounded by the size of a part and DuckDB's limit, whatever the size of a file.
"""

import csv
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path

import msgspec

from tarazy.core.errors import Refused
from tarazy.core.files import has_no_room
from tarazy.core.ids import new_id
from tarazy.procurement import circles, identities
from tarazy.procurement.flat import NOTES, WRONG_COLUMNS, WRONG_MAX, FlatFile
from tarazy.procurement.merging import Flat, merge
from tarazy.procurement.receiving import Keeping, forget, keep_mapping, unpacked
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.flat_mapping import read_mapping
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import POSITIONS_KEPT_MAX, Account, Tally
from tarazy.procurement.staging import READER_VERSION, Staging
from tarazy.procurement.store import Folder, Manifest

FILES_MAX = 10_000
FLAT = "flat"  # of the staging folder: rows of a flat file on their way
AGAIN = "again"  # of the staging folder: files that were received, to be read anew
Progress = Callable[[int, int], None]
"""Told how many bytes are done, of how many."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of trouble in a file: how often, and the first lines where."""

    what: str
    count: int
    lines: list[int]
    why: str | None = None
    """The reason, by its name, of what is noted, and of what a flat file lost."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file to read; a flat one with its mapping."""

    path: Path
    name: str
    mapping: bytes | None = None


class FileReport(msgspec.Struct, kw_only=True):
    """What came of one file; kept under `imports/`."""

    id: str
    name: str
    sha256: str = ""
    size_bytes: int = 0
    kept: str = ""
    """Where in the folder the file is, as it came."""
    mapping: str = ""
    """Where in the folder the mapping of a flat file is."""
    rows: int = 0
    """Of a flat file: rows that came into releases."""
    wrong: str = ""
    """Where in the folder each wrong row of a flat file is told."""
    at: datetime
    reader: int = READER_VERSION
    read: int = 0
    imported: int = 0
    replaced: int = 0
    unchanged: int = 0
    superseded: int = 0
    refused: list[Trouble] = []
    lost: list[Trouble] = []
    noted: list[Trouble] = []
    """Told, though nothing was lost."""
    refusal: str | None = None
    """Why nothing at all could be read from the file."""

    def refused_count(self) -> int:
        return sum(trouble.count for trouble in self.refused)


class NothingRead(Refused):
    """Not one release could be read; `files` say why, each for itself."""

    def __init__(self, files: list[FileReport]) -> None:
        reasons = {report.refusal for report in files if report.refusal}
        name = Refusal(reasons.pop()) if len(reasons) == 1 else Refusal.NOTHING_READ
        super().__init__(name)
        self.files = files


class ImportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import."""

    files: list[FileReport]
    version: int
    changed: bool


def import_files(
    folder: Path,
    files: Sequence[Path],
    *,
    now: datetime,
    progress: Progress | None = None,
    mapping: bytes | None = None,
) -> ImportSummary:
    """Bring files into the tables of a folder; with a mapping, CSV and XLSX files.

    Raises BadMapping where the mapping cannot be used, NothingRead where not one release could be
    read, Refused where there are too many files, Temporary where somebody else is writing,
    Misconfigured where the folder cannot be used. A bad line or file is in the report.
    """
    if len(files) > FILES_MAX:
        raise Refused(Refusal.TOO_MANY_FILES)
    store = Folder(folder)
    tell = progress or (lambda _done, _total: None)
    if mapping is not None:
        read_mapping(mapping)  # refuses before a folder is made for nothing
    with store.writing() as manifest:
        finish(store, manifest)
        given = [Given(file, file.name, mapping) for file in files]
        if manifest.tables and manifest.reader != READER_VERSION:
            given = [*_received_before(store), *given]
            manifest = msgspec.structs.replace(manifest, tables=None)
        received = frozenset(path.name for path in store.received.iterdir())
        reports, parts = _stage(store, given, now, tell, fresh=manifest.tables is None)
        if not any(report.read for report in reports):
            raise _nothing_read(store, reports, received)
        _note_circles(reports, parts)
        after = _merged(store, reports, parts, manifest, now)
        _keep_records(store, reports, after if after != manifest else None)
    return ImportSummary(
        files=reports, version=after.version, changed=after.version != manifest.version
    )


def _merged(
    store: Folder, reports: list[FileReport], parts: list[Path], manifest: Manifest, now: datetime
) -> Manifest:
    """The version after the merge, and in the reports what came of their releases."""
    if not parts:
        return manifest
    flat = []
    if any(report.mapping for report in reports):
        every = {one.id: one for one in (*_records(store), *reports) if one.mapping}
        flat = [Flat(one.id, one.mapping, one.sha256) for one in every.values()]
    merged = merge(store, parts, manifest, now, flat)
    for report in reports:
        for fate, count in merged.fates.get(report.id, {}).items():
            setattr(report, fate, count)
        if positions := merged.refused.get(report.id):
            _refuse(store, report, positions)
        if positions := merged.noted.get(report.id):
            first, why = positions[:POSITIONS_KEPT_MAX], str(Refusal.NOTE_OTHER_BUYER)
            report.noted.append(Trouble(what="buyer", count=len(positions), lines=first, why=why))
    return merged.after


def _refuse(store: Folder, report: FileReport, positions: list[int]) -> None:
    """Tell the processes of a flat file whose ocids another buyer's file holds."""
    why = str(Refusal.ROW_OTHER_BUYER)
    first = positions[:POSITIONS_KEPT_MAX]
    report.refused.append(Trouble(what=why, count=len(positions), lines=first))
    wrong = store.imports / f"{report.id}.wrong.csv"
    begun = bool(report.wrong)
    report.wrong = f"{store.imports.name}/{wrong.name}"
    with wrong.open("a" if begun else "w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        if not begun:
            rows.writerow(WRONG_COLUMNS)
        rows.writerows((position, "", "", why) for position in positions[:WRONG_MAX])


def _keep_records(store: Folder, reports: list[FileReport], after: Manifest | None) -> None:
    """Keep the reports, together with the new version that they are of, if there is one."""
    if after is None:
        for report in reports:
            store.keep_record(report.id, report)
        return
    store.keep_pending(after.version, {report.id: report for report in reports})
    store.publish(after)
    finish(store, after)


def finish(store: Folder, manifest: Manifest) -> None:
    """Do what is left of an import whose tables are in force; what never came so far is dropped.

    Without its record a file would be missing when all is read anew, and without the parties of
    equal numbers a run would take one for two. The only writer of the folder calls it first.
    """
    for folder in sorted(store.pending.glob("*")):
        if int(folder.name) <= manifest.version:
            identities.find(store, manifest)
            store.take_pending(folder)
        shutil.rmtree(folder)


def _nothing_read(
    store: Folder, reports: list[FileReport], received: Collection[str]
) -> NothingRead:
    """The refusal, once each file has its record and what was not there before is gone again."""
    for report in reports:
        forget(store, report.kept, before=received)
        if not (store.path / report.kept).is_file():
            report.kept = ""
        store.keep_record(report.id, report)
    shutil.rmtree(store.staging)
    return NothingRead(reports)


def _received_before(store: Folder) -> list[Given]:
    """All that was ever received, in its order, for another version of the reader."""
    in_order = sorted(
        (one.at, one.id, one.kept, one.name, one.mapping) for one in _records(store) if one.kept
    )
    kept = {(kept, mapping): name for _, _, kept, name, mapping in in_order}
    return [
        Given(
            unpacked(store, one, store.staging / AGAIN / Path(one).stem / Path(name).name),
            name,
            (store.path / mapping).read_bytes() if mapping else None,
        )
        for (one, mapping), name in kept.items()
    ]


def _stage(
    store: Folder, files: Sequence[Given], now: datetime, tell: Progress, *, fresh: bool
) -> tuple[list[FileReport], list[Path]]:
    """A report for each file, and the parts that they became; counts of the merge come later."""
    total = sum(file.path.stat().st_size for file in files if file.path.is_file())
    earlier = {} if fresh else _read_before(store)
    done = 0
    reports = []
    with Staging(store.staging, total, store.salt()) as staging:
        for file in files:
            report = FileReport(id=new_id("imp"), name=file.name, at=now)
            try:
                with Keeping(store, file.path) as keeping:
                    with file.path.open("rb") as opened:
                        report.sha256 = file_digest(opened, "sha256").hexdigest()
                        report.size_bytes = opened.tell()
                    if file.mapping is not None:
                        report.mapping = keep_mapping(store, file.mapping)
                    if before := earlier.get(_content(report)):
                        _repeat(report, before)
                    else:
                        report.id = staging.id_of(_content(report)) or report.id
                        _read(store, staging, file, report, partial(_tell_rest, tell, done, total))
                        report.kept = keeping.keep(report.sha256)
                        earlier[_content(report)] = report
            except OSError as error:
                if has_no_room(error):  # it is not the file that is wrong
                    raise
                report.refusal = str(Refusal.NO_FILE)
            done += report.size_bytes
            tell(done, total)
            reports.append(report)
        staging.finish()
    return reports, staging.parts()


def _read(
    store: Folder, staging: Staging, file: Given, report: FileReport, tell: Callable[[int], None]
) -> None:
    """A file into parts, and into its report."""
    if file.mapping is None:
        _fill(report, staging.take(SourceFile(file.path), _content(report), report.id, tell))
        return
    flat = FlatFile(file.path, read_mapping(file.mapping), store.staging / FLAT, tell)
    _fill(report, staging.take(flat, _content(report), report.id, tell))
    _fill_flat(store, report, flat)


def _content(report: FileReport) -> str:
    """What a reading depends on: the bytes, and for a flat file how they were read."""
    return f"{report.sha256}:{report.mapping}" if report.mapping else report.sha256


def _tell_rest(tell: Progress, before: int, total: int, read: int) -> None:
    tell(before + read, total)


def _read_before(store: Folder) -> dict[str, FileReport]:
    """What this version of the reader read into the tables in force, by content."""
    read = (one for one in _records(store) if one.read and one.reader == READER_VERSION)
    return {_content(one): one for one in read}


def _records(store: Folder) -> Iterator[FileReport]:
    """The report of every file that ever came."""
    for path in store.imports.glob("imp_*.json"):
        yield msgspec.json.decode(path.read_bytes(), type=FileReport)


def _repeat(report: FileReport, before: FileReport) -> None:
    """The same bytes again: nothing to read, the same troubles to tell."""
    report.read = report.unchanged = before.read
    report.kept, report.refusal = before.kept, before.refusal
    report.refused, report.lost, report.noted = before.refused, before.lost, before.noted
    report.rows, report.wrong = before.rows, before.wrong


def _fill(report: FileReport, account: Account) -> None:
    report.read = account.read
    report.refused = _troubles({str(why): tally for why, tally in account.refused.items()})
    report.lost = _troubles(account.lost)
    report.noted = [
        Trouble(what=path, count=tally.count, lines=tally.positions, why=str(why))
        for why, tallies in sorted(account.noted.items())
        for path, tally in sorted(tallies.items())
    ]
    if not account.read:
        report.refusal = str(_why_nothing(account))


def _note_circles(reports: list[FileReport], parts: list[Path]) -> None:
    """Before the merge, since it uses the parts up."""
    found = circles.told(parts)
    for report in reports:
        if tally := found.get(report.id):
            what, why = "relatedProcesses", str(Refusal.NOTE_CIRCLE)
            report.noted.append(
                Trouble(what=what, count=tally.count, lines=tally.positions, why=why)
            )


def _fill_flat(store: Folder, report: FileReport, flat: FlatFile) -> None:
    """What was wrong by column, and each wrong row in a file beside the report."""
    report.rows = flat.rows_read
    told = [
        Trouble(what=column, count=tally.count, lines=tally.positions, why=str(why))
        for (column, why), tally in sorted(flat.report.by_column.items())
    ]
    report.lost += [one for one in told if one.why not in NOTES]
    report.noted += [one for one in told if one.why in NOTES]
    if told or report.refused:
        wrong = store.imports / f"{report.id}.wrong.csv"
        flat.report.lines.replace(wrong)
        report.wrong = f"{store.imports.name}/{wrong.name}"


def _why_nothing(account: Account) -> Refusal:
    """One reason for a file of which nothing could be read."""
    if not account.refused:
        return Refusal.EMPTY_FILE
    if len(account.refused) == 1:
        return next(iter(account.refused))
    return Refusal.NOT_OCDS


def _troubles(tallies: dict[str, Tally]) -> list[Trouble]:
    return [
        Trouble(what=what, count=tally.count, lines=tally.positions)
        for what, tally in sorted(tallies.items())
    ]
