# SPDX-License-Identifier: EUPL-1.2
"""Makes the secrets that the settings ask for; a real service refuses those marked as a demo's."""

import secrets

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

BYTES = 32


def make(mark: str = "") -> dict[str, str]:
    """New values by setting name; `mark` begins the demo's, so that a real service refuses them."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return {
        "TARAZY_SECRET_KEY": mark + secrets.token_urlsafe(BYTES),
        "TARAZY_DEVICE_KEY": mark + secrets.token_urlsafe(BYTES),
        "TARAZY_AUDIT_KEY": pem.decode().strip().replace("\n", "\\n"),
    }


def text(values: dict[str, str]) -> str:
    """The lines of a settings file."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def command() -> None:
    """Print new secrets."""
    typer.echo(text(make()), nl=False)
