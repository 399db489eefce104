# SPDX-License-Identifier: EUPL-1.2
"""Zones in columns that grow one by one: each shape once, whoever's conditions name it."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from tarazy.supervision.presence.geometry import Zone
from tarazy.supervision.presence.zones import Zones, compile_shapes, compile_zones, shapes

GROWTH = 1.5


class Ground:
    """All shapes that were ever named here. A shape that nobody names any more stays."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        empty = compile_zones([])
        self._columns: list[Any] = list(empty)
        self._used = [len(column) for column in self._columns]
        self.zones = empty

    def __len__(self) -> int:
        return self._used[0]

    def numbers(self, zones: Sequence[Zone]) -> list[int]:
        """The place of each in `zones`; new ones are added."""
        return [self._number(zone) for zone in zones]

    def _number(self, zone: Zone) -> int:
        drawn = shapes([zone])
        parts = (np.ascontiguousarray(column).tobytes() for column in drawn)
        key = hashlib.blake2b(b"|".join(parts), digest_size=16).digest()
        if key not in self._numbers:
            self._numbers[key] = len(self)
            self._add(compile_shapes(drawn))
        return self._numbers[key]

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
