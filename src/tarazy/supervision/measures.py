# SPDX-License-Identifier: EUPL-1.2
"""The kinds of measure that a court may order: a list that the service configures, not code."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHIPPED = Path(__file__).with_name("measures.toml")
LANGUAGES = ("kk", "ru", "en")
CODE = re.compile(r"[a-z][a-z_]{0,29}", re.ASCII)
MEASURES_MAX = 100


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """One kind of measure, with its name in each language of the screen."""

    code: str
    titles: Mapping[str, str]
    basis: str
    in_use: bool


def read(path: Path) -> dict[str, MeasureKind]:
    """The list of a file, by code. ValueError with a readable reason."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not 0 < len(table) <= MEASURES_MAX:
        raise ValueError(f"{path} has no measure in it, or more than {MEASURES_MAX}")
    return {code: _kind(code, row) for code, row in table.items()}


def _kind(code: str, row: object) -> MeasureKind:
    if not CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no code: small letters and _, at most 30")
    known = {*LANGUAGES, "basis", "in_use"}
    if not isinstance(row, dict) or not {*LANGUAGES, "basis"} <= set(row) <= known:
        raise ValueError(f"[{code}] has {', '.join(LANGUAGES)}, basis and perhaps in_use")
    titles = {language: row[language] for language in LANGUAGES}
    if not all(isinstance(text, str) and text.strip() for text in (*titles.values(), row["basis"])):
        raise ValueError(f"[{code}] has a name that is no text")
    in_use = row.get("in_use", True)
    if not isinstance(in_use, bool):
        raise ValueError(f"[{code}].in_use is true or false")  # noqa: TRY004 - its value is wrong
    return MeasureKind(code, titles, row["basis"], in_use)
