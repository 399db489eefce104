# SPDX-License-Identifier: EUPL-1.2
"""The numbers of constants.py as one record, in the form in which the compiled loops take them.

They are arguments, not part of the machine code: who changes one for a trial changes the findings.
"""

from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence import constants as c

Sigmas = TypeVar("Sigmas", float, npt.NDArray[np.float64])

Z_MAX = 10.0
"""Sigmas from the fence at which the evidence of one fix ends."""
HALVINGS = 60
MARGIN = 1e-9


class Law(NamedTuple):
    """See constants.py for each."""

    accuracy_to_sigma: float
    understated: float
    sigma_floor_m: float
    sigma_unknown_m: float
    coarse_accuracy_m: float
    in_cap: float
    out_cap: float
    correlated_s: float
    sparse_s: float
    sparse_weight: float
    enter: float
    exit: float
    clearance_m: float
    clearance_sigmas: float
    far_m: float
    unclear_floor: float
    near_floor: float
    forget: float
    informative: float
    reach_m: float
    creep_m_s: float
    creep_s_max: float
    surge_m: float
    left_m: float
    pace_min_m_s: float
    pace_max_m_s: float
    steady: float
    step_floor: float
    step_max: float
    evidence_max: int
    far_sigmas: float
    """Clear of the fence by this and by reach_m, one place says no more than any other."""
    deep_sigmas: float
    """The same inside."""


def law() -> Law:
    """As the constants stand now."""
    return Law(
        *(c.ACCURACY_TO_SIGMA, c.UNDERSTATED),
        c.SIGMA_FLOOR_M,
        c.SIGMA_UNKNOWN_M,
        c.COARSE_ACCURACY_M,
        *(c.IN_CAP, c.OUT_CAP),
        *(c.CORRELATED_S, c.SPARSE_S, c.SPARSE_WEIGHT),
        *(c.ENTER, c.EXIT),
        *(c.CLEARANCE_M, c.CLEARANCE_SIGMAS, c.FAR_M),
        *(c.UNCLEAR_FLOOR, c.NEAR_FLOOR, c.FORGET, c.INFORMATIVE),
        *(c.REACH_M, c.CREEP_M_S, c.CREEP_S_MAX, c.SURGE_M),
        *(c.LEFT_M, c.PACE_MIN_M_S, c.PACE_MAX_M_S),
        *(c.STEADY, c.STEP_FLOOR, c.STEP_MAX),
        c.EVIDENCE_MAX,
        max(c.CLEARANCE_SIGMAS, saturation(c.OUT_CAP)),
        saturation(c.IN_CAP),
    )


def log_odds(z: Sigmas) -> Sigmas:
    """Log-odds of Phi(z), by the logistic form of Bowling et al. (2009), JIEM 2(1).

    Its error in probability is below 0.00014, far below what any sigma is known to.
    """
    return 1.5976 * z + 0.07056 * z * z * z


@lru_cache
def saturation(cap: float) -> float:
    """From how many sigmas on the evidence is cut at this cap (it grows with each sigma)."""
    low, high = 0.0, Z_MAX
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if log_odds(middle) < cap else (low, middle)
    return min(high + MARGIN, Z_MAX)
