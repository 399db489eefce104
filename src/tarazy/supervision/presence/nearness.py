# SPDX-License-Identifier: EUPL-1.2
"""How probable it is that two uncertain places are nearer to each other than a radius.

The error of each place is taken as normal and round, so their distance has Rice's distribution
(S. O. Rice, 1945), and the answer is 1 - Q1(d / sigma, radius / sigma) with Marcum's Q. It is
computed as an integral over the strips of the circle, smooth in the angle, which the midpoint rule
takes to 1e-9 with these few points; tests hold it against Marcum's series.
"""

import math

STRIPS = 32
"""Midpoints over a quarter turn."""
FAR_SIGMAS = 9.0
"""Further across than this lies nothing that counts (1e-18)."""
LOG_ODDS_MAX = 30.0

_STEP = math.pi / 2 / STRIPS
_ANGLES = tuple((n + 0.5) * _STEP for n in range(STRIPS))
_TURNS = tuple((math.sin(angle), math.cos(angle)) for angle in _ANGLES)
_ROOT_HALF = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)


def near_chance(distance_m: float, sigma_m: float, radius_m: float) -> float:
    """The probability of being nearer than the radius; `sigma_m` of both places, for each axis."""
    away, wide = distance_m / sigma_m, radius_m / sigma_m
    if away - wide > FAR_SIGMAS:
        return 0.0
    if wide - away > FAR_SIGMAS:
        return 1.0
    across = min(wide, FAR_SIGMAS)
    total = 0.0
    for sine, cosine in _TURNS:
        y = across * sine
        half = math.sqrt(max(wide * wide - y * y, 0.0))
        strip = math.erf((half - away) * _ROOT_HALF) + math.erf((half + away) * _ROOT_HALF)
        total += strip * math.exp(-y * y / 2) * cosine
    return min(max(total * across * _STEP * _DENSITY, 0.0), 1.0)


def near_log_odds(distance_m: float, sigma_m: float, radius_m: float) -> float:
    """The same as log-odds, cut where the arithmetic ends."""
    chance = near_chance(distance_m, sigma_m, radius_m)
    if chance <= 0.0:
        return -LOG_ODDS_MAX
    if chance >= 1.0:
        return LOG_ODDS_MAX
    return min(max(math.log(chance / (1.0 - chance)), -LOG_ODDS_MAX), LOG_ODDS_MAX)
