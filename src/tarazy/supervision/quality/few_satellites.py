# SPDX-License-Identifier: EUPL-1.2
"""Fewer satellites than a place needs: four, for three coordinates and the receiver's clock.

Source: GPS SPS Performance Standard, 5th edition, B.2: a position solution needs four.

Not assessed:
1. a device that does not tell how many it used (phones do not)
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import NOT_ASSESSED, Answers, Card, Trail

CARD = Card(
    "few_satellites",
    said("too few satellites"),
    said("Fewer than four satellites were used: the place may be an old or a guessed one."),
)
SATELLITES_MIN = 4


def assess(trail: Trail) -> Answers:
    """See above."""
    few = (trail.satellites < SATELLITES_MIN).astype(np.int8)
    return np.where(np.isnan(trail.satellites), np.int8(NOT_ASSESSED), few)  # (1)
