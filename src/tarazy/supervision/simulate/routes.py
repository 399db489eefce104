# SPDX-License-Identifier: EUPL-1.2
"""Shortest ways along the streets (Dijkstra, one tree for each starting crossing)."""

from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.layout import Street, crossing

AVENUE_GAIN = 0.75  # people prefer avenues: a metre there costs three quarters of one elsewhere
Edge = tuple[int, float]


class Roads:
    """The streets as a graph of crossings and bends. `points` is (n, 2), metres on the plane."""

    def __init__(self, streets: list[Street]) -> None:
        numbers: dict[tuple[float, float], int] = {}
        self._edges: list[list[Edge]] = []
        for street in streets:
            corners = [crossing((x, y)) for x, y in street.line.coords]
            ids = [numbers.setdefault(corner, len(numbers)) for corner in corners]
            self._edges.extend([] for _ in range(len(numbers) - len(self._edges)))
            gain = AVENUE_GAIN if street.kind == "avenue" else 1.0
            for (a, at), (b, to) in pairwise(zip(ids, corners, strict=True)):
                cost = gain * float(np.hypot(to[0] - at[0], to[1] - at[1]))
                self._edges[a].append((b, cost))
                self._edges[b].append((a, cost))
        self.points: Floats = np.array(list(numbers))
        self._number = numbers
        self._trees: dict[int, list[int]] = {}

    def node(self, point: tuple[float, float]) -> int:
        """The number of a corner of some street."""
        return self._number[crossing(point)]

    def nearest(self, point: tuple[float, float]) -> int:
        """The number of the corner nearest to a point."""
        return int(np.argmin(np.hypot(*(self.points - np.array(point)).T)))

    def route(self, start: int, end: int) -> Floats:
        """The corners passed on the way, (n, 2) metres, both ends included."""
        return self.points[self.passed(start, end)]

    def passed(self, start: int, end: int) -> list[int]:
        """The numbers of the corners passed on the way, both ends included."""
        before = self._tree(start)
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return way[::-1]

    def _tree(self, start: int) -> list[int]:
        """For each corner the one before it on the way from `start`; -1 where no way leads."""
        if start not in self._trees:
            self._trees[start] = self._grow(start)
        return self._trees[start]

    def _grow(self, start: int) -> list[int]:
        cost = [float("inf")] * len(self._edges)
        before = [-1] * len(self._edges)
        cost[start] = 0.0
        queue = [(0.0, start)]
        while queue:
            so_far, here = heappop(queue)
            if so_far > cost[here]:
                continue
            for there, step in self._edges[here]:
                reached = so_far + step
                if reached < cost[there]:
                    cost[there], before[there] = reached, here
                    heappush(queue, (reached, there))
        return before


def largest_connected(streets: list[Street]) -> list[Street]:
    """The streets of the largest part in which every corner can be reached from every other."""
    leader: dict[tuple[float, float], tuple[float, float]] = {}

    def find(corner: tuple[float, float]) -> tuple[float, float]:
        while leader.setdefault(corner, corner) != corner:
            leader[corner] = leader[leader[corner]]
            corner = leader[corner]
        return corner

    for street in streets:
        for a, b in pairwise(street.line.coords):
            leader[find(crossing(a))] = find(crossing(b))
    groups: dict[tuple[float, float], list[Street]] = {}
    for street in streets:
        groups.setdefault(find(crossing(street.line.coords[0])), []).append(street)
    return max(groups.values(), key=lambda group: sum(s.line.length for s in group))
