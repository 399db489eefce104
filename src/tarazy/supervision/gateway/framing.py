# SPDX-License-Identifier: EUPL-1.2
"""Framing that several languages share: pass over garbage, find the end, never look too far."""

import re

from tarazy.supervision.gateway.stream import MORE, Cut


def skip_to(buffer: bytes, starts: tuple[bytes, ...]) -> int:
    """How many bytes to pass over until one of these may begin; they may be cut off at the end."""
    found = [at for start in starts if (at := buffer.find(start)) >= 0]
    if found:
        return min(found)
    longest = max(len(start) for start in starts)
    for kept in range(min(longest - 1, len(buffer)), 0, -1):
        if any(start.startswith(buffer[-kept:]) for start in starts):
            return len(buffer) - kept
    return len(buffer)


def counted(buffer: bytes, length: int | None, bytes_max: int) -> Cut:
    """A frame of this length at the front; None where the head that tells it is not whole yet.

    A length that cannot be is not waited for: the first byte is passed over as garbage.
    """
    if length is None:
        return MORE
    if not 0 < length <= bytes_max:
        return Cut(1)
    return Cut(length, buffer[:length]) if len(buffer) >= length else MORE


def with_line_ends(buffer: bytes, length: int) -> Cut:
    """A frame of this length, and the line ends that some senders put after it."""
    used = length
    while buffer[used : used + 1] in {b"\r", b"\n"}:
        used += 1
    return Cut(used, buffer[:length])


def delimited(buffer: bytes, start: re.Pattern[bytes], end: bytes, bytes_max: int) -> Cut:
    """A frame at the front up to and with `end`; line ends after it go with it.

    Where another starts before the end, the first was cut off and is passed over, so that it does
    not take the other with it.
    """
    stop = buffer.find(end, 0, bytes_max)
    if other := start.search(buffer, 1, stop if stop >= 0 else bytes_max):
        return Cut(other.start())
    if stop >= 0:
        return with_line_ends(buffer, stop + len(end))
    return MORE if len(buffer) < bytes_max else Cut(1)
