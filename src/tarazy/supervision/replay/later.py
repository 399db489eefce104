# SPDX-License-Identifier: EUPL-1.2
"""What becomes known of an order as it runs, beside reports: permissions, asked intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.supervision.judging.permits import Permit, moments
from tarazy.supervision.replay.terms import AskedInterval, stretches


@dataclass(frozen=True, slots=True)
class Later:
    """Each with the time at which it was known."""

    permits: Sequence[Permit] = ()
    """Those that are known from the beginning are in the subject already."""
    asked: Sequence[AskedInterval] = ()

    def stops(self, usual_s: int, until: datetime) -> list[tuple[int, datetime]]:
        """Up to each moment at which something becomes known: how often reports are due, and it."""
        known = moments(self.permits)
        found: list[tuple[int, datetime]] = []
        for seconds, end in stretches(usual_s, self.asked, until):
            begun = found[-1][1] if found else None
            found += [(seconds, at) for at in known if at < end and (begun is None or at > begun)]
            found.append((seconds, end))
        return found


NOTHING = Later()
