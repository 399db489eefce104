# SPDX-License-Identifier: EUPL-1.2
"""Everybody's fixes against everybody's zones, in columns: no Python object for a fix or a state.

The same test as kernel.judge, with the distances measured on the way. All conditions of one wearer
hear the same fixes, so their times and the last fixes are kept once a wearer.

A fix that is far from a fence (REACH_M) says the same however far it is. So all shared zones that
a wearer is nowhere near have one state together, *elsewhere*. A zone gets a state of its own, a
visit, when a fix comes near enough to count otherwise, and gives it up once the two are the same
again. That is exactly what a state for each wearer and zone would give (tests hold it), without 500
for each.

A buffer is a second fence at a distance from the first: one more state, and no distance more.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.constants import EVIDENCE_MAX
from tarazy.supervision.presence.interface import Change, Presence, Sighting
from tarazy.supervision.presence.kernel import PRESENCES, PROBABILITY_DIGITS, moment
from tarazy.supervision.presence.law import law
from tarazy.supervision.presence.shared import Shared, index
from tarazy.supervision.presence.watching import (
    HELD,
    NOBODY,
    SIGHT,
    TURN,
    VISIT,
    WEARER,
    Fixes,
    Found,
    Kept,
    Records,
    World,
    watch,
)
from tarazy.supervision.presence.zones import Zones

Floats = npt.NDArray[np.float64]

TURNS_MIN = 8_192
VISITS_MIN = 1_024


@dataclass(frozen=True, slots=True)
class Turns:
    """Changes of a batch, in the order of its fixes. Python objects are made when asked for."""

    rows: Records
    """Of TURN: whose, which zone, what and when."""
    sights: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def changes(self) -> Iterator[tuple[int, int, int, Change]]:
        """Wearer, scope (OWN, SHARED, ELSEWHERE or RING), zone and change."""
        for row, sights in zip(self.rows, self.sights, strict=True):
            yield int(row["wearer"]), int(row["scope"]), int(row["zone"]), _change(row, sights)


class Wearers:
    """The states of all wearers. One thread judges at a time; several processes share people."""

    def __init__(
        self,
        own: Zones,
        first: npt.ArrayLike,
        stale_s: npt.ArrayLike,
        shared: Shared | None = None,
        shift_m: npt.ArrayLike = 0.0,
    ) -> None:
        """`own` holds each wearer's zones one after the other, the n-th's from `first[n]` on.

        `shift_m` is of each own zone how far before its fence its buffer's lies: more than 0 around
        a zone to keep out of, less inside one to stay in, 0 where there is none.
        A wearer's id is the place in `first`, a zone's the place in `own`. Nobody has been heard.
        """
        begins = np.asarray(first, dtype=np.int64)
        count = len(begins) - 1
        wearers = np.zeros(count, WEARER)
        wearers["stale"] = np.rint(np.asarray(stale_s) * 1e6)
        wearers["visit"] = NOBODY
        self.own, self.shared = own, shared or index([])
        self.kept = Kept(
            begins,
            wearers,
            np.zeros((count, EVIDENCE_MAX, SIGHT)),
            np.zeros(len(own.kind), HELD),
            np.broadcast_to(np.asarray(shift_m, dtype=np.float64), len(own.kind)).copy(),
            np.zeros(len(own.kind) if np.any(shift_m) else 0, HELD),
            np.zeros(count, HELD),
            np.zeros(0, VISIT),
            np.array([NOBODY, 0], dtype=np.int64),
        )
        most = 2 * int(np.diff(self.kept.first).max(initial=0)) + len(self.shared.zones.kind) + 1
        self._room = max(TURNS_MIN, 8 * most)
        self._near = np.empty(len(self.shared.zones.kind), dtype=np.int64)
        if len(self._near):
            self._make_room(VISITS_MIN)

    @property
    def bytes(self) -> int:
        """Memory of the states, without that of the zones."""
        return sum(one.nbytes for one in self.kept)

    def judge(self, fixes: Fixes) -> Turns:
        """Move the states by a batch; the changes. ValueError where it is none of these wearers'.

        Compiled loops look at no bounds, and are compiled for one type of each column: what they
        are given is looked at, and turned into that type, here.
        """
        fixes = Fixes._make(
            np.ascontiguousarray(column, dtype=kind)
            for column, kind in zip(fixes, ("i8", "i8", "i8", "f8", "f8", "f8"), strict=True)
        )
        self._check(fixes)
        row, found, numbers = 0, list[Found](), law()
        while row < len(fixes.wearer):
            room = Found(
                np.zeros(self._room, TURN),
                np.zeros((self._room, EVIDENCE_MAX, SIGHT)),
                np.zeros(1, dtype=np.int64),
            )
            near_m = np.empty(len(self._near))
            world = World(self.own, self.shared, self.kept, room, self._near, near_m, numbers)
            row, crowded = watch(world, fixes, row)
            found.append(room)
            if crowded:
                self._make_room(len(self.kept.visits) + len(self._near))
        return Turns(
            np.concatenate([np.zeros(0, TURN), *(one.turns[: one.used[0]] for one in found)]),
            np.concatenate(
                [
                    np.zeros((0, EVIDENCE_MAX, SIGHT)),
                    *(one.sights[: one.used[0]] for one in found),
                ]
            ),
        )

    def _check(self, fixes: Fixes) -> None:
        if len({len(column) for column in fixes}) != 1:
            raise ValueError("the columns of a batch are of one length")
        if not len(fixes.wearer):
            return
        if fixes.wearer.min() < 0 or fixes.wearer.max() >= len(self.kept.wearers):
            raise ValueError("a fix belongs to nobody here")
        if not (np.abs(fixes.lat).max() <= 90 and np.abs(fixes.lon).max() <= 180):  # noqa: PLR2004
            raise ValueError("a place is not on earth")
        if law().evidence_max > self.kept.ring.shape[1]:
            raise ValueError("more evidence is asked for than is kept")

    def _make_room(self, more: int) -> None:
        """More visits, linked before those that are free."""
        visits, free = self.kept.visits, self.kept.free
        fresh = np.zeros(more, VISIT)
        fresh["next"] = np.arange(len(visits) + 1, len(visits) + more + 1)
        fresh["next"][-1] = free[0]
        free[0], free[1] = len(visits), free[1] + more
        self.kept = self.kept._replace(visits=np.concatenate([visits, fresh]))


def _change(row: np.void, sights: Floats) -> Change:
    presence, at, known = PRESENCES[row["presence"]], int(row["at"]), int(row["known"])
    if presence is Presence.UNKNOWN:
        return Change(presence, moment(at), moment(known))
    evidence = tuple(_sighting(one) for one in sights[len(sights) - row["kept"] :].tolist())
    probability = round(float(row["chance"]), PROBABILITY_DIGITS)
    return Change(presence, moment(at), moment(known), probability, evidence)


def _sighting(numbers: Sequence[float]) -> Sighting:
    at, lat, lon, accuracy_m = numbers
    return Sighting(moment(int(at)), lat, lon, None if math.isnan(accuracy_m) else accuracy_m)
