# SPDX-License-Identifier: EUPL-1.2
"""Numbers of a rule that an order may set otherwise, within bounds that the rule itself states.

A setting has its moment: what was judged before is judged again with what applied then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number. Rules that share one name the same object."""

    name: str
    """Stable, with its unit at the end: orders and replays cite it."""
    title: str
    usual: int
    lowest: int
    highest: int
    step: int = 1
    reason: str
    """Why it is so, and why not lower or higher."""

    def allows(self, value: object) -> bool:
        """Whether an order may set it to this."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.lowest <= value <= self.highest and value % self.step == 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What an order sets from a moment on, until it sets the same otherwise."""

    name: str
    value: int
    since: datetime


def setting_at(settings: Sequence[Setting], parameter: Parameter, moment: datetime) -> int:
    """The value that applies at a moment; `settings` oldest first.

    A bound that was drawn tighter later holds for what was set before too.
    """
    value = parameter.usual
    for one in settings:
        if one.since > moment:
            break
        if one.name == parameter.name:
            value = one.value
    return min(max(value, parameter.lowest), parameter.highest)
