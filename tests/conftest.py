# SPDX-License-Identifier: EUPL-1.2
"""One embedded PostgreSQL for the whole run; tests connect as tarazy_app, as the service does."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from hypothesis import settings as hypothesis

from tarazy.core.access import Actor
from tarazy.site.postgres import DATABASE, Postgres

# A gate gives the same answer twice. To look for new cases: pytest --hypothesis-profile=explore
hypothesis.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis.register_profile("explore", max_examples=1_000, deadline=None)
hypothesis.load_profile("same")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's own server, stopped and removed at the end."""
    server = Postgres(settings.TARAZY.folder / "postgres")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(settings.TARAZY.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(postgres: Postgres, django_db_blocker: pytest.FixtureRequest) -> None:
    """Migrate as the owner; no test database of Django's own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("migrate", database="owner", verbosity=0)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever the one before it spoke."""
    with translation.override("en"):
        yield


@pytest.fixture
def owner_connection(postgres: Postgres, django_db_setup: None) -> Iterator[psycopg.Connection]:
    """A connection as the owner of the tables; what a test does on it is rolled back."""
    with psycopg.connect(postgres.url("tarazy_owner", DATABASE)) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def console() -> Actor:
    """Somebody with a shell on the machine."""
    return Actor.console()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real inputs beside the checkout; a test that needs them skips where they are not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real inputs (../shared/data) are not beside this checkout")
    return SHARED_DATA
