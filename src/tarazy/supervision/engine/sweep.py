# SPDX-License-Identifier: EUPL-1.2
"""Compare all orders with what the engine knows of them: a new condition, a revocation.

Some thousands of orders at a time, so that a sweep of all of them stalls nobody's reports.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tarazy.supervision.engine import loading
from tarazy.supervision.engine.part import WHOLE, Part
from tarazy.supervision.engine.roster import Roster

SWEEP_EVERY = timedelta(seconds=10)
"""How often a sweep begins, unless the last one is still under way."""
ORDERS_MAX = 2_500
"""Orders that are compared in one step, except in the first of an engine that has just started."""
ALL = 2**31


@dataclass(slots=True)
class Sweep:
    """What the engine remembers of orders' terms between steps."""

    signs: dict[int, str] = field(default_factory=dict)
    pending: set[int] = field(default_factory=set)
    """Orders that are to be read anew."""
    ended: set[int] = field(default_factory=set)
    """Found by this step: no longer in force while a place or a running alert of theirs is."""
    gone: set[int] = field(default_factory=set)
    """Found by this step: over for longer than a step by now, as after a revocation, and nobody
    has walked up to that end."""
    began_at: datetime | None = None
    _next: int | None = None
    """The key at which the sweep under way goes on."""
    _seen: dict[int, str] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether there is more to compare, or to read, at once."""
        return bool(self.pending) or self._next is not None

    def go_on(self, roster: Roster, since: datetime, now: datetime, part: Part = WHOLE) -> None:
        """Some of a sweep, if one is due."""
        self.ended, self.gone = set(), set()
        first = self.began_at is None
        if self._next is None:
            if self.began_at is not None and now - self.began_at < SWEEP_EVERY:
                return
            self.began_at, self._next, self._seen = now, 0, {}
            roster.look(loading.healed(now))
        most = ALL if first else ORDERS_MAX
        found = loading.signs(since, now, self._next, most, part)
        self.pending |= {key for key, sign in found.items() if self.signs.get(key) != sign}
        self._seen |= found
        self._next = max(found) + 1 if len(found) == most else None
        if self._next is None:
            self._done(roster, now, part)

    def _done(self, roster: Roster, now: datetime, part: Part) -> None:
        over = set(self.signs) - set(self._seen)
        self.gone = over & set(roster.members)
        for key in self.gone:
            roster.drop(key)
        self.pending -= over
        self.ended = loading.left_over(now, part) - set(self._seen)
        self.signs = self._seen
