# SPDX-License-Identifier: EUPL-1.2
"""Lines of a file as text, each within bounds; a wrong one is a problem and not the end."""

from collections.abc import Iterator
from typing import BinaryIO

from tarazy.supervision.extracts.interface import Problem

LINE_BYTES_MAX = 4 * 1024 * 1024
MARK = b"\xef\xbb\xbf"


def lines_of(source: BinaryIO) -> Iterator[str | Problem]:
    """Lines that are not empty. One that is too long is passed over to its end."""
    first = True
    while line := source.readline(LINE_BYTES_MAX):
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            while (rest := source.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
                pass
            yield Problem.TOO_LONG
            continue
        text = line.removeprefix(MARK) if first else line
        first = False
        if not text.strip():
            continue
        try:
            yield text.decode()
        except UnicodeDecodeError:
            yield Problem.ENCODING
