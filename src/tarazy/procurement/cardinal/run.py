# SPDX-License-Identifier: EUPL-1.2
"""One pass over a file of lines: each a compiled release, each judged and forgotten.

What stays in memory is what the indicators count: ratios by ocid, sums by organisation.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from typing_extensions import override

from tarazy.core.collecting import not_collecting
from tarazy.procurement.cardinal.book import Book, Measure
from tarazy.procurement.cardinal.gaps import R024, R058, Gaps
from tarazy.procurement.cardinal.process import Process, process_of
from tarazy.procurement.cardinal.r003 import R003
from tarazy.procurement.cardinal.r018 import R018
from tarazy.procurement.cardinal.r025 import R025
from tarazy.procurement.cardinal.r028 import R028
from tarazy.procurement.cardinal.r030 import R030
from tarazy.procurement.cardinal.r035 import R035
from tarazy.procurement.cardinal.r036 import R036
from tarazy.procurement.cardinal.r038 import R038
from tarazy.procurement.cardinal.r048 import R048
from tarazy.procurement.cardinal.release import NotJson, decode
from tarazy.procurement.cardinal.settings import Settings, read

LINE_BYTES_MAX = 1 << 30
READ_BUFFER = 1 << 20
STANDARD_INPUT = Path("-")
BLANK = b" \t\n\x0c\r"

Warn = Callable[[str], None]
Fold = Callable[[Process, Book], None]


def flags(
    file: Path,
    settings: Path | None,
    *,
    with_meta: bool = True,
    with_maps: bool = False,
) -> str:
    """What Cardinal prints about a file ("-" is standard input); warnings go to standard error.

    Raises BadSettings, and OSError where the file cannot be opened.
    """
    wanted = Settings() if settings is None else read(settings)
    with sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb", READ_BUFFER) as lines:
        book = run(lines, wanted, with_maps=with_maps, warn=_warn)
    return book.json(with_meta=with_meta)


def run(lines: BinaryIO, settings: Settings, *, with_maps: bool, warn: Warn) -> Book:
    """Judge every line of the file. A line that is no JSON is told to `warn` and skipped."""
    book = Book(with_maps=with_maps, currency=settings.currency)
    measures = _measures(settings)
    folds: list[Fold] = [
        measure.fold for measure in measures if type(measure).fold is not Measure.fold
    ]
    for warning in settings.warnings:
        warn(warning)
    with not_collecting():  # a release has no circles, and there are many of them
        _fold(lines, settings, book, folds, warn)
    for measure in measures:
        measure.finish(book)
    if settings.tells_other_currencies:
        for currency, bids in book.other_currencies.items():
            warn(f"{currency} is not {book.currency}, skipping. [{bids} times]")
    return book


def _warn(message: str) -> None:
    sys.stderr.write(f" WARN  {message}\n")


def _fold(
    lines: BinaryIO,
    settings: Settings,
    book: Book,
    folds: list[Fold],
    warn: Warn,
) -> None:
    number = 0
    while line := lines.readline(LINE_BYTES_MAX):
        number += 1
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            warn(f"Line {number} is longer than {LINE_BYTES_MAX} bytes, skipping.")
            while line and not line.endswith(b"\n"):
                line = lines.readline(LINE_BYTES_MAX)
            continue
        try:
            process = process_of(decode(line), settings)
        except NotJson as error:
            if line.strip(BLANK):
                warn(f"Line {number} is invalid JSON, skipping. [{error}]")
            continue
        if process is not None:
            for fold in folds:
                fold(process, book)


class Tenderers(Measure):
    """Who submitted a bid in which process, for the maps."""

    def __init__(self, settings: Settings) -> None: ...

    @override
    def fold(self, process: Process, book: Book) -> None:
        for bid in process.submitted:
            for tenderer in bid.tenderers or ():
                if tenderer.id is not None:
                    book.map("ocid_tenderer", process.ocid, tenderer.id)


def _measures(settings: Settings) -> list[Measure]:
    """In Cardinal's order, since the first of them to see a currency makes it the main one."""
    s = settings
    wanted: tuple[tuple[object | None, Callable[[Settings], Measure]], ...] = (
        (s.r025 or s.r038 or s.r048, Tenderers),
        (s.r024 or s.r058, Gaps),
        (s.r003, R003),
        (s.r018, R018),
        (s.r024, R024),
        (s.r025, R025),
        (s.r028, R028),
        (s.r030, R030),
        (s.r035, R035),
        (s.r036, R036),
        (s.r038, R038),
        (s.r048, R048),
        (s.r058, R058),
    )
    return [measure(settings) for section, measure in wanted if section is not None]
