# SPDX-License-Identifier: EUPL-1.2
"""A device's credential: a random token, known to us only by its HMAC.

A token has 128 random bits, so nobody can guess it and no slow password hash is needed: the gateway
pays for one HMAC a request. A stolen table of digests opens no door without the key.

A tracker has no token: its protocol knows only the id that is printed on it, which anybody may
read and say. It is kept as an HMAC too, apart from tokens, but it proves nothing: what such a
device says is weaker evidence, and belongs into a private APN or a VPN (docs/devices.md).
"""

import base64
import hashlib
import hmac
import secrets

TOKEN_BYTES = 16
TOKEN_LENGTH = 2 * TOKEN_BYTES
CARD_BYTES = 16
BROKER_SALT_BYTES = 12
BROKER_ITERATIONS = 101


def new_token() -> str:
    """A fresh credential: 32 hexadecimal digits, which fit a URL, a header and a form."""
    return secrets.token_hex(TOKEN_BYTES)


def digest_of(token: str, key: str) -> bytes:
    """What the database keeps of a token, and by what it finds the device again.

    No token of ours has a NUL in it. What has one may be an address in disguise, and counts as the
    empty token, which no device has.
    """
    return _digest("" if "\0" in token else token, key)


def address_of(language: str, identity: str, key: str) -> bytes:
    """By what the gate finds a device that only says its id in this language.

    The NUL keeps these apart from tokens, so that no token can be made of an id.
    """
    return _digest(f"\0{language}\0{identity}", key)


def card_digest(card: str, key: str) -> bytes:
    """What is kept of a SIM card's number, to tell that it is another one."""
    return _digest(f"\0card\0{card}", key)[:CARD_BYTES]


def _digest(text: str, key: str) -> bytes:
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256)


def broker_hash(token: str) -> str:
    """A token as Mosquitto keeps a password: `$7$`, iterations, salt, PBKDF2-HMAC-SHA512.

    The token is random, so many iterations would only slow the broker when all devices come back.
    """
    salt = secrets.token_bytes(BROKER_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", token.encode(), salt, BROKER_ITERATIONS)
    parts = (base64.b64encode(part).decode() for part in (salt, digest))
    return f"$7${BROKER_ITERATIONS}${'$'.join(parts)}"


def secret_of(device: str, key: str) -> str:
    """The passphrase under which a device with this public id encrypts; made anew, never stored.

    32 characters, as many as OwnTracks uses of one.
    """
    return hmac.digest(key.encode(), f"\0seal\0{device}".encode(), hashlib.sha256).hex()[:32]


def user_in_header(authorization: bytes) -> str:
    """The user's name of a Basic header; empty where there is none."""
    scheme, _, value = authorization.decode("latin-1").strip().partition(" ")
    return _pair(value)[0] if scheme.lower() == "basic" else ""


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
            return _pair(value)[1]
        case _:
            return ""


def _pair(value: str) -> tuple[str, str]:
    try:
        pair = base64.b64decode(value.strip(), validate=True)
    except ValueError:
        return "", ""
    user, _, token = pair.decode("utf-8", "replace").partition(":")
    return user, token
