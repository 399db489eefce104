# SPDX-License-Identifier: EUPL-1.2
"""What OwnTracks encrypts: libsodium's secret box under a passphrase padded with zeros.

Source: https://owntracks.org/booklet/features/encrypt/. `data` is Base64 of a nonce of 24 bytes and
the box (XSalsa20-Poly1305); the key is the passphrase itself, without a derivation.
"""

import base64
import binascii

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tarazy.core.errors import Refused
from tarazy.supervision.refusals import Refusal


def key_of(passphrase: str) -> bytes:
    """The key: the passphrase's bytes, cut or padded with zeros to 32."""
    return passphrase.encode()[: SecretBox.KEY_SIZE].ljust(SecretBox.KEY_SIZE, b"\0")


def opened(data: str, passphrase: str) -> bytes:
    """The message inside. Raises Refused where it was sealed under another key, or damaged."""
    try:
        return SecretBox(key_of(passphrase)).decrypt(base64.b64decode(data, validate=True))
    except (CryptoError, ValueError, binascii.Error) as error:
        raise Refused(Refusal.NOT_DECRYPTED) from error
