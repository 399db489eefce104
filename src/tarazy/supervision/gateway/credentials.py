# SPDX-License-Identifier: EUPL-1.2
"""A device's credential: a random token, known to us only by its HMAC.

A token has 128 random bits, so nobody can guess it and no slow password hash is needed: the gateway
pays for one HMAC a request. A stolen table of digests opens no door without the key.
"""

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 16
TOKEN_LENGTH = 2 * TOKEN_BYTES


def new_token() -> str:
    """A fresh credential: 32 hexadecimal digits, which fit a URL, a header and a form."""
    return secrets.token_hex(TOKEN_BYTES)


def digest_of(token: str, key: str) -> bytes:
    """What the database keeps of a token, and by what it finds the device again."""
    return hmac.digest(key.encode(), token.encode("utf-8", "surrogatepass"), hashlib.sha256)


def token_in_header(authorization: bytes) -> str:
    """The token of an `Authorization` header: Basic (the password; any user name) or Bearer.

    An unreadable header gives the empty token, which no device has: a message whose header is wrong
    is not let in by an id in its body.
    """
    scheme, _, value = authorization.decode("latin-1").strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                pair = base64.b64decode(value.strip(), validate=True)
            except ValueError:
                return ""
            return pair.decode("utf-8", "replace").partition(":")[2]
        case _:
            return ""
