# SPDX-License-Identifier: EUPL-1.2
"""What an alert may turn out to be; the service's own list is read by `cause_list.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CauseKind:
    """One cause, with its name in each language of the screen."""

    code: str
    titles: Mapping[str, str]
    counts_as: str
    """`true`: something had happened; `false`: it called somebody for nothing; `neither`."""
    rules: frozenset[str]
    """Codes of the rules of whose alerts it may be the cause."""
    in_use: bool

    def offered(self, rule: str) -> bool:
        """Whether an alert of this rule may be resolved with it now."""
        return self.in_use and rule in self.rules


def offered(causes: Mapping[str, CauseKind], rules: Sequence[str]) -> set[str]:
    """The codes with which an alert of any of these rules may be resolved."""
    return {kind.code for kind in causes.values() if any(kind.offered(rule) for rule in rules)}


def false_codes(causes: Mapping[str, CauseKind]) -> list[str]:
    """Of alerts that called somebody for nothing; also those that are no longer offered."""
    return [code for code, kind in causes.items() if kind.counts_as == "false"]
