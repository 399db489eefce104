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
DAYS_MAX = 36_500


def read(path: Path) -> Mapping[str, int]:
    """Days by name, whole. ValueError with a readable reason."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if set(table) != set(NAMES):
        raise ValueError(f"{path} has days for each of {', '.join(NAMES)}, and nothing else")
    for name, days in table.items():
        if type(days) is not int or not 1 <= days <= DAYS_MAX:
            raise ValueError(f"{name} is a whole number of days from 1 to {DAYS_MAX}")
    return table
