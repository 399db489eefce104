# SPDX-License-Identifier: EUPL-1.2
"""GeoNames: a table of 19 columns with tabs between them, UTF-8, one place a line.

Format: https://download.geonames.org/export/dump/readme.txt. Of its feature classes two are
addresses: P (settlements) and R (streets and roads; a point each). Everything else is passed over.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tarazy.supervision.extracts.interface import (
    PASSED_OVER,
    Found,
    Kind,
    Problem,
    Told,
    named,
    spot_of,
)
from tarazy.supervision.extracts.lines import lines_of

NAME = "geonames"
COLUMNS = 19
TITLE, ASCII, OTHERS, LAT, LON, CLASS, COUNTRY = 1, 2, 3, 4, 5, 6, 8
KINDS = {"P": Kind.SETTLEMENT, "R": Kind.STREET}
OTHERS_LENGTH_MAX = 200


def read(source: BinaryIO) -> Iterator[Told]:
    """Everything in the file, row by row."""
    for line in lines_of(source):
        yield line if isinstance(line, Problem) else _row(line)


def _row(line: str) -> Told:
    cells = line.rstrip("\r\n").split("\t")
    if len(cells) != COLUMNS:
        return Problem.COLUMNS
    kind = KINDS.get(cells[CLASS])
    if kind is None:
        return PASSED_OVER
    title = named(cells[TITLE])
    if isinstance(title, Problem):
        return title
    try:
        spot = spot_of(float(cells[LON]), float(cells[LAT]))
    except ValueError:
        spot = None
    if spot is None:
        return Problem.COORDINATES
    others = f"{cells[ASCII]} {cells[OTHERS].replace(',', ' ')}"[:OTHERS_LENGTH_MAX]
    within = named(cells[COUNTRY][:2])
    town = "" if isinstance(within, Problem) else within
    return Found(kind, title, town, ((spot,),), others)
