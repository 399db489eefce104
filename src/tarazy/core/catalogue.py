# SPDX-License-Identifier: EUPL-1.2
"""What every rule and indicator says of itself, in words that a judge can read."""

from dataclasses import dataclass


def said(text: str) -> str:
    """Mark a text for translation in a module that must not know Django; returns it unchanged."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The public face of one rule or indicator, shown at /catalogue/."""

    code: str
    """Stable for ever: court files and published data cite it."""
    version: int
    """Raised whenever the same facts may give another finding."""
    title: str
    basis: str
    """The law or the published method that the rule applies."""
    description: str
    """Plain words: what it looks for, and why it proves nothing by itself."""
