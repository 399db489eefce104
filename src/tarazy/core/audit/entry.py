# SPDX-License-Identifier: EUPL-1.2
"""One line of the audit log: what it says, and the bytes that the tree is built over.

The leaf is canonical JSON (RFC 8785, in the subset of strings, integers, null, lists and objects;
no floats, no booleans). It holds ids and, for everything that a person wrote or that tells about a
person, a commitment: SHA-256(salt || canonical JSON of the value), with 16 random bytes of salt.
Salt and value live in a side table; once they are erased, the leaf still proves that something
was said, and nobody can find out what.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

LEAF_VERSION = 1
SALT_BYTES = 16
INTEGER_MAX = 2**53 - 1  # RFC 8785 writes numbers as IEEE 754 doubles do
DETAILS_MAX = 32
DETAIL_LENGTH_MAX = 20_000
SUBJECT_AS_GIVEN = "subject_as_given"

Kind = Literal["action", "look", "machine"]
Json = str | int | None | Sequence["Json"] | Mapping[str, "Json"]

_ENCODER = json.JSONEncoder(ensure_ascii=False)
"""Escapes exactly what RFC 8785 escapes; made once, for it takes longer than a text."""
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,99}")
_VERB = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_OUTCOME = re.compile(r"done|refused:[A-Za-z0-9_.:-]{1,80}")
_DETAIL_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no text for these


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the door knows when an act is over. ValueError where a part is not an identifier.

    A `subject` that does not look like an id may be anything that somebody typed: it goes into
    the details, and the leaf holds a commitment to it.
    """

    verb: str
    kind: Kind
    outcome: str
    """"done", or "refused:" and the name of the refusal."""
    actor: str
    """Public id of a person, or the name of a process."""
    roles: tuple[str, ...] = ()
    purpose: str | None = None
    basis: str | None = None
    """Public id of the order or of the consent that allows it."""
    subject: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    """Free text and personal facts; cut at DETAIL_LENGTH_MAX characters."""

    def __post_init__(self) -> None:
        _require(_VERB, self.verb, "verb")
        _require(_OUTCOME, self.outcome, "outcome")
        for token in (self.actor, *self.roles, self.purpose, self.basis):
            if token is not None:
                _require(_TOKEN, token, "actor, role, purpose or basis")
        for name in self.details:
            _require(_DETAIL_NAME, name, "name of a detail")
        if len(self.details) > DETAILS_MAX:
            raise ValueError(f"an audit line has at most {DETAILS_MAX} details")


@dataclass(frozen=True, slots=True)
class Detail:
    """A value that a leaf commits to, and the salt that opens the commitment."""

    salt: bytes
    value: str

    def commitment(self) -> str:
        """64 hexadecimal digits, as they stand in the leaf."""
        return hashlib.sha256(self.salt + canonical(self.value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line that is ready to be appended."""

    leaf: bytes
    details: dict[str, Detail]


def seal(line: Line, now: datetime) -> Sealed:
    """The leaf of a line, and the salted details that it commits to."""
    given = dict(line.details)
    subject = line.subject
    if subject and not _TOKEN.fullmatch(subject):
        given[SUBJECT_AS_GIVEN] = subject
        subject = ""
    details = {name: Detail(os.urandom(SALT_BYTES), _storable(given[name])) for name in given}
    leaf: Json = {
        "v": LEAF_VERSION,
        "at": instant(now),
        "verb": line.verb,
        "kind": line.kind,
        "outcome": line.outcome,
        "actor": line.actor,
        "roles": sorted(line.roles),
        "purpose": line.purpose,
        "basis": line.basis,
        "subject": subject,
        "details": {name: detail.commitment() for name, detail in details.items()},
    }
    return Sealed(canonical(leaf), details)


def instant(at: datetime) -> str:
    """UTC to the microsecond, always 27 characters: 2026-01-31T08:15:00.000000Z."""
    if at.tzinfo is None:
        raise ValueError("a time in the audit log is aware")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(value: Json) -> bytes:
    """Canonical JSON (RFC 8785). TypeError outside the subset, ValueError for a large integer."""
    return _text(value).encode()


def _text(value: object) -> str:
    match value:
        case None:
            return "null"
        case str():
            return _ENCODER.encode(value)
        case int() if not isinstance(value, bool):
            if abs(value) > INTEGER_MAX:
                raise ValueError(f"{value} is not exact in RFC 8785")
            return str(value)
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
        case _:
            raise TypeError(f"{type(value).__name__} has no place in an audit entry")


def _storable(value: str) -> str:
    """A refused attempt is logged whatever it carried, so unstorable characters are replaced."""
    return _UNSTORABLE.sub("\ufffd", value[:DETAIL_LENGTH_MAX])


def _require(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} is not a {what} of an audit line")
