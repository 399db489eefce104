# SPDX-License-Identifier: EUPL-1.2
"""Quality marks, in the order in which people should read them: a file, a line and a test for each.

Nothing is dropped for a mark. The engine goes by those that make a place no witness; people see all
of them, with their reasons.
"""

from tarazy.supervision.quality import (
    clock_fault,
    constant_accuracy,
    duplicate,
    few_satellites,
    frozen_position,
    future,
    impossible_jump,
    mock,
    rolled_over,
    stale,
)
from tarazy.supervision.quality.interface import Quality

MARKS: tuple[Quality, ...] = (
    mock,
    impossible_jump,
    frozen_position,
    constant_accuracy,
    few_satellites,
    stale,
    duplicate,
    future,
    rolled_over,
    clock_fault,
)
