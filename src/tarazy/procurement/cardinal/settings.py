# SPDX-License-Identifier: EUPL-1.2
"""Cardinal's settings file: an INI file in which a section with an indicator's code turns it on.

The file is read as Cardinal reads it: the last of several equal names wins, and of equal sections
too, a section with dots is inside the section before the dot, and an unknown name is an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tarazy.procurement.cardinal import ini

SETTINGS_BYTES_MAX = 1 << 20
BOM = b"\xef\xbb\xbf"
I64_MAX = (1 << 63) - 1
U64_MAX = (1 << 64) - 1
NAME_WITH_DOTS = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")
WORDS_OF_YES = ("true", "on", "yes")
WORDS_OF_NO = ("false", "off", "no")
INTEGER = re.compile(r"[+-]?[0-9]+\Z")
DECIMAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity|nan)\Z", re.IGNORECASE
)
COMMENT_AFTER_NUMBER = re.compile(r"[ \t]+[;#].*\Z", re.DOTALL)

Tree = dict[str, Any]  # texts, and trees of sections


class BadSettings(Exception):
    """The settings cannot be used; the message says where and why."""


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section of which every name is optional."""


class R003Section(_Section, frozen=True, forbid_unknown_fields=True):
    threshold: int = 15
    procurement_methods: str = ""
    procurement_method_details: dict[str, int] = {}


class R018Section(_Section, frozen=True, forbid_unknown_fields=True):
    procurement_methods: str = "open|selective"


class RatioSection(_Section, frozen=True, forbid_unknown_fields=True):
    """Of R024 and R058."""

    threshold: float | None = None


class R025Section(_Section, frozen=True, forbid_unknown_fields=True):
    percentile: int = 75
    threshold: float | None = None


class R035Section(_Section, frozen=True, forbid_unknown_fields=True):
    threshold: int = 1


class R038Section(_Section, frozen=True, forbid_unknown_fields=True):
    threshold: float | None = None
    minimum_submitted_bids: int = 2
    minimum_contracting_processes: int = 2


class R048Section(_Section, frozen=True, forbid_unknown_fields=True):
    digits: int = 2
    threshold: int | None = None
    minimum_contracting_processes: int = 20


class PlainSection(_Section, frozen=True, forbid_unknown_fields=True):
    """A section without names: R028, R030, R036."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the indicators read of the file; an indicator without its section is None."""

    currency: str | None = None
    no_price_comparison: frozenset[str] = frozenset()
    price_comparison: frozenset[str] = frozenset()
    excluded_method_details: frozenset[str] = frozenset()
    tells_other_currencies: bool = True
    r003: R003Section | None = None
    r018: R018Section | None = None
    r024: RatioSection | None = None
    r025: R025Section | None = None
    r028: PlainSection | None = None
    r030: PlainSection | None = None
    r035: R035Section | None = None
    r036: PlainSection | None = None
    r038: R038Section | None = None
    r048: R048Section | None = None
    r058: RatioSection | None = None
    warnings: tuple[str, ...] = field(default=())


TEXT, SIGNED, UNSIGNED, NUMBER, TRUTH = "text", "signed", "unsigned", "number", "truth"
SECTIONS: Mapping[str, tuple[type[_Section], Mapping[str, str]]] = {
    "R003": (
        R003Section,
        {"threshold": SIGNED, "procurement_methods": TEXT, "procurement_method_details.*": SIGNED},
    ),
    "R018": (R018Section, {"procurement_methods": TEXT}),
    "R024": (RatioSection, {"threshold": NUMBER}),
    "R025": (R025Section, {"percentile": UNSIGNED, "threshold": NUMBER}),
    "R028": (PlainSection, {}),
    "R030": (PlainSection, {}),
    "R035": (R035Section, {"threshold": UNSIGNED}),
    "R036": (PlainSection, {}),
    "R038": (
        R038Section,
        {
            "threshold": NUMBER,
            "minimum_submitted_bids": UNSIGNED,
            "minimum_contracting_processes": UNSIGNED,
        },
    ),
    "R048": (
        R048Section,
        {"digits": UNSIGNED, "threshold": UNSIGNED, "minimum_contracting_processes": UNSIGNED},
    ),
    "R058": (RatioSection, {"threshold": NUMBER}),
}
GENERAL = ("currency", "no_price_comparison_procurement_methods",
           "price_comparison_procurement_methods")  # fmt: skip
OTHERS: Mapping[str, Mapping[str, str]] = {
    "exclusions": {"procurement_method_details": TEXT},
    "output": {"info_currency_mismatches": TRUTH},
    # of the command "prepare", checked and not used here
    "defaults": {
        "currency": TEXT,
        "item_classification_scheme": TEXT,
        "bid_status": TEXT,
        "award_status": TEXT,
        "party_roles": TRUTH,
    },
    "redactions": {"amount": TEXT, "organization_id": TEXT},
    "corrections": {"award_status_by_contract_status": TRUTH},
    "modifications": {
        "move_auctions": TRUTH,
        "prefix_buyer_or_procuring_entity_id": TEXT,
        "prefix_tenderer_or_supplier_id": TEXT,
        "split_procurement_method_details": TEXT,
    },
    "codelists": {"bid_status.*": TEXT, "award_status.*": TEXT},
}
NOT_COMPUTED: Mapping[str, Mapping[str, str]] = {  # in some versions of Cardinal
    "R044": {},
    "R055": {"threshold": NUMBER, "start_date": TEXT, "end_date": TEXT},
}


def read(path: Path) -> Settings:
    """The settings of a file, whose ending ".ini" may be left out. Raises BadSettings."""
    if not path.exists() and (whole := path.with_name(f"{path.name}.ini")).exists():
        path = whole
    try:
        with path.open("rb") as file:
            data = file.read(SETTINGS_BYTES_MAX + 1)
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from error
    if len(data) > SETTINGS_BYTES_MAX:
        raise BadSettings(f"{path}: longer than {SETTINGS_BYTES_MAX} bytes")
    return parse(data.removeprefix(BOM).decode("utf-8", "replace"))


def parse(text: str) -> Settings:
    """The settings of a text. Raises BadSettings."""
    tree = _tree(text)
    found: dict[str, Any] = {}
    others: dict[str, Tree] = {}
    warnings = []
    for name, node in tree.items():
        if name in SECTIONS:
            kind, fields = SECTIONS[name]
            found[name.lower()] = kind(**_typed(node, fields, name))
        elif name in GENERAL:
            found[name] = _value(node, TEXT, name)
        elif name in OTHERS or name in NOT_COMPUTED:
            others[name] = _typed(node, {**OTHERS, **NOT_COMPUTED}[name], name)
            if name in NOT_COMPUTED:
                warnings.append(f"{name} is not computed.")
        else:
            raise BadSettings(f"unknown field {name!r}")
    no_comparison = found.pop("no_price_comparison_procurement_methods", None)
    comparison = found.pop("price_comparison_procurement_methods", None)
    if no_comparison is not None and comparison is not None:
        warnings.append(
            "no_price_comparison_procurement_methods has no effect"
            " where price_comparison_procurement_methods is set."
        )
    return Settings(
        no_price_comparison=_set(no_comparison),
        price_comparison=_set(comparison),
        excluded_method_details=_set(
            others.get("exclusions", {}).get("procurement_method_details")
        ),
        tells_other_currencies=not others.get("output", {}).get("info_currency_mismatches"),
        warnings=tuple(warnings),
        **found,
    )


def methods(text: str) -> frozenset[str]:
    """The members of a list with "|" between them, blanks kept; an end after "|" is no member."""
    parts = text.split("|")
    return frozenset(parts if parts[-1] else parts[:-1])


def _set(text: str | None) -> frozenset[str]:
    return methods(text or "")


def _tree(text: str) -> Tree:
    """The sections as a tree by the dots in their names."""
    try:
        sections = ini.sections(text)
    except ini.BadIni as error:
        raise BadSettings(str(error)) from error
    flat: Tree = {}
    for section, values in sections:
        flat.update(values if section is None else {section: values})
    tree: Tree = {}
    for name, value in flat.items():
        *parents, last = name.split(".") if NAME_WITH_DOTS.match(name) else [name]
        node = tree
        for parent in parents:
            inner = node.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise BadSettings(f"{parent}: a value and a section of one name")
            node = inner
        known = node.get(last)
        merged = isinstance(known, dict) and isinstance(value, dict)
        node[last] = {**known, **value} if merged else value  # type: ignore[dict-item]
    return tree


def _typed(node: Any, fields: Mapping[str, str], path: str) -> Tree:
    if not isinstance(node, dict):
        raise BadSettings(f"{path}: a section is expected, not a value")
    typed = {}
    for name, value in node.items():
        if f"{name}.*" in fields:
            if not isinstance(value, dict):
                raise BadSettings(f"{path}.{name}: a section is expected, not a value")
            kind = fields[f"{name}.*"]
            typed[name] = {
                key: _value(one, kind, f"{path}.{name}.{key}") for key, one in value.items()
            }
        elif name in fields:
            typed[name] = _value(value, fields[name], f"{path}.{name}")
        else:
            raise BadSettings(f"{path}: unknown field {name!r}")
    return typed


def _value(value: Any, kind: str, path: str) -> Any:
    if not isinstance(value, str):
        raise BadSettings(f"{path}: a value is expected, not a section")
    if kind == TEXT:
        return value
    word = COMMENT_AFTER_NUMBER.sub("", value)
    if word.lower() in WORDS_OF_YES or word.lower() in WORDS_OF_NO:
        truth = word.lower() in WORDS_OF_YES
        return truth if kind == TRUTH else float(truth) if kind == NUMBER else int(truth)
    if kind == TRUTH and word in ("0", "1"):
        return word == "1"
    if kind == NUMBER and DECIMAL.match(word):
        return float(word)
    if kind in (SIGNED, UNSIGNED) and INTEGER.match(word):
        number = int(word)
        low, high = (-I64_MAX - 1, I64_MAX) if kind == SIGNED else (0, U64_MAX)
        if low <= number <= high and not (kind == UNSIGNED and word.startswith("-")):
            return number
    expected = {SIGNED: "an integer", UNSIGNED: "a whole number from 0", NUMBER: "a number",
                TRUTH: "true or false"}[kind]  # fmt: skip
    raise BadSettings(f"{path}: {value!r} is not {expected}")
