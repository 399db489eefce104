# SPDX-License-Identifier: EUPL-1.2
"""The city's plane, in metres, and how far a point is beyond a fence.

The plane is the azimuthal equidistant projection on WGS84 around the city's centre. Within 10 km of
it, lengths are true to better than one part in a million.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from tarazy.supervision.simulate.records import Circle, Polygon, Zone

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]
"""East and north of the centre, metres."""

COORDINATE_DECIMALS = 7  # about a centimetre


class Plane:
    """To and from the plane around one centre."""

    def __init__(self, lat: float, lon: float) -> None:
        self._projection = pyproj.Proj(proj="aeqd", lat_0=lat, lon_0=lon, ellps="WGS84")

    def flat(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """East and north, metres."""
        east, north = self._projection(np.asarray(lon), np.asarray(lat))
        return np.asarray(east), np.asarray(north)

    def geographic(self, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
        """Latitude and longitude, degrees, rounded to a centimetre."""
        lon, lat = self._projection(np.asarray(east_m), np.asarray(north_m), inverse=True)
        return np.round(lat, COORDINATE_DECIMALS), np.round(lon, COORDINATE_DECIMALS)

    def point(self, at: Point) -> tuple[float, float]:
        """Latitude and longitude of one point."""
        lat, lon = self.geographic(np.array([at[0]]), np.array([at[1]]))
        return float(lat[0]), float(lon[0])

    def ring(self, points: Floats) -> list[tuple[float, float]]:
        """Longitude and latitude (the order of GeoJSON) of each point of an (n, 2) array."""
        lat, lon = self.geographic(points[:, 0], points[:, 1])
        return list(zip(lon.tolist(), lat.tolist(), strict=True))


class Fence:
    """A zone laid on the plane."""

    def __init__(self, plane: Plane, zone: Zone) -> None:
        self._plane, self._zone = plane, zone

    def beyond_m(self, east_m: Floats, north_m: Floats) -> Floats:
        """Metres from the fence to each point: positive outside, negative inside."""
        match self._zone:
            case Circle(radius_m=radius_m):
                centre = self.centre
                distance: Floats = np.hypot(east_m - centre[0], north_m - centre[1]) - radius_m
                return distance
            case Polygon():
                points = shapely.points(east_m, north_m)
                away: Floats = shapely.distance(points, self._shape.boundary)
                return np.where(shapely.contains(self._shape, points), -away, away)

    @cached_property
    def centre(self) -> Point:
        """A point inside the zone."""
        match self._zone:
            case Circle(lat=lat, lon=lon):
                east, north = self._plane.flat(np.array([lat]), np.array([lon]))
                return float(east[0]), float(north[0])
            case Polygon():
                inside = self._shape.representative_point()
                return inside.x, inside.y

    @cached_property
    def _shape(self) -> shapely.Polygon:
        if not isinstance(self._zone, Polygon):
            raise TypeError("a circle has no rings")
        rings = [self._flat_ring(ring) for ring in self._zone.rings]
        shape = shapely.Polygon(rings[0], rings[1:])
        shapely.prepare(shape)
        return shape

    def _flat_ring(self, ring: tuple[tuple[float, float], ...]) -> Floats:
        lon, lat = np.array(ring).T
        return np.column_stack(self._plane.flat(lat, lon))
