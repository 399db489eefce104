# SPDX-License-Identifier: EUPL-1.2
"""An old place: known late, or one that the device itself repeats for want of a fix.

Source of the limit: NIJ Standard 1004.00, stored points are to be there within 15 minutes.

Not marked:
1. a place known within `LATE_S_MAX` of its time, which the device did not call its last known one
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "stale",
    said("known late, or the last known place again"),
    said("It came more than 15 minutes after its time, or the device had no fix and repeated one."),
)
LATE_S_MAX = 15 * 60


def assess(trail: Trail) -> Answers:
    """See above."""
    late = trail.known_s - trail.at_s > LATE_S_MAX  # (1)
    return np.maximum(trail.has(CARD.name), late.astype(np.int8))
