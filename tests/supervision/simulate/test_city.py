# SPDX-License-Identifier: EUPL-1.2
"""The demo city: connected, named, where it should be, and the same for the same seed."""

import io
import json

import numpy as np
import pytest
import shapely
from pyproj import Geod

from tarazy.supervision.extracts import geojson
from tarazy.supervision.extracts.interface import Found, Kind
from tarazy.supervision.simulate.city import CENTRE_LAT, CENTRE_LON, City, city_of
from tarazy.supervision.simulate.layout import RIVER_HALF_WIDTH_M

WGS84 = Geod(ellps="WGS84")


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    assert City(1).geojson() == city_of(1).geojson()
    assert City(2).geojson() != city_of(1).geojson()


def test_streets_are_named_lines_of_three_kinds() -> None:
    features = city_of(1).streets()["features"]
    assert {f["properties"]["kind"] for f in features} == {"avenue", "street", "lane"}
    assert {f["geometry"]["type"] for f in features} == {"LineString"}
    assert all(f["properties"]["name"] for f in features)
    assert len({f["properties"]["name"] for f in features}) > 200


def test_the_city_is_eight_to_ten_kilometres_across_around_its_centre() -> None:
    doors = np.array([home.door for home in city_of(1).places("home")])
    across = doors.max(axis=0) - doors.min(axis=0)
    assert (across > 7500).all()
    assert (across < 10_500).all()
    lat, lon = city_of(1).plane.point((0.0, 0.0))
    assert (lat, lon) == pytest.approx((CENTRE_LAT, CENTRE_LON))


def test_lengths_on_the_plane_are_geodesic() -> None:
    plane = city_of(1).plane
    a, b = (-4000.0, 3500.0), (4200.0, -2800.0)
    (lat_a, lon_a), (lat_b, lon_b) = plane.point(a), plane.point(b)
    geodesic = WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2]
    assert np.hypot(a[0] - b[0], a[1] - b[1]) == pytest.approx(geodesic, rel=2e-6)


def test_every_place_can_be_reached_from_every_other() -> None:
    city = city_of(1)
    kinds = ("home", "workplace", "shop", "school", "hospital", "market", "police", "park", "stand")
    police = city.places("police")[0]
    for kind in kinds:
        for place in city.places(kind)[:20]:  # type: ignore[arg-type]
            way = city.way(police, place)
            assert tuple(way.points[0]) == police.door
            assert tuple(way.points[-1]) == place.door
            assert (np.diff(way.walked_m) >= 0).all()


def test_only_bridges_cross_the_river() -> None:
    layout = city_of(1).layout
    river = next(ground for ground in layout.grounds if ground.kind == "river")
    wet = [p for p in layout.pieces if p.line.intersection(river.shape).length > RIVER_HALF_WIDTH_M]
    assert wet
    assert {piece.kind for piece in wet} == {"avenue"}


def test_parks_have_no_streets_inside() -> None:
    city = city_of(1)
    parks = [ground.shape.buffer(-10) for ground in city.layout.grounds if ground.kind == "park"]
    assert len(parks) == 2
    assert all(shapely.intersection(park, city.street_lines).length == 0 for park in parks)


def test_every_address_of_the_city_is_one_for_the_decoder_too() -> None:
    rows = "\n".join(json.dumps(one, ensure_ascii=False) for one in city_of(1).addresses())
    told = list(geojson.read(io.BufferedReader(io.BytesIO(rows.encode()))))
    found = [one for one in told if isinstance(one, Found)]
    assert len(found) == len(told)
    assert {one.kind for one in found} == {Kind.HOUSE, Kind.STREET, Kind.SETTLEMENT}
