# SPDX-License-Identifier: EUPL-1.2
"""The same coordinates to the last digit, for long, while the device says that it moves.

At rest a phone may well hold its place: that is no fault. Moving and standing at once is one: the
receiver hangs, or somebody feeds it.

Not marked:
1. less than `FIXES_MIN` fixes or `FOR_S_MIN` with them
2. the device does not say a speed above `SPEED_KMH_MIN` in at least half of them
Not assessed:
3. no fix of the run has a speed
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import NOT_ASSESSED, Answers, Card, Trail, runs

CARD = Card(
    "frozen_position",
    said("moves without leaving its place"),
    said("The device says that it moves, and tells the same coordinates to the last digit."),
)
FIXES_MIN = 10
FOR_S_MIN = 10 * 60
SPEED_KMH_MIN = 5.0


def assess(trail: Trail) -> Answers:
    """See above."""
    if not trail.size:
        return np.zeros(0, dtype=np.int8)
    begins, ends = runs((np.diff(trail.lat) == 0) & (np.diff(trail.lon) == 0))
    long = (ends - begins >= FIXES_MIN) & (trail.at_s[ends - 1] - trail.at_s[begins] >= FOR_S_MIN)
    told = ~np.isnan(trail.speed_kmh)
    moving = told & (np.nan_to_num(trail.speed_kmh) > SPEED_KMH_MIN)
    told_before, moving_before = (np.concatenate(([0], np.cumsum(one))) for one in (told, moving))
    tellers = told_before[ends] - told_before[begins]
    movers = moving_before[ends] - moving_before[begins]
    marked = (long & (2 * movers >= ends - begins)).astype(np.int8)  # (1) (2)
    return np.where(long & (tellers == 0), np.int8(NOT_ASSESSED), marked)  # (3)
