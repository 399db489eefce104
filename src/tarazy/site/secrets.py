# SPDX-License-Identifier: EUPL-1.2
"""Makes the secrets that the settings ask for; a real service refuses those marked as a demo's."""

import hashlib
import hmac
import secrets

import typer

from tarazy.core.audit.checkpoint import new_key

BYTES = 32
BROKER_USER = "gateway"


def make(mark: str = "") -> dict[str, str]:
    """New values by setting name; `mark` begins the demo's, so that a real service refuses them."""
    return {
        "TARAZY_SECRET_KEY": mark + secrets.token_urlsafe(BYTES),
        "TARAZY_DEVICE_KEY": mark + secrets.token_urlsafe(BYTES),
        "TARAZY_AUDIT_KEY": new_key().strip().replace("\n", "\\n"),
    }


def text(values: dict[str, str]) -> str:
    """The lines of a settings file."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def command() -> None:
    """Print new secrets."""
    typer.echo(text(make()), nl=False)


def broker_password(device_key: str) -> str:
    """The gateway's own password at the demo's broker."""
    return hmac.digest(device_key.encode(), b"\0broker", hashlib.sha256).hex()
