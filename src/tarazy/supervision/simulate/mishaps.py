# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong with a receiver for a spell: a wrong place, a coarse one, the same one again.

The spells of a day are drawn from that day's own seed, so what happens at a moment is known without
having walked there from the first one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.timetables import DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """How often, for how long (seconds), how far beside the truth, and what is claimed then."""

    a_day: float
    mean_s: float
    away_m: tuple[float, float] = (0.0, 0.0)
    claims_m: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Spell:
    since: float
    until: float
    turn: float
    away_m: float
    claims_m: float


class Spells:
    """The spells of one kind and device. A day has at most a day's worth of each."""

    def __init__(self, mishap: Mishap | None, seed: tuple[int, int, int]) -> None:
        self._mishap, self._seed = mishap, seed

    def shift(
        self, at: Floats, claimed: Floats, felt: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Floats, Floats]:
        """How far aside each report is thrown (two rows), and what it claims."""
        shift, claimed = np.zeros((2, len(at))), claimed.copy()
        for spell in self._during(at):
            hit = (at >= spell.since) & (at < spell.until)
            hit = hit if felt is None else hit & felt
            shift[0, hit] = spell.away_m * np.cos(spell.turn)
            shift[1, hit] = spell.away_m * np.sin(spell.turn)
            claimed[hit] = spell.claims_m
        return shift, claimed

    def first_of_each(self, at: Floats) -> npt.NDArray[np.intp]:
        """For each report the one whose place it tells: its own, or the first of its spell."""
        found = np.arange(len(at))
        for spell in self._during(at):
            hit = np.flatnonzero((at >= spell.since) & (at < spell.until))
            found[hit] = hit[:1]
        return found

    def _during(self, at: Floats) -> Iterator[_Spell]:
        if self._mishap is None or not len(at):
            return
        mishap, first = self._mishap, int(at.min() // DAY_S) - 1
        for day in range(first, int(at.max() // DAY_S) + 1):
            rng = np.random.default_rng([*self._seed, day])
            for _ in range(int(rng.poisson(mishap.a_day))):
                since = day * DAY_S + float(rng.uniform(0, DAY_S))
                lasts = min(float(rng.exponential(mishap.mean_s)), DAY_S)
                turn, away = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(*mishap.away_m))
                claims = float(rng.uniform(*mishap.claims_m))
                yield _Spell(since, since + lasts, turn, away, claims)
