# SPDX-License-Identifier: EUPL-1.2
"""What the benchmarks of the engine share: people under order with four conditions, and reports.

Each lives in a place of a city of 40 km: home at night, within 25 km of it by day, out of two
polygons of 24 corners. Reports lie about 10 m from the home; a trip and a return are changes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import numpy as np
import numpy.typing as npt
import psycopg
from harness import Bench

LAT, LON, CITY_DEG = 43.24, 76.93, 0.2
DEGREE_M = 111_195.0
NOISE_M = 10.0
NIGHT = '[{"days": [0,1,2,3,4,5,6], "from": "22:00", "until": "06:00"}]'
CORNERS, POLYGON_M = 24, 400.0
AWAY_M = (3_000.0, 6_000.0)
"""How far north of the home the two forbidden places are."""

ORDERS = """
INSERT INTO supervision_zone (public_id, person_id, name, kind, lat, lon, radius_m)
    SELECT 'zon_h' || id, id, 'home', 'circle', %(lat)s + supervision_spread(id),
        %(lon)s + supervision_spread(id * 7919), 100 FROM supervision_person;
INSERT INTO supervision_zone (public_id, person_id, name, kind, lat, lon, radius_m)
    SELECT 'zon_c' || person_id, person_id, 'city', 'circle', lat, lon, 25000
    FROM supervision_zone WHERE name = 'home';
INSERT INTO supervision_zone (public_id, person_id, name, kind, rings)
    SELECT 'zon_f' || n || '_' || person_id, person_id, 'forbidden ' || n, 'polygon', (
        SELECT jsonb_build_array(jsonb_agg(jsonb_build_array(
            lon + %(size)s * cos(2 * pi() * (k %% %(corners)s) / %(corners)s)
                * (0.8 + 0.2 * (k %% 2)) / (%(degree)s * cos(radians(lat))),
            lat + (away + %(size)s * sin(2 * pi() * (k %% %(corners)s) / %(corners)s)
                * (0.8 + 0.2 * (k %% 2))) / %(degree)s) ORDER BY k))
        FROM generate_series(0, %(corners)s) AS k)
    FROM supervision_zone, unnest(%(away)s::float8[]) WITH ORDINALITY AS far (away, n)
    WHERE name = 'home';
INSERT INTO supervision_condition (public_id, order_id, kind, zone_id, period, timetable)
    SELECT 'cnd_' || zone.id, court.id,
        CASE zone.name WHEN 'home' THEN 'home_curfew' WHEN 'city' THEN 'inclusion'
            ELSE 'exclusion' END,
        zone.id, court.in_force,
        CASE zone.name WHEN 'home' THEN %(night)s ELSE '[]' END::jsonb
    FROM supervision_zone AS zone
    JOIN supervision_order AS court ON court.person_id = zone.person_id;
"""
SPREAD = """
CREATE FUNCTION supervision_spread(n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    'SELECT (abs(hashint8(n)) / 2147483647.0 - 0.5) * 2 * 0.2'
"""
COPY = """
COPY supervision_fix (device_id, person_id, order_id, at, known_at, lat, lon, accuracy_m,
    battery_percent, alarms, content, digest) FROM STDIN
"""


@contextmanager
def owner(bench: Bench) -> Iterator[psycopg.Connection]:
    with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as connection:
        yield connection


def people(bench: Bench, count: int) -> None:
    """So many people under order, with their conditions; keys of all of them are 1 to count."""
    bench.fill([n.to_bytes(16, "big") for n in range(1, count + 1)])
    values = {
        "lat": LAT,
        "lon": LON,
        "size": POLYGON_M,
        "degree": DEGREE_M,
        "night": NIGHT,
        "corners": CORNERS,
        "away": list(AWAY_M),
    }
    with owner(bench) as connection:
        connection.execute(SPREAD)
        with psycopg.ClientCursor(connection) as cursor:
            cursor.execute(ORDERS, values)
        connection.execute("ANALYZE")


def homes(bench: Bench) -> npt.NDArray[np.float64]:
    """Latitude and longitude of each person's home, by key less one."""
    with owner(bench) as connection:
        rows = connection.execute(
            "SELECT lat, lon FROM supervision_zone WHERE name = 'home' ORDER BY person_id"
        ).fetchall()
    return np.array(rows)


class Feed:
    """Writes reports as the gateway does: many in one transaction, then a notice."""

    def __init__(self, url: str, places: npt.NDArray[np.float64], seed: int = 1) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.places, self.noise = places, np.random.default_rng(seed)
        self.number = 0

    def day(self, day: datetime) -> None:
        self.connection.execute("SELECT supervision_ensure_fix_day(%s)", [day.date()])

    def send(
        self,
        who: npt.NDArray[np.int64],
        at: npt.NDArray[np.float64],
        known: npt.NDArray[np.float64] | float,
        north_m: npt.NDArray[np.float64] | float = 0.0,
        alarmed: frozenset[int] = frozenset(),
    ) -> None:
        """One report of each; times in seconds since 1970."""
        count = len(who)
        north, east = self.noise.normal(0, NOISE_M, (2, count)) / DEGREE_M
        lat = self.places[who - 1, 0] + north + np.broadcast_to(north_m, count) / DEGREE_M
        lon = self.places[who - 1, 1] + east
        known = np.broadcast_to(known, count)
        times = [
            np.char.mod("%s", (one * 1e6).astype("i8").astype("M8[us]")) for one in (at, known)
        ]
        lines = io.StringIO()
        columns = zip(who.tolist(), *times, lat.tolist(), lon.tolist(), strict=True)
        for n, (person, when, heard, north_deg, east_deg) in enumerate(columns):
            self.number += 1
            alarm = "{strap_tamper}" if n in alarmed else "{}"
            lines.write(
                f"{person}\t{person}\t{person}\t{when}Z\t{heard}Z\t{north_deg:.6f}\t{east_deg:.6f}"
                f"\t12.5\t80\t{alarm}\t\t\\\\x{self.number:032x}\n"
            )
        with self.connection.transaction():
            with self.connection.cursor().copy(COPY) as copy:
                copy.write(lines.getvalue())
            self.connection.execute("SELECT pg_notify('tarazy_fixes', '')")
