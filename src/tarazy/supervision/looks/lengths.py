# SPDX-License-Identifier: EUPL-1.2
"""Lengths as people say them."""

from django.utils.translation import gettext

KM = 1_000
FEW_M = 20


def metres(distance_m: float) -> str:
    """Metres to ten, kilometres to a tenth."""
    if distance_m < FEW_M:
        return gettext("{metres} m").format(metres=round(distance_m))
    if distance_m < KM:
        return gettext("{metres} m").format(metres=10 * round(distance_m / 10))
    return gettext("{kilometres} km").format(kilometres=f"{distance_m / KM:.1f}")
