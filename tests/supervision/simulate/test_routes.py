# SPDX-License-Identifier: EUPL-1.2
"""Shortest ways, on a square with a diagonal avenue and an island."""

from shapely import LineString

from tarazy.supervision.simulate.layout import Street
from tarazy.supervision.simulate.routes import Roads, largest_connected

SQUARE = [
    Street("south", "street", LineString([(0, 0), (100, 0)])),
    Street("east", "street", LineString([(100, 0), (100, 100)])),
    Street("west", "street", LineString([(0, 0), (0, 90)])),
    Street("north", "street", LineString([(0, 90), (100, 100)])),
]
DIAGONAL = Street("diagonal", "avenue", LineString([(0, 0), (60, 40), (100, 100)]))
ISLAND = Street("island", "street", LineString([(500, 500), (510, 500)]))


def test_the_shorter_way_round_is_taken_and_back_again() -> None:
    roads = Roads(SQUARE)
    start, end = roads.node((0, 0)), roads.node((100, 100))
    assert roads.route(start, end).tolist() == [[0, 0], [0, 90], [100, 100]]
    assert roads.route(end, start).tolist() == [[100, 100], [0, 90], [0, 0]]
    assert roads.route(start, start).tolist() == [[0, 0]]


def test_an_avenue_is_preferred_and_its_bends_are_kept() -> None:
    roads = Roads([*SQUARE, DIAGONAL])
    route = roads.route(roads.node((0, 0)), roads.node((100, 100)))
    assert route.tolist() == [[0, 0], [60, 40], [100, 100]]
    assert roads.nearest((59, 41)) == roads.node((60, 40))


def test_islands_are_left_out() -> None:
    assert largest_connected([ISLAND, *SQUARE]) == SQUARE
