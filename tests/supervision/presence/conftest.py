# SPDX-License-Identifier: EUPL-1.2
"""Compile before the clock of any test runs."""

import numpy as np
import pytest

from tarazy.supervision.presence.geometry import Circle, signed_distance_m


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """The loops that measure; seconds where no machine code of this source is kept yet."""
    signed_distance_m(Circle(43.2, 76.9, 100.0), np.zeros(1), np.zeros(1))
