# SPDX-License-Identifier: EUPL-1.2
"""An empty log, and the hand of an owner who cheats, both inside the test's own transaction."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from tarazy.site.postgres import DATABASE, Postgres

Cheat = Callable[[str], None]

TABLES = ("entry", "node", "detail", "checkpoint")
AS_OWNER = """
create function audit_test_as_owner(command text) returns void
language plpgsql security definer as $$ begin execute command; end $$
"""


@pytest.fixture(scope="module")
def _owners_hand(postgres: Postgres, django_db_setup: None) -> Iterator[None]:
    """tarazy_app may change nothing, so the owner lends it a function for the time of the tests."""
    with psycopg.connect(postgres.url("tarazy_owner", DATABASE), autocommit=True) as owner:
        owner.execute(AS_OWNER)
        yield
        owner.execute("drop function audit_test_as_owner(text)")


@pytest.fixture
def cheat(db: None, _owners_hand: None) -> Cheat:
    """Run SQL as the owner, with the triggers off; the test's roll-back undoes it."""

    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    "select audit_test_as_owner(%s)",
                    [f"alter table core_audit_{table} disable trigger user"],
                )
            cursor.execute("select audit_test_as_owner(%s)", [sql])

    return run


@pytest.fixture
def empty_log(cheat: Cheat) -> None:
    """Other tests may have left entries that were committed."""
    for table in TABLES:
        cheat(f"delete from core_audit_{table}")
