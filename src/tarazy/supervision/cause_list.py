# SPDX-License-Identifier: EUPL-1.2
"""Reads the service's own list of what alerts may turn out to be, and holds it to the rules."""

import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tarazy.supervision import not_judged, own_outage, retired
from tarazy.supervision.causes import CauseKind
from tarazy.supervision.rules import PAIR_RULES, RULES

SHIPPED = Path(__file__).with_name("causes.toml")
LANGUAGES = ("kk", "ru", "en")
CODE = re.compile(r"[a-z][a-z_]{0,19}", re.ASCII)
CAUSES_MAX = 50
COUNTS = ("true", "false", "neither")
CODES = frozenset(
    {
        *(rule.CARD.code for rule in RULES),
        *(rule.CARD.code for rule in PAIR_RULES),
        *(card.code for card in (own_outage.CARD, not_judged.CARD, retired.CARD)),
    }
)
KEYS = {*LANGUAGES, "counts_as", "rules", "not_rules", "in_use"}


def read(path: Path) -> dict[str, CauseKind]:
    """The list of a file, by code. ValueError with a readable reason."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not 0 < len(table) <= CAUSES_MAX:
        raise ValueError(f"{path} has no cause in it, or more than {CAUSES_MAX}")
    found = {code: _kind(code, row) for code, row in table.items()}
    for rule in sorted(CODES - {retired.CARD.code}):
        if not any(kind.offered(rule) for kind in found.values()):
            raise ValueError(f"{path} offers no cause for alerts of {rule}: nobody could close one")
    return found


def _kind(code: str, row: Any) -> CauseKind:
    if not CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no code: small letters and _, at most 20")
    if not isinstance(row, dict) or not {*LANGUAGES, "counts_as"} <= set(row) <= KEYS:
        raise ValueError(f"[{code}] has {', '.join(LANGUAGES)}, counts_as and perhaps in_use")
    titles = {language: row[language] for language in LANGUAGES}
    if not all(isinstance(text, str) and text.strip() for text in titles.values()):
        raise ValueError(f"[{code}] has a name that is no text")
    if row["counts_as"] not in COUNTS:
        raise ValueError(f"[{code}].counts_as is one of {', '.join(COUNTS)}")
    in_use = row.get("in_use", True)
    if not isinstance(in_use, bool):
        raise ValueError(f"[{code}].in_use is true or false")  # noqa: TRY004 - its value is wrong
    rules = _rules(code, "rules", row.get("rules", ["*"])) - _rules(
        code, "not_rules", row.get("not_rules", [])
    )
    return CauseKind(code, titles, row["counts_as"], frozenset(rules), in_use)


def _rules(code: str, key: str, patterns: Any) -> set[str]:
    """The codes of rules that these stand for; one that stands for none is a mistake."""
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise ValueError(f"[{code}].{key} is a list of codes of rules")
    found: set[str] = set()
    for pattern in patterns:
        meant = {rule for rule in CODES if fnmatchcase(rule, pattern)}
        if not meant:
            raise ValueError(f"[{code}].{key}: there is no rule {pattern!r}")
        found |= meant
    return found
