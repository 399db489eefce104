# SPDX-License-Identifier: EUPL-1.2
"""Zones in columns that grow as they are named: each shape once, whoever's conditions name it."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.geometry import Extent, Measured, Places, Zone, measured
from tarazy.supervision.presence.plane import OUTER_M
from tarazy.supervision.presence.zones import Zones, compile_zones, distances_m

GROWTH = 1.5
Floats = npt.NDArray[np.float64]


class Ground:
    """All shapes that were ever named here. A shape that nobody names any more stays."""

    def __init__(self) -> None:
        self._numbers: dict[Zone, int] = {}
        empty = compile_zones([])
        self._columns: list[Any] = list(empty)
        self._used = [len(column) for column in self._columns]
        self.zones = empty

    def __len__(self) -> int:
        return self._used[0]

    def number(self, zone: Zone) -> int:
        """The place of a zone in `zones`; a new one is added."""
        if zone not in self._numbers:
            self.learn([zone])
        return self._numbers[zone]

    def learn(self, zones: Iterable[Zone]) -> None:
        """Add those of the zones that are new: many at once take little more than one."""
        fresh = [zone for zone in dict.fromkeys(zones) if zone not in self._numbers]
        self._numbers.update(zip(fresh, range(len(self), len(self) + len(fresh)), strict=True))
        if fresh:
            self._add(compile_zones(fresh))

    def measured(self, zone: Extent, lat: Floats, lon: Floats) -> Measured:
        """As geometry.measured has it; a zone that is here need not be made ready again."""
        if isinstance(zone, Places):
            return measured(zone, lat, lon)
        number = self.number(zone)
        distance_m = distances_m(self.zones, number, lat, lon)
        return Measured(distance_m, float(self.zones.table[number, OUTER_M]))

    def _add(self, one: Zones) -> None:
        kind, table, first, box, start, corner = one
        boxes, corners = self._used[3], self._used[5]
        more: tuple[Any, ...] = (kind, table, first[1:] + boxes, box, start[1:] + corners, corner)
        for n, column in enumerate(more):
            used, end = self._used[n], self._used[n] + len(column)
            if end > len(self._columns[n]):
                wanted = (int(GROWTH * end) + 16, *column.shape[1:])
                grown = np.zeros(wanted, dtype=self._columns[n].dtype)
                grown[:used] = self._columns[n][:used]
                self._columns[n] = grown
            self._columns[n][used:end] = column
            self._used[n] = end
        self.zones = Zones(*self._columns)
