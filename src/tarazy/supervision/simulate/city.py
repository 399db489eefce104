# SPDX-License-Identifier: EUPL-1.2
"""The demo city Үлгікент ("model town"): fictional, on empty clay desert in Betpak-Dala.

Nobody lives there, so no simulated person stands at a real person's door.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import shapely
from shapely.ops import linemerge

from tarazy.supervision.simulate.geo import Floats, Plane, Point
from tarazy.supervision.simulate.layout import CENTRE_M, Layout, Street, lay_out
from tarazy.supervision.simulate.routes import Roads, largest_connected

CITY_NAME = "Үлгікент"
CENTRE_LAT, CENTRE_LON = 46.20, 69.60
PlaceKind = Literal[
    "home", "workplace", "shop", "school", "hospital", "market", "police", "park", "stand"
]
Feature = dict[str, Any]
FeatureCollection = dict[str, Any]

PLOT_M = 45.0  # street front of one house
DOOR_M = 16.0  # from the middle of the street to a door
HOUSE_NUMBER_STEP = 2
HIGHWAY_M = 4900.0  # nobody has a door on the highways out of the city

COUNTS: dict[PlaceKind, int] = {
    "workplace": 60,
    "shop": 40,
    "school": 12,
    "hospital": 1,
    "market": 2,
    "police": 3,
    "stand": 24,
}
NAMES: dict[PlaceKind, str] = {
    "home": "Үй",
    "workplace": "Кеңсе",
    "shop": "Дүкен",
    "school": "№{} мектеп",
    "hospital": "Қалалық аурухана",
    "market": "{}-базар",
    "police": "{}-полиция бөлімі",
    "park": "Саябақ",
    "stand": "{}-такси тұрағы",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A door on a street. `corner` is the crossing from which its street front is reached."""

    kind: PlaceKind
    name: str
    address: str
    door: Point
    foot: Point
    corner: int


@dataclass(frozen=True, slots=True)
class Way:
    """Points, (n, 2) metres, and the metres walked until each."""

    points: Floats
    walked_m: Floats


class City:
    """Streets, grounds, places and ways, all by the seed."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        layout = lay_out(rng)
        self.plane = Plane(CENTRE_LAT, CENTRE_LON)
        self.layout = Layout(largest_connected(layout.pieces), layout.grounds)
        self.roads = Roads(self.layout.pieces)
        self._places = self._settle(np.random.default_rng([seed, 2]))
        self._ways: dict[tuple[Point, Point], Way] = {}

    def places(self, kind: PlaceKind) -> list[Place]:
        """All places of one kind; homes are the doors that nothing else took."""
        return self._places[kind]

    def way(self, start: Place, end: Place) -> Way:
        """From door to door along the streets."""
        key = start.door, end.door
        if key not in self._ways:
            middle = self.roads.route(start.corner, end.corner)
            points = np.vstack([start.door, start.foot, middle, end.foot, end.door])
            steps = np.hypot(*np.diff(points, axis=0).T)
            self._ways[key] = Way(points, np.concatenate(([0.0], np.cumsum(steps))))
        return self._ways[key]

    def streets(self) -> FeatureCollection:
        """LineStrings with `name` and `kind` (avenue, street, lane), one for each unbroken run."""
        runs: dict[tuple[str, str], list[shapely.LineString]] = defaultdict(list)
        for piece in self.layout.pieces:
            runs[piece.name, piece.kind].append(piece.line)
        features = [
            self._feature({"name": name, "kind": kind}, "LineString", self._coordinates(run))
            for (name, kind), lines in sorted(runs.items(), key=lambda item: item[0])
            for run in shapely.get_parts(linemerge(lines))
        ]
        return {"type": "FeatureCollection", "features": features}

    def grounds(self) -> FeatureCollection:
        """Polygons with `name` and `kind` (river, park)."""
        features = [
            self._feature(
                {"name": ground.name, "kind": ground.kind},
                "Polygon",
                [self._coordinates(ground.shape.exterior)],
            )
            for ground in self.layout.grounds
        ]
        return {"type": "FeatureCollection", "features": features}

    def geojson(self) -> FeatureCollection:
        """Grounds below streets, in one collection."""
        features = self.grounds()["features"] + self.streets()["features"]
        return {"type": "FeatureCollection", "features": features}

    def addresses(self) -> Iterator[Feature]:
        """Streets, doors and the city itself with the tags that OpenStreetMap would give them."""
        city = {"addr:city": CITY_NAME}
        for street in self.streets()["features"]:
            tags = {"name": street["properties"]["name"], "highway": "residential"}
            yield street | {"properties": city | tags}
        for kind in COUNTS | {"home": 0}:
            for place in self.places(kind):
                street_name, _, number = place.address.rpartition(", ")
                tags = {"addr:street": street_name, "addr:housenumber": number}
                lat, lon = self.plane.point(place.door)
                yield self._feature(city | tags, "Point", [round(lon, 6), round(lat, 6)])
        middle = [CENTRE_LON, CENTRE_LAT]
        yield self._feature({"name": CITY_NAME, "place": "city"}, "Point", middle)

    @cached_property
    def street_lines(self) -> shapely.MultiLineString:
        """All streets as one shape on the plane."""
        return shapely.MultiLineString([piece.line for piece in self.layout.pieces])

    def _feature(self, properties: dict[str, str], kind: str, coordinates: list[Any]) -> Feature:
        return {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": kind, "coordinates": coordinates},
        }

    def _coordinates(self, line: shapely.LineString) -> list[tuple[float, float]]:
        return self.plane.ring(np.asarray(line.coords))

    def _settle(self, rng: np.random.Generator) -> dict[PlaceKind, list[Place]]:
        """Doors along all streets; a weighted draw gives some of them a public use."""
        doors = self._doors()
        middle = np.array([np.hypot(*door.door) for door in doors])
        weight = np.exp(-middle / (1.2 * CENTRE_M))
        total = sum(COUNTS.values())
        order = rng.choice(len(doors), total, replace=False, p=weight / weight.sum()).tolist()
        places: dict[PlaceKind, list[Place]] = {}
        for kind, count in COUNTS.items():
            taken, order = order[:count], order[count:]
            places[kind] = [_used_as(kind, n, doors[i]) for n, i in enumerate(taken, start=1)]
        public = {place.door for group in places.values() for place in group}
        places["home"] = [door for door in doors if door.door not in public]
        places["park"] = [self._gate(g.name, g.shape) for g in self.layout.grounds[1:]]
        return places

    def _doors(self) -> list[Place]:
        counters: dict[str, int] = defaultdict(int)
        doors: list[Place] = []
        for piece in self.layout.pieces:
            if piece.kind != "avenue":
                doors += self._doors_of(piece, counters)
        return [door for door in doors if np.hypot(*door.door) < HIGHWAY_M]

    def _doors_of(self, piece: Street, counters: dict[str, int]) -> list[Place]:
        """Doors on both sides of the first half of a piece, which is reached from its first end."""
        (x0, y0), (x1, y1) = piece.line.coords[0], piece.line.coords[1]
        length = float(np.hypot(x1 - x0, y1 - y0))
        corner = self.roads.node((x0, y0))
        east, north = (x1 - x0) / length, (y1 - y0) / length
        doors = []
        for along in np.arange(PLOT_M / 2, length / 2, PLOT_M).tolist():
            foot = (x0 + east * along, y0 + north * along)
            for side in (-DOOR_M, DOOR_M):
                counters[piece.name] += 1
                address = f"{piece.name}, {counters[piece.name]}"
                door = (foot[0] - north * side, foot[1] + east * side)
                doors.append(Place("home", address, address, door, foot, corner))
        return doors

    def _gate(self, name: str, shape: shapely.Polygon) -> Place:
        inside = shape.representative_point()
        corner = self.roads.nearest((inside.x, inside.y))
        east, north = self.roads.points[corner].tolist()
        return Place("park", name, name, (east, north), (east, north), corner)


def _used_as(kind: PlaceKind, number: int, door: Place) -> Place:
    name = NAMES[kind].format(number)
    return Place(kind, name, door.address, door.door, door.foot, door.corner)


@lru_cache(maxsize=4)
def city_of(seed: int) -> City:
    """The city of a seed; building one takes about a second."""
    return City(seed)
