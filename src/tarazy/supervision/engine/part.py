# SPDX-License-Identifier: EUPL-1.2
"""Whom an engine judges: everybody, or one of several parts of the people (parts.py)."""

from dataclasses import dataclass

from tarazy.supervision.actions.judgement import ENGINE, part_name

ENDLESS = 2**62


@dataclass(frozen=True, slots=True)
class Part:
    """Those whose keys, divided by `of`, leave `number`; by the person, who may have two orders."""

    number: int = 0
    of: int = 1
    until: int = ENDLESS
    """Up to which transaction the fix store is read."""

    @property
    def whole(self) -> bool:
        """Whether it is everybody."""
        return self.of == 1

    @property
    def name(self) -> str:
        """Of its checkpoint."""
        return ENGINE if self.whole else part_name(self.number, self.of)

    def has(self, person_id: int) -> bool:
        """Whether somebody is in it."""
        return person_id % self.of == self.number


WHOLE = Part()
