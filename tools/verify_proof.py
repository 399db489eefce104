#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Checks offline that one entry stands in an audit log: `verify_proof.py PROOF --key VERIFIER_KEY`.

It stands alone on purpose, with the standard library and `cryptography` only: whoever doubts the
service must not need the service's own code. PROOF is what `tarazy audit prove` printed. Get the
verifier key (`name+hash+key`) from the service by another way than the proof.
Formats: RFC 9162, 2.1.3 (inclusion proof), C2SP signed-note and tlog-checkpoint (signed head).
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF_BYTES_MAX = 1_000_000
HASHES_MAX = 63
ED25519 = b"\x01"
HASH_BYTES = 32
KEY_HASH_BYTES = 4


class NotProvedError(Exception):
    """Why not, in words."""


def read_proof(path: Path) -> dict[str, Any]:
    """The proof, each part of the kind that it must be."""
    try:
        raw = path.read_bytes()
        if len(raw) > PROOF_BYTES_MAX:
            raise NotProvedError("the file is too large for a proof")
        proof: Any = json.loads(raw)
    except (OSError, ValueError, RecursionError) as error:
        raise NotProvedError(f"the file cannot be read as a proof: {error}") from error
    if not isinstance(proof, dict):
        raise NotProvedError("the file holds no proof")
    kinds = {"leaf": str, "seq": int, "size": int, "hashes": list, "checkpoint": str}
    for name, kind in kinds.items():
        if type(proof.get(name)) is not kind:
            raise NotProvedError(f"the proof has no {name}")
    if len(proof["hashes"]) > HASHES_MAX:
        raise NotProvedError("the proof has more hashes than any tree is high")
    return proof


def key_of(line: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """Name, key hash and key of a verifier key."""
    try:
        name, key_hash, encoded = line.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as error:
        raise NotProvedError("that is not a verifier key (name+hash+key)") from error
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:KEY_HASH_BYTES]
    if raw[:1] != ED25519 or expected.hex() != key_hash:
        raise NotProvedError("the verifier key does not match its own hash: it was mistyped")
    return name, expected, key


def signed_head(note: str, verifier_key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that the key signed."""
    name, key_hash, key = key_of(verifier_key)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        signature = decoded(line.removeprefix(f"— {name} ")) if f"— {name} " in line else b""
        if signature[:KEY_HASH_BYTES] == key_hash:
            try:
                key.verify(signature[KEY_HASH_BYTES:], text.encode())
            except InvalidSignature as error:
                raise NotProvedError("the signature of the tree head is wrong") from error
            break
    else:
        raise NotProvedError(f"the tree head is not signed by the key of {name}")
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    if origin != name or not (size.isascii() and size.isdecimal()):
        raise NotProvedError(f"the signed text is no tree head of {name}")
    return int(size), decoded(root)


def root_from(leaf: bytes, seq: int, size: int, hashes: list[bytes]) -> bytes:
    """The root that the leaf and the hashes beside its way up give (RFC 9162, 2.1.3.2)."""
    first, last = seq, size - 1
    result = hashlib.sha256(b"\x00" + leaf).digest()
    for other in hashes:
        if last == 0 or len(other) != HASH_BYTES:
            raise NotProvedError("the proof does not fit a tree of this size")
        if first & 1 or first == last:
            result = hashlib.sha256(b"\x01" + other + result).digest()
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + other).digest()
        first, last = first >> 1, last >> 1
    if last:
        raise NotProvedError("the proof does not fit a tree of this size")
    return result


def check(proof: dict[str, Any], verifier_key: str) -> None:
    """NotProvedError unless the entry stands in the tree whose head the key signed."""
    size, root = signed_head(proof["checkpoint"], verifier_key)
    if size != proof["size"]:
        raise NotProvedError(f"the signed tree has {size} entries, the proof says {proof['size']}")
    if not 0 <= proof["seq"] < size:
        raise NotProvedError(f"entry {proof['seq']} is outside a tree of {size} entries")
    hashes = [decoded(one) for one in proof["hashes"]]
    if root_from(proof["leaf"].encode(), proof["seq"], size, hashes) != root:
        raise NotProvedError("the entry was changed, or is not in the signed tree")


def description(proof: dict[str, Any]) -> str:
    """Who, what and when, as the entry says it."""
    try:
        leaf = json.loads(proof["leaf"])
        rows = {
            "entry": f"{proof['seq']} of {proof['size']}",
            "when": leaf["at"],
            "who": f"{leaf['actor']} ({', '.join(leaf['roles']) or 'no role'})",
            "what": f"{leaf['verb']} ({leaf['kind']}), {leaf['outcome']}",
            "about": leaf["subject"] or "-",
            "purpose": leaf["purpose"] or "-",
            "basis": leaf["basis"] or "-",
            "sealed": ", ".join(leaf["details"]) or "-",
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotProvedError("the entry is not one of this kind of log") from error
    # What somebody hid in an entry must not steer the terminal.
    return "\n".join(f"{name:8} {ascii(str(text))[1:-1]}" for name, text in rows.items())


def decoded(text: object) -> bytes:
    """Base64, or NotProvedError."""
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise NotProvedError("the proof holds broken base64") from error


def main() -> int:
    """0: proved. 1: not proved."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("proof", type=Path, help="file printed by `tarazy audit prove`")
    parser.add_argument("--key", help="verifier key: name+hash+key, from a source that you trust")
    options = parser.parse_args()
    try:
        proof = read_proof(options.proof)
        if options.key is None:
            print(
                "WARNING: no --key given. The key is taken from the proof itself, so this shows\n"
                "WARNING: only that the file fits together. Anybody can make such a file.",
                file=sys.stderr,
            )
        check(proof, options.key or str(proof.get("verifier")))
        told = description(proof)
    except (NotProvedError, UnicodeEncodeError) as why:
        print(f"NOT proved: {why}")
        return 1
    print(told)
    print("proved" if options.key else "proved under the proof's own key only")
    return 0


if __name__ == "__main__":
    sys.exit(main())
