# SPDX-License-Identifier: EUPL-1.2
"""A place that nobody could have come from, and gone on to, in that time.

Both places are taken nearer by three times their accuracies first; an unknown accuracy counts as
`ACCURACY_UNKNOWN_M`, which is generous on purpose: to call a place impossible must be hard.

Not marked:
1. a place that can be reached from the one before, or from which the next one can be reached
Not assessed:
2. the first and the last of a trail, where a jump stands beside them: which of two is wrong cannot
   be said
"""

import numpy as np

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import (
    NOT_ASSESSED,
    Answers,
    Card,
    Flags,
    Trail,
    distances_m,
)

CARD = Card(
    "impossible_jump",
    said("an impossible jump"),
    said("Nobody gets there and back in that time, even by train: the place is wrong."),
)
SPEED_M_S_MAX = 100.0
"""360 km/h: faster than any car or train here. Who flies is away for longer than one fix."""
ACCURACIES = 3.0
ACCURACY_UNKNOWN_M = 300.0


def assess(trail: Trail) -> Answers:
    """See above."""
    answers = np.zeros(trail.size, dtype=np.int8)
    if trail.size <= 1:
        return answers
    jumped = _jumped(trail)
    answers[1:-1] = jumped[:-1] & jumped[1:]  # (1)
    ends = np.array([0, trail.size - 1])
    answers[ends] = np.where(jumped[[0, -1]], NOT_ASSESSED, 0)  # (2)
    return answers


def _jumped(trail: Trail) -> Flags:
    """Whether the way from each fix to the next was impossible."""
    doubt_m = np.where(np.isnan(trail.accuracy_m), ACCURACY_UNKNOWN_M, trail.accuracy_m)
    slack_m = ACCURACIES * (doubt_m[:-1] + doubt_m[1:])
    reach_m = SPEED_M_S_MAX * np.abs(np.diff(trail.at_s)) + slack_m
    return np.asarray(distances_m(trail.lat, trail.lon) > reach_m)
