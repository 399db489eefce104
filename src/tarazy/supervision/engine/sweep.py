# SPDX-License-Identifier: EUPL-1.2
"""Compare all orders with what the engine knows of them: a new condition, a revocation.

Some thousands of orders at a time, so that a sweep of all of them stalls nobody's reports.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tarazy.supervision.engine import loading

SWEEP_EVERY = timedelta(seconds=10)
"""How often a sweep begins, unless the last one is still under way."""
ORDERS_MAX = 2_500
"""Orders that are compared in one step, but in the first of an engine that has just started."""


@dataclass(slots=True)
class Sweep:
    """What the engine remembers of orders' terms between steps."""

    signs: dict[int, str] = field(default_factory=dict)
    began_at: datetime | None = None
    next: int | None = None
    """The key at which the sweep under way goes on."""
    _seen: dict[int, str] = field(default_factory=dict)

    def go_on(self, since: datetime, now: datetime) -> tuple[set[int], set[int]]:
        """A part of a sweep, if one is due: orders to look at, and orders that are over while a
        place or a running alert of theirs is there."""
        changed, most = set[int](), None if self.began_at is None else ORDERS_MAX
        if self.next is None:
            if self.began_at is not None and now - self.began_at < SWEEP_EVERY:
                return changed, set()
            self.began_at, self.next, self._seen = now, 0, {}
            changed = loading.healed()
        found = loading.signs(since, now, loading.Part(self.next, most))
        changed |= {key for key, sign in found.items() if self.signs.get(key) != sign}
        self._seen |= found
        self.next = max(found) + 1 if len(found) == most else None
        if self.next is not None:
            return changed, set()
        self.signs, self._seen = self._seen, {}
        return changed, loading.left_over(now) - set(self.signs)
