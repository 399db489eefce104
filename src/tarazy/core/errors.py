# SPDX-License-Identifier: EUPL-1.2
"""The three kinds of error, named by what the caller can do about them."""

from enum import StrEnum


class Refused(Exception):
    """Tell the person: what was asked is not allowed, or makes no sense.

    `name` is a member of a room's `Refusal` enumeration; `facts` fill its sentence and hold no
    personal data.
    """

    def __init__(self, name: StrEnum, **facts: str | int | float) -> None:
        super().__init__(str(name))
        self.name = name
        self.facts = facts


class Temporary(Exception):
    """Try again: a part that we depend on is away for the moment."""


class Misconfigured(Exception):
    """Stop at start: a setting is missing or wrong. `remedy` says what to do about it."""

    def __init__(self, setting: str, remedy: str) -> None:
        super().__init__(f"{setting}: {remedy}")
        self.setting = setting
        self.remedy = remedy
