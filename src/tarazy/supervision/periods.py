# SPDX-License-Identifier: EUPL-1.2
"""For how long papers, messages, receipts and the like are kept: the service configures it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

SHIPPED = Path(__file__).with_name("periods.toml")
LOOSE = "loose"
NAMES = (
    "scan", "photo", "signature", "evidence", "message", "appointment", "receipt", "draft", LOOSE,
)  # fmt: skip
SAME_AS = {"absence": "scan", "contact": "appointment", "checkin": "appointment"}
"""Kept as long as what is like it, where the service's file does not say otherwise."""
DAYS_MAX = 36_500


def read(path: Path) -> Mapping[str, int]:
    """Days by name, whole. ValueError with a readable reason."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if set(table) - set(SAME_AS) != set(NAMES):
        raise ValueError(f"{path} has days for each of {', '.join(NAMES)}, and nothing else")
    for name, days in table.items():
        if type(days) is not int or not 1 <= days <= DAYS_MAX:
            raise ValueError(f"{name} is a whole number of days from 1 to {DAYS_MAX}")
    return {name: table[like] for name, like in SAME_AS.items()} | table
