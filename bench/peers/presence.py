# SPDX-License-Identifier: EUPL-1.2
"""The peers of engine_presence: which fixes lie in which zones of their wearer, and in shared ones.

They answer less than we do: a point in a polygon, without uncertainty, state or time. Circles are
polygons of 64 corners for them. Each may join as it likes best; the faster way counts. The number
of pairs that each finds is printed, so that a wrong join would be seen.
"""

import importlib
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import shapely

PG_BIN = Path("/usr/lib/postgresql/15/bin")
PG_PORT = 18_055
PG_SHARE = Path("/usr/share/postgresql/15/extension/postgis.control")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """One batch, and the zones of its city as polygons in degrees."""

    wearer: npt.NDArray[np.int64]
    lat: Floats
    lon: Floats
    own: Any
    """Polygons of all wearers, OWN_EACH for each, one wearer after the other."""
    own_each: int
    shared: Any

    @property
    def owner(self) -> npt.NDArray[np.int64]:
        """Whose each zone is; -1 for a shared one."""
        own = np.arange(len(self.own)) // self.own_each
        return np.concatenate([own, np.full(len(self.shared), -1)])

    @property
    def zones(self) -> Any:
        return np.concatenate([self.own, self.shared])


Peer = tuple[str, Callable[[], int]]


class Absent(Exception):
    """A peer that cannot be measured here, with the reason."""


def by_shapely(points: Points) -> Iterator[Peer]:
    """Prepared polygons for the own zones, or one tree of everything."""
    shapely.prepare(points.own)
    shapely.prepare(points.shared)
    places = shapely.points(points.lon, points.lat)
    shared, everything = shapely.STRtree(points.shared), shapely.STRtree(points.zones)
    owner = points.owner

    def by_pairs() -> int:
        pairs = points.wearer[:, None] * points.own_each + np.arange(points.own_each)
        lon, lat = (np.repeat(one, points.own_each) for one in (points.lon, points.lat))
        found = int(shapely.contains_xy(points.own[pairs.ravel()], lon, lat).sum())
        return found + int(shared.query(places, predicate="within").shape[1])

    def by_tree() -> int:
        place, zone = everything.query(places, predicate="within")
        whose = owner[zone]
        return int(((whose == points.wearer[place]) | (whose < 0)).sum())

    yield "shapely, own zones by pairs", by_pairs
    yield "shapely, one STRtree", by_tree


JOINS = {
    "by space": "SELECT count(*) FROM p JOIN z ON ST_Contains(z.g, p.g) "
    "WHERE z.owner = p.wearer OR z.owner < 0",
    "own zones by wearer": "SELECT (SELECT count(*) FROM p JOIN z ON z.owner = p.wearer "
    "AND ST_Contains(z.g, p.g)) + (SELECT count(*) FROM p JOIN s ON ST_Contains(s.g, p.g))",
}


def by_sedona(points: Points) -> Iterator[Peer]:
    """SedonaDB, its tables in memory."""
    try:
        arrow: Any = importlib.import_module("pyarrow")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for GDAL, which nothing here needs
            sedona: Any = importlib.import_module("sedonadb").connect()
            importlib.import_module("geoarrow.pyarrow")
    except ImportError as missing:
        raise Absent(f"{missing}; pip install sedonadb geoarrow-pyarrow") from missing
    places = arrow.table({"wearer": points.wearer, "lon": points.lon, "lat": points.lat})
    wkb = arrow.array(shapely.to_wkb(points.zones), arrow.binary())
    zones = arrow.table({"owner": points.owner, "wkb": wkb})
    sedona.create_data_frame(places).to_view("places", overwrite=True)
    sedona.create_data_frame(zones).to_view("zones", overwrite=True)
    for name, query in (
        ("p", "SELECT wearer, ST_Point(lon, lat) AS g FROM places"),
        ("z", "SELECT owner, ST_GeomFromWKB(wkb) AS g FROM zones"),
        ("s", "SELECT ST_GeomFromWKB(wkb) AS g FROM zones WHERE owner < 0"),
    ):
        sedona.sql(query).to_memtable().to_view(name, overwrite=True)
    for name, query in JOINS.items():

        def run(query: str = query) -> int:
            return int(sedona.sql(query).to_arrow_table().column(0)[0].as_py())

        yield f"SedonaDB, {name}", run


def by_duckdb(points: Points) -> Iterator[Peer]:
    """DuckDB's spatial extension, where it is installed: it cannot be fetched from everywhere."""
    duckdb: Any = importlib.import_module("duckdb")
    with duckdb.connect() as database:
        try:
            database.execute("LOAD spatial")
        except duckdb.Error as error:
            raise Absent(str(error).splitlines()[0]) from error
        arrow: Any = importlib.import_module("pyarrow")
        places = arrow.table({"wearer": points.wearer, "lon": points.lon, "lat": points.lat})
        wkb = arrow.array(shapely.to_wkb(points.zones), arrow.binary())
        zones = arrow.table({"owner": points.owner, "wkb": wkb})
        database.register("places", places)
        database.register("zones", zones)
        database.execute("CREATE TABLE p AS SELECT wearer, ST_Point(lon, lat) AS g FROM places")
        database.execute("CREATE TABLE z AS SELECT owner, ST_GeomFromWKB(wkb) AS g FROM zones")
        database.execute("CREATE TABLE s AS SELECT g FROM z WHERE owner < 0")
        for name, query in JOINS.items():

            def run(query: str = query) -> int:
                return int(database.execute(query).fetchone()[0])

            yield f"DuckDB spatial, {name}", run


def by_postgis(points: Points) -> Iterator[Peer]:
    """PostGIS in a server of its own: the embedded PostgreSQL has none."""
    if not PG_SHARE.exists() or os.geteuid() != 0:
        raise Absent("no postgresql-15-postgis-3 here, or not root, who may start its server")
    with _server() as connection:
        connection.execute("CREATE EXTENSION postgis")
        print("PostGIS", *connection.execute("SELECT postgis_full_version()").fetchone() or ())
        connection.execute("CREATE TABLE p (wearer bigint, g geometry)")
        connection.execute("CREATE TABLE z (owner bigint, g geometry)")
        _copy(connection, "p", points.wearer, shapely.points(points.lon, points.lat))
        _copy(connection, "z", points.owner, points.zones)
        connection.execute("CREATE TABLE s AS SELECT g FROM z WHERE owner < 0")
        for table in ("z", "s"):
            connection.execute(f"CREATE INDEX ON {table} USING gist (g)".encode())
        connection.execute("CREATE INDEX ON z (owner)")
        connection.execute("VACUUM ANALYZE")
        for name, query in JOINS.items():

            def run(query: str = query) -> int:
                row = connection.execute(query.encode()).fetchone()
                return int(row[0]) if row else 0

            yield f"PostGIS, {name}", run


def _copy(connection: psycopg.Connection, table: str, keys: Any, shapes: Any) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for key, shape in zip(keys.tolist(), shapely.to_wkb(shapes, hex=True), strict=True):
            copy.write_row((key, shape))


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    folder = Path(tempfile.mkdtemp(prefix="tarazy-postgis-"))
    shutil.chown(folder, "postgres")
    options = (
        f"-p {PG_PORT} -k {folder} -c listen_addresses= -c shared_buffers=512MB -c work_mem=256MB"
    )
    control = [PG_BIN / "pg_ctl", "-D", folder / "data", "-w", "-o", options]

    def postgres(*command: object) -> None:
        quietly = ["runuser", "-u", "postgres", "--", *(str(one) for one in command)]
        subprocess.run(quietly, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    try:
        postgres(PG_BIN / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8")
        postgres(*control, "-l", folder / "log", "start")
        where = f"host={folder} port={PG_PORT} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            yield connection
    finally:
        subprocess.run(
            [
                "runuser",
                "-u",
                "postgres",
                "--",
                *(str(one) for one in control),
                "-m",
                "fast",
                "stop",
            ],
            check=False,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)


PEERS = {
    "shapely": by_shapely,
    "SedonaDB": by_sedona,
    "DuckDB spatial": by_duckdb,
    "PostGIS": by_postgis,
}


def timed(run: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
