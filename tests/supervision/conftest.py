# SPDX-License-Identifier: EUPL-1.2
"""A gateway over a PostgreSQL server of its own: it commits for real, and a test may stop it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from supervision.running import Process, World, environment

from tarazy.site.postgres import Postgres


@pytest.fixture(scope="session")
def intake_postgres() -> Iterator[Postgres]:
    server = Postgres(settings.TARAZY.folder / "intake" / "postgres")
    server.start()
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database", "owner", "--verbosity", "0"],
        env=environment(server),
        check=True,
    )
    yield server
    server.stop()


@pytest.fixture(scope="session")
def world(intake_postgres: Postgres) -> World:
    return World(intake_postgres)


@pytest.fixture(scope="session")
def gateway(intake_postgres: Postgres) -> Iterator[Process]:
    """One process for all tests that leave it alive."""
    process = Process(intake_postgres).start()
    yield process
    assert process.stop() == 0
