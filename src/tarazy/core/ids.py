# SPDX-License-Identifier: EUPL-1.2
"""Public ids: a prefix that names the kind, and a UUIDv7 (RFC 9562, 5.7) in hexadecimal."""

import os
import re
import time
from collections.abc import Callable
from functools import partial

PUBLIC_ID_LENGTH_MAX = 40
PUBLIC_ID = re.compile(r"^[a-z]{3}_[0-9a-f]{32}$")


def uuid7_hex(unix_ms: int, random_bits: int) -> str:
    """32 hexadecimal digits: 48 bits of time, version 7, variant 10, 74 random bits."""
    high = (unix_ms & (1 << 48) - 1) << 16 | 0x7000 | random_bits >> 62 & 0xFFF
    low = 0b10 << 62 | random_bits & (1 << 62) - 1
    return f"{high << 64 | low:032x}"


def new_id(prefix: str) -> str:
    """A fresh public id such as `ord_0190…`; sorts by its time of birth."""
    return f"{prefix}_{uuid7_hex(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))}"


def maker(prefix: str) -> Callable[[], str]:
    """A default for a model's field; each kind of record names its own prefix."""
    return partial(new_id, prefix)
