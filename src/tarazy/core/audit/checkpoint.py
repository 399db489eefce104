# SPDX-License-Identifier: EUPL-1.2
"""Signed tree heads: C2SP tlog-checkpoint over signed-note, with Ed25519.

    origin                                   the log's name, also the name of its key
    size                                     number of entries
    base64(root)
                                             an empty line ends what is signed
    — name base64(key hash || signature)     key hash: 4 bytes

A verifier key is one line: name+key hash in hexadecimal+base64(0x01 || public key).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

NOTE_LENGTH_MAX = 10_000
_ED25519 = b"\x01"
_KEY_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ROOT_BYTES = 32
_KEY_HASH_BYTES = 4


class NoteError(ValueError):
    """The text is no signed note, or nobody that we trust signed it; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head at a size: it commits to every entry below."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a log's key, and its name. ValueError where the name cannot stand."""

    name: str
    key: Ed25519PublicKey

    def __post_init__(self) -> None:
        if not _KEY_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} cannot name a key: no spaces, no plus sign")

    def key_hash(self) -> bytes:
        signed = self.name.encode() + b"\n" + _ED25519 + self.key.public_bytes_raw()
        return hashlib.sha256(signed).digest()[:_KEY_HASH_BYTES]

    def line(self) -> str:
        """As it is given out and pinned."""
        key = base64.b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_hash().hex()}+{key}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """From `name+hash+key`; ValueError where it is none."""
        try:
            name, key_hash, key = line.strip().split("+", 2)
            raw = base64.b64decode(key, validate=True)
            verifier = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
        except ValueError as error:
            raise ValueError(f"not a verifier key: {line!r}") from error
        if raw[:1] != _ED25519 or verifier.key_hash().hex() != key_hash:
            raise ValueError(f"the verifier key does not match its own hash: {line!r}")
        return verifier


@dataclass(frozen=True, slots=True)
class Signer:
    """A log's key, and its name (the origin)."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def load(cls, name: str, pem: str) -> Self:
        """From PEM text (PKCS #8); ValueError for any other key."""
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the key is of another kind than Ed25519")  # noqa: TRY004 - its text is
        return cls(name, key)

    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key())

    def sign(self, text: str) -> str:
        """The signed note of a text that ends in a newline."""
        signature = base64.b64encode(self.verifier().key_hash() + self.key.sign(text.encode()))
        return f"{text}\n— {self.name} {signature.decode()}\n"


def new_key() -> str:
    """A fresh Ed25519 key as PEM text: what the setting of the audit key holds."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a signed note; NoteError unless the verifier's key signed it.

    Signatures by other keys (witnesses) are skipped, as the specification asks.
    """
    text, separator, signatures = note.rpartition("\n\n")
    if len(note) > NOTE_LENGTH_MAX or not separator or not signatures.endswith("\n"):
        raise NoteError("this is not a signed note")
    text += "\n"
    prefix = f"— {verifier.name} "
    for line in signatures.splitlines():
        signature = _decoded(line.removeprefix(prefix)) if line.startswith(prefix) else b""
        if signature[:_KEY_HASH_BYTES] != verifier.key_hash():
            continue
        try:
            verifier.key.verify(signature[_KEY_HASH_BYTES:], text.encode())
        except InvalidSignature as error:
            raise NoteError(f"the signature of {verifier.name} does not fit the text") from error
        return text
    raise NoteError(f"{verifier.name} has not signed this note")


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """A checkpoint whose signature holds; NoteError for any other. Extension lines are allowed."""
    origin, *rest = open_note(note, verifier).split("\n")
    if origin != verifier.name or len(rest) < len(("size", "root", "")):
        raise NoteError("the note is not a checkpoint of this log")
    size, root = rest[0], _decoded(rest[1])
    if not _SIZE.fullmatch(size) or len(root) != _ROOT_BYTES:
        raise NoteError("the checkpoint has no size or no root")
    return Checkpoint(origin, int(size), root)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("the note holds broken base64") from error
