# SPDX-License-Identifier: EUPL-1.2
"""A time ahead of ours: the device's clock is fast, by less than makes it unbelievable.

Beyond ten minutes the gateway calls it a clock fault and keeps no place (gateway/times.py).

Not marked:
1. up to `AHEAD_S_MAX` ahead: clocks and networks differ by that
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "future",
    said("a time ahead of ours"),
    said(
        "The device's clock is fast by more than half a minute; its times are that much too late."
    ),
)
AHEAD_S_MAX = 30


def assess(trail: Trail) -> Answers:
    """See above."""
    return (trail.at_s - trail.known_s > AHEAD_S_MAX).astype(np.int8)
