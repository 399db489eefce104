# SPDX-License-Identifier: EUPL-1.2
"""Makes the secrets that the settings ask for; a real service refuses those marked as a demo's."""

import secrets

import typer

from tarazy.core.audit.checkpoint import new_key

BYTES = 32


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
