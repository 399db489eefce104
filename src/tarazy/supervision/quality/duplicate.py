# SPDX-License-Identifier: EUPL-1.2
"""The same place at the same moment, told again in other words.

The same message twice is kept once, at the gate. This is the other case: two messages that differ
(another battery, another trigger) and tell one fix. They are one witness, not two.

Not marked:
1. the first of them to be known
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "duplicate",
    said("told twice"),
    said("The same place at the same moment was told before: it counts once."),
)


def assess(trail: Trail) -> Answers:
    """See above."""
    order = np.lexsort((trail.known_s, trail.lon, trail.lat, trail.at_s))
    answers = np.zeros(trail.size, dtype=np.int8)
    columns = (trail.at_s, trail.lat, trail.lon)
    same = np.logical_and.reduce([np.diff(column[order]) == 0 for column in columns])
    answers[order[1:][same]] = 1  # (1)
    return answers
