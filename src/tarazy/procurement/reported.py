# SPDX-License-Identifier: EUPL-1.2
"""What came in and what came of it: the reports that imports and fetches have left."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tarazy.procurement.fetching import FetchReport
from tarazy.procurement.importing import FileReport
from tarazy.procurement.queries import PAGE_SIZE
from tarazy.procurement.store import Folder

_REPORT = msgspec.json.Decoder(FileReport)
_FETCH = msgspec.json.Decoder(FetchReport)


@dataclass(frozen=True, slots=True)
class Reports:
    """A page of reports."""

    rows: list[FileReport] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    """Names of reports of this page that cannot be read."""
    fetched: FetchReport | None = None
    """The last fetch from the portal, if there was one."""
    total: int = 0
    page: int = 1


def reports(folder: Path, text: str = "", page: int = 1, *, troubled: bool = False) -> Reports:
    """Files that were read, by a part of the name or of the SHA-256, or those with trouble only.

    A wrong page number gives the nearest page.
    """
    # A name is an id, and ids sort by time: where nothing is filtered, one page is opened.
    names = sorted(Folder(folder).imports.glob("imp_*.json"), reverse=True)
    if text or troubled:
        names = [
            one for one in names if _is_wanted(report_in(one), text.lower(), troubled=troubled)
        ]
    nearest = max(1, min(page, -(-len(names) // PAGE_SIZE)))
    shown = names[(nearest - 1) * PAGE_SIZE : nearest * PAGE_SIZE]
    read = {one.name: report_in(one) for one in shown}
    return Reports(
        rows=[one for one in read.values() if one is not None],
        damaged=[name for name, one in read.items() if one is None],
        fetched=_last_fetch(Folder(folder)),
        total=len(names),
        page=nearest,
    )


def _is_wanted(report: FileReport | None, text: str, *, troubled: bool) -> bool:
    if report is None:  # it cannot be read: that is never left out
        return True
    named = text in report.name.lower() or text in report.sha256
    # What is only noted is no trouble.
    return named and (not troubled or bool(report.refusal or report.refused or report.lost))


def report_in(path: Path) -> FileReport | None:
    """The report in a file; None where there is none, or it is damaged."""
    try:
        return _REPORT.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def _last_fetch(store: Folder) -> FetchReport | None:
    newest = max(store.imports.glob("fch_*.json"), default=None)
    try:
        return _FETCH.decode(newest.read_bytes()) if newest else None
    except (OSError, msgspec.DecodeError):
        return None
