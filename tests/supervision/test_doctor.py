# SPDX-License-Identifier: EUPL-1.2
"""The doctor's checks of a database with people, devices and fixes."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from supervision.running import World, ago

from tarazy.core import clock
from tarazy.site import doctor
from tarazy.site.doctor import State
from tarazy.supervision.models import ArchivedDay

pytestmark = pytest.mark.system
FAULT = State.FAULT


def test_the_database_s_checks(world: World) -> None:
    heard, silent = world.wearer(), world.wearer()
    with psycopg.connect(world.server.url("tarazy_owner"), autocommit=True) as database:
        world.rows("SELECT supervision_ensure_fix_day((now() AT TIME ZONE 'UTC')::date)")
        world.rows(
            "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, content,"
            " digest) VALUES (%s, %s, %s, now(), now(), '', '')",
            *(heard.device_id, heard.person_id, heard.order_id),
        )
        here = settings.TARAZY
        world.rows("DELETE FROM supervision_heartbeat")
        assert doctor.heartbeats(database, here, clock.now()).state is State.FAULT
        world.rows("INSERT INTO supervision_heartbeat (process, at) VALUES ('engine', now())")
        assert doctor.heartbeats(database, here, clock.now()).state is State.OK
        world.rows("UPDATE supervision_heartbeat SET at = %s", ago(minutes=5))
        assert "engine" in doctor.heartbeats(database, here, clock.now()).words
        told = doctor.devices(database, here, clock.now())
        assert told.state is State.LOOK
        assert heard.token not in told.words
        assert silent.token[:8] in told.words or "more" in told.words
        assert doctor.growth(database, here, clock.now()).state in set(State)
        later = clock.now() + timedelta(days=2)  # signed or not yet, as other tests had it
        assert doctor.checkpoint(database, here, later).state is not State.OK
        assert doctor.reading(database, here, clock.now()).state is State.OK
        database.execute("BEGIN")
        world.rows("DELETE FROM supervision_enginecheckpoint")
        database.execute(
            "INSERT INTO supervision_enginecheckpoint (name, transaction, fix_id)"
            " VALUES ('engine', 2::bigint ^ 62, 0)"
        )
        assert doctor.reading(database, here, clock.now()).state is State.FAULT
        database.execute("ROLLBACK")
        far = clock.now() + timedelta(days=30)
        assert doctor.partitions(database, here, far).state is State.FAULT


def test_what_waits_in_the_outbox_and_what_was_given_up(world: World) -> None:
    with psycopg.connect(world.server.url("tarazy_owner")) as database:
        database.execute("DELETE FROM core_outbox")
        assert doctor.outbox(database, settings.TARAZY, clock.now()).state is State.OK
        for attempts, minutes, state in ((0, 1, State.OK), (12, 600, State.LOOK), (3, 60, FAULT)):
            database.execute(
                "WITH one AS (INSERT INTO core_outbox (name, payload, at) VALUES ('x', '{}', now())"
                " RETURNING id) INSERT INTO core_outbox_delivery (event_id, listener, at, attempts,"
                " done, error) SELECT id, 'a.listener', %s, %s, false, '' FROM one",
                [ago(minutes=minutes), attempts],
            )
            told = doctor.outbox(database, settings.TARAZY, clock.now())
            assert told.state is state
            assert ("a.listener" in told.words) == (state is not State.OK)
        database.rollback()


def test_the_archive_s_files_are_there_in_their_size(world: World, tmp_path: Path) -> None:
    here = dataclasses.replace(settings.TARAZY, folder=tmp_path)
    day = ArchivedDay(day=date(2026, 3, 1), generation=2, run="beef")
    with psycopg.connect(world.server.url("tarazy_owner")) as database:
        database.execute("DELETE FROM supervision_archivedday")
        assert doctor.archived(database, here, clock.now()).state is State.OK
        for generation, run, size in ((1, "dead", 99), (day.generation, day.run, 5)):
            database.execute(
                "INSERT INTO supervision_archivedday (day, generation, run, fixes, covered,"
                " snapshot, size_bytes, sha256, raw_sha256, archived_at)"
                " VALUES (%s, %s, %s, 1, 1, '', %s, '', '', now())",
                [day.day, generation, run, size],
            )
        columns, raw = (tmp_path / "fixes" / name for name in (day.name, day.raw_name))
        columns.parent.mkdir(parents=True)
        columns.write_bytes(b"abc")
        told = doctor.archived(database, here, clock.now())
        assert (told.state, "2026-03-01" in told.words) == (State.FAULT, True)
        raw.write_bytes(b"de")
        assert doctor.archived(database, here, clock.now()).state is State.OK
        raw.write_bytes(b"d")
        assert doctor.archived(database, here, clock.now()).state is State.FAULT
        database.rollback()
