# SPDX-License-Identifier: EUPL-1.2
"""A folder of Parquet tables in versions, and the manifest that says which version is in force.

    manifest.json        replaced as a whole, last; until then nothing has happened
    tables/000007/       a folder a table with Parquet files, its parts; a part has the same
                         releases in each table. Never changed once the manifest names it; a part
                         that stays as it is in the next version is a hard link to the same file
    findings/000008/     what the indicators found in a version of the tables
    imports/imp_….json   what was read: name, SHA-256, time, counts, refusals, lost values
    pending/000007/      records of an import until that version is in force and all is done that
                         follows from it; one that was killed leaves them to who writes next
    prepared/000007/     what runs over a version of the tables make first (`prepared`)
    statements.json      the SQL of a run, since writing it out takes seconds; of no other use
    references/          tables that the user gave: thresholds, rates, registers (`references`)
    salt                 of what is kept as hashes only (`sources.sealing`)
    received/            every file that was read, as it came, under its SHA-256
    staging/             of an import under way; an interrupted one leaves only this behind, and the
                         next goes on from it

The previous version stays on the disk for readers who opened it a moment ago.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir

import duckdb
import msgspec

from tarazy.core.errors import Misconfigured, Refused, Temporary
from tarazy.core.files import has_no_room
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.sources.sealing import SALT_BYTES
from tarazy.procurement.staging import READER_VERSION

MARKET = "market"  # the audit log's name for the one set of tables of a service
VERSIONS_KEPT = 2
SPILL = "spill"
PREPARED = "prepared"
WIDE_SHARE = 0.25  # of the assessed; a flag that fires oftener may not fit the market
ASSESSED_MIN = 20  # a share of fewer says nothing
SETTLING_AT_ONCE = 8
ROW_GROUP = 40_960  # of tables and answers: a page of one process reads one of each file
ENGINE_MEMORY = "600MB"  # DuckDB spills to the staging folder beyond it


class BaseRate(msgspec.Struct, frozen=True, kw_only=True):
    """How often one indicator was raised, of how many that it could assess."""

    code: str
    version: int
    raised: int
    assessed: int
    not_assessed: dict[str, int]
    """By reason."""
    usual: str | None = None
    """Why every process that has no row in the file was not assessed."""
    of_organisations: bool = False

    def written(self) -> int:
        """How many answers have a row: those for the usual reason have none."""
        missing = sum(self.not_assessed.values())
        usual = self.not_assessed.get(self.usual, 0) if self.usual else 0
        return self.assessed + missing - usual

    def is_wide(self) -> bool:
        """Whether it is raised so often that it says more about its threshold than of a tender."""
        return self.assessed >= ASSESSED_MIN and self.raised > WIDE_SHARE * self.assessed


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the indicators."""

    folder: str
    tables: str
    at: datetime
    base_rates: list[BaseRate]
    years: list[int] = []
    """Of the processes, the newest first."""
    spans: dict[int, list[tuple[int, int]]] = {}
    """The places of each year, from the first to the last of those together (`listing`)."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force."""

    version: int = 0
    tables: str | None = None
    reader: int = 1
    """The version of the reader that made the tables."""
    rows: dict[str, int] = {}
    changed_at: datetime | None = None
    findings: Findings | None = None


class Folder:
    """A procurement folder; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.staging = path / "staging"
        self.imports = path / "imports"
        self.pending = path / "pending"
        self.received = path / "received"
        self._manifest = path / "manifest.json"

    def manifest(self) -> Manifest:
        """What is in force now. Raises Misconfigured where the manifest is not ours."""
        try:
            return msgspec.json.decode(self._manifest.read_bytes(), type=Manifest)
        except FileNotFoundError:
            return Manifest()
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Misconfigured(
                str(self._manifest), "is damaged; restore it, or import anew"
            ) from error

    def tables(self, manifest: Manifest) -> dict[str, Path]:
        """The files of each table, as a pattern. Raises Refused where nothing was imported."""
        if manifest.tables is None:
            raise Refused(Refusal.NOTHING_IMPORTED)
        return {name: self.path / manifest.tables / name / "*.parquet" for name in SCHEMAS}

    def readable(self, manifest: Manifest) -> dict[str, Path]:
        """The same, made by today's reader. Raises Refused for tables of an earlier one."""
        files = self.tables(manifest)
        if manifest.reader != READER_VERSION:
            raise Refused(Refusal.OLD_TABLES)
        return files

    def prepared(self, manifest: Manifest) -> Path:
        """Where runs keep what they make first. Raises Refused where nothing was imported."""
        if manifest.tables is None:
            raise Refused(Refusal.NOTHING_IMPORTED)
        return self.path / PREPARED / Path(manifest.tables).name

    @contextmanager
    def writing(self) -> Iterator[Manifest]:
        """Be the only writer of this folder.

        The staging folder is emptied afterwards, unless something went wrong: then the next import
        goes on from what is in it.

        Raises Temporary where another writes and where the disk is full, Misconfigured where the
        folder cannot be used.
        """
        with room(self.path), self._locked():
            self.staging.mkdir(exist_ok=True)
            shutil.rmtree(self.staging / SPILL, ignore_errors=True)
            yield self.manifest()
            shutil.rmtree(self.staging, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.imports.mkdir(parents=True, exist_ok=True)
            self.received.mkdir(exist_ok=True)
            lock = (self.path / "lock").open("w")
        except OSError as error:
            if has_no_room(error):
                raise
            raise Misconfigured(str(self.path), "cannot be written to") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Temporary("another import or run is writing to this folder") from error
            yield

    def salt(self) -> bytes:
        """The folder's own salt, made when it is first needed; nobody else may read it."""
        path = self.path / "salt"
        if not path.exists():
            _write_durably(path, os.urandom(SALT_BYTES), mode=0o600)
        salt = path.read_bytes()
        if len(salt) != SALT_BYTES:
            raise Misconfigured(str(path), "is damaged; restore it")
        return salt

    def publish(self, manifest: Manifest) -> None:
        """Put a version in force, at once and for good; then drop versions that nobody reads."""
        _write_durably(self._manifest, _formatted(manifest))
        for kind, in_force in (
            ("tables", manifest.tables),
            ("findings", manifest.findings.folder if manifest.findings else None),
        ):
            self._drop_old(kind, in_force)
        for one in (self.path / PREPARED).glob("*"):  # of the tables in force only: it is large
            if one != self.prepared(manifest):
                shutil.rmtree(one, ignore_errors=True)

    def keep_record(self, name: str, record: msgspec.Struct) -> None:
        """Keep what was read under `imports/`."""
        _write_durably(self.imports / f"{name}.json", _formatted(record))

    def keep_pending(self, version: int, records: Mapping[str, msgspec.Struct]) -> None:
        """Keep records by name until this version is in force (`importing.finish`)."""
        folder = self.pending / f"{version:06d}"
        folder.mkdir(parents=True)
        for name, record in records.items():
            (folder / f"{name}.json").write_bytes(_formatted(record))
        settle(folder)

    def take_pending(self, folder: Path) -> None:
        """Put the records of a version that is in force under `imports/`."""
        for record in folder.iterdir():
            record.replace(self.imports / record.name)
        _settle(self.imports)

    def fresh(self, kind: str, version: int) -> tuple[str, Path]:
        """An empty folder for a version to come: (its name for the manifest, its path)."""
        name = f"{kind}/{version:06d}"
        path = self.path / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return name, path

    def engine(self, memory: str = ENGINE_MEMORY) -> duckdb.DuckDBPyConnection:
        """DuckDB in memory, bounded, spilling beside the data; it may not reach the network."""
        # Of the folder that it spills to, it makes none around it; nobody may be writing here.
        spill = self.staging if self.staging.is_dir() else Path(gettempdir())
        engine = duckdb.connect()
        engine.execute(f"SET memory_limit = '{memory}'")
        engine.execute(f"SET temp_directory = {quoted(spill / SPILL)}")
        engine.execute("SET autoinstall_known_extensions = false")
        engine.execute("SET TimeZone = 'UTC'")
        return engine

    def _drop_old(self, kind: str, in_force: str | None) -> None:
        parent = self.path / kind
        if in_force is None or not parent.is_dir():
            return
        older = sorted(one for one in parent.iterdir() if one.name <= Path(in_force).name)
        for one in older[:-VERSIONS_KEPT]:
            shutil.rmtree(one, ignore_errors=True)


@contextmanager
def room(path: Path) -> Iterator[None]:
    """Raises Temporary where what is done here finds the disk full, instead of what it said."""
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        if has_no_room(error):
            raise Temporary(f"the disk of {path} is full; make room, then try again") from error
        raise


def quoted(path: Path) -> str:
    """A path as a text of SQL, where a statement takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def settle(folder: Path) -> None:
    """Everything in a folder through to the disk, before a manifest says that it is there."""
    with ThreadPoolExecutor(SETTLING_AT_ONCE) as threads:
        for _ in threads.map(_settle, folder.rglob("*")):
            pass
    _settle(folder)
    _settle(folder.parent)


def _formatted(record: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1)


def _settle(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_durably(path: Path, text: bytes, mode: int = 0o666) -> None:
    new = path.with_suffix(".new")
    with open(new, "wb", opener=partial(os.open, mode=mode)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _settle(path.parent)
