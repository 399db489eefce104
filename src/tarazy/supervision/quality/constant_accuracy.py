# SPDX-License-Identifier: EUPL-1.2
"""The same accuracy to the last digit, over many fixes on the move: real receivers waver.

Programs that invent a place often give it one accuracy. So do trackers that have none to tell and
fill the field; the mark says "look", not "false".

Not marked:
1. fewer than `FIXES_MIN` fixes in a row with it, or less than `WAY_M_MIN` gone meanwhile
2. whole numbers of tens of metres: networks and some phones tell only steps
Not assessed:
3. fixes without an accuracy
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import (
    NOT_ASSESSED,
    Answers,
    Card,
    Trail,
    distances_m,
    runs,
)

CARD = Card(
    "constant_accuracy",
    said("always the same accuracy"),
    said("The accuracy did not change over many places on the move, as real ones do."),
)
FIXES_MIN = 20
WAY_M_MIN = 500.0
STEP_M = 10.0


def assess(trail: Trail) -> Answers:
    """See above."""
    if not trail.size:
        return np.zeros(0, dtype=np.int8)
    begins, ends = runs(np.diff(trail.accuracy_m) == 0)
    gone_m = np.concatenate(([0.0], np.cumsum(distances_m(trail.lat, trail.lon))))
    enough = (ends - begins >= FIXES_MIN) & (gone_m[ends - 1] - gone_m[begins] >= WAY_M_MIN)  # (1)
    with np.errstate(invalid="ignore"):
        stepped = np.mod(trail.accuracy_m, STEP_M) == 0  # (2)
    marked = (enough & ~stepped).astype(np.int8)
    return np.where(np.isnan(trail.accuracy_m), np.int8(NOT_ASSESSED), marked)  # (3)
