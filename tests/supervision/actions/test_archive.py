# SPDX-License-Identifier: EUPL-1.2
"""Closed days go to Parquet, late fixes come back together with them, and nothing is lost."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from supervision.factory import CONSOLE, Supervised, supervised

from tarazy.supervision import archive, archived
from tarazy.supervision.actions import archive as actions
from tarazy.supervision.actions.archive import CLOSED_AFTER_DAYS, close_day, close_days
from tarazy.supervision.actions.devices import remove_device
from tarazy.supervision.actions.holds import place_hold
from tarazy.supervision.archived import files_of, latest
from tarazy.supervision.engine import batch
from tarazy.supervision.looks.history import KeptFix, fixes_of
from tarazy.supervision.models import ArchivedDay, EngineCheckpoint, Fitting, Order

NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = (NOW - timedelta(days=CLOSED_AFTER_DAYS + 2)).date()
NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db

KEEP = """
INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat, lon, accuracy_m,
    speed_kmh, alarms, marks, content, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, 12.5, 4, %s, %s, %s, %s)
"""


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


def keep(one: Supervised, at: datetime, lat: float, digest: bytes = b"") -> None:
    """A fix as the gateway's committing statement stores it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT supervision_ensure_fix_day(%s)", [at.date()])
        who = (one.device.pk, one.person.pk, one.order.pk)
        when = (at, at + timedelta(seconds=2.345678))
        what = (lat, 76.9123456, ["sos"], ["mock"], b"{raw}", digest or at.isoformat().encode())
        cursor.execute(KEEP, (*who, *when, *what))


def seen(one: Supervised, hours: float = 24) -> list[KeptFix]:
    span = timedelta(hours=hours)
    return fixes_of(one.person.pk, one.order.pk, NOON - span, NOON + span, limit=1000)


def in_database(day: date = DAY) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"supervision_fix_{day:%Y%m%d}"])
        if (cursor.fetchone() or (None,))[0] is None:
            return 0
        cursor.execute(f"SELECT count(*) FROM supervision_fix_{day:%Y%m%d}")
        return int((cursor.fetchone() or (0,))[0])


def test_a_closed_day_reads_the_same_from_the_archive() -> None:
    one, other = supervised(), supervised("Другая Анна")
    places = [43.25, 43.2500001, 1 / 3, 43.123456789012345, -0.0]
    for minute, lat in enumerate(places):
        keep(one, NOON + timedelta(minutes=minute), lat)
        keep(other, NOON + timedelta(minutes=minute), -lat)
    before = seen(one)
    assert [fix.lat for fix in before] == places[::-1]
    assert close_day(CONSOLE, DAY, NOW) == 10
    assert in_database() == 0
    assert seen(one) == before
    manifest = latest(DAY)
    assert manifest is not None
    assert (manifest.generation, manifest.fixes, manifest.covered) == (1, 10, 10)
    columns, raw = files_of(manifest)
    assert {path.stat().st_mode & 0o777 for path in (columns, raw)} == {0o600}
    with duckdb.connect() as engine:
        order = engine.execute(f"SELECT person_id, epoch_us(\"at\") FROM '{columns}'").fetchall()
        kept = engine.execute(f"SELECT content, digest FROM '{raw}'").fetchall()
    assert order == sorted(order)
    assert {content for content, _ in kept} == {b"{raw}"}
    assert len({digest for _, digest in kept}) == 5


def test_a_late_fix_stays_in_the_database_and_is_read_together() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    close_day(CONSOLE, DAY, NOW)
    keep(one, NOON + HOUR, 43.3)
    keep(one, NOON, 43.25)  # sent again after its day was archived
    assert [fix.lat for fix in seen(one)] == [43.3, 43.25]
    first = latest(DAY)
    assert first is not None
    assert close_days(CONSOLE, NOW) == 0, "not before the day is over again"
    assert actions._drop(DAY, 1) == 0, "an old generation does not speak for what came since"
    assert close_days(CONSOLE, NOW + timedelta(days=1)) == 2
    second = latest(DAY)
    assert second is not None
    assert (second.generation, second.fixes) == (2, 2)
    assert [fix.lat for fix in seen(one)] == [43.3, 43.25]
    assert files_of(first)[0].exists(), "somebody may be reading it"
    actions.clean(NOW + timedelta(days=1) + 2 * HOUR)
    assert not files_of(first)[0].exists()
    assert files_of(second)[0].exists()


def test_files_that_nothing_names_go_once_their_writer_must_be_dead() -> None:
    keep(supervised(), NOON, 43.25)
    close_day(CONSOLE, DAY, NOW)
    named = files_of(latest(DAY) or ArchivedDay())[0]
    left = [named.with_name("fixes-20200101.g1.parquet"), named.with_suffix(".half")]
    scratch = named.with_name(".fixes-20200101.g1")
    scratch.mkdir()
    left += [scratch / "duckdb_temp_storage_DEFAULT-0.tmp"]
    for path in left:
        path.write_bytes(b"of a run that was killed")
    actions.clean(NOW)
    assert all(path.exists() for path in left)
    actions.clean(NOW + 2 * HOUR)
    assert not any(path.exists() for path in (*left, scratch))
    assert named.exists()


def test_a_fix_that_is_sent_again_is_shown_as_it_was_first_known() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    before = seen(one)
    close_day(CONSOLE, DAY, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT supervision_ensure_fix_day(%s)", [DAY])
        who = (one.device.pk, one.person.pk, one.order.pk)
        what = (43.25, 76.9123456, ["sos"], ["mock"], b"{raw}", NOON.isoformat().encode())
        cursor.execute(KEEP, (*who, NOON, NOW, *what))
    assert seen(one) == before


def test_days_are_those_of_utc_whatever_zone_is_asked_in() -> None:
    one = supervised()
    at = NOON + 11 * HOUR  # tomorrow in Kazakhstan
    keep(one, at, 43.25)
    close_day(CONSOLE, DAY, NOW)
    local = at.astimezone(timezone(5 * HOUR))
    found = fixes_of(one.person.pk, one.order.pk, local, local + HOUR, limit=10)
    assert [fix.at for fix in found] == [at]


def test_a_new_day_s_table_waits_for_no_reader() -> None:
    url = settings.TARAZY.database_url
    with psycopg.connect(url) as reader, psycopg.connect(url) as maker:
        reader.execute("SELECT count(*) FROM supervision_fix")
        maker.execute("SET lock_timeout = '2s'")
        maker.execute("SELECT supervision_ensure_fix_day(current_date - 111)")
        found = maker.execute(
            "SELECT to_regclass('supervision_fix_' || to_char(current_date - 111, 'YYYYMMDD'))"
        )
        assert found.fetchone() != (None,)
        maker.rollback()


def test_days_that_are_not_archived_yet_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    close_day(CONSOLE, DAY, NOW)
    keep(one, NOON + HOUR, 43.25)
    keep(one, NOON + 24 * HOUR, 43.25)
    monkeypatch.setattr(actions, "DAYS_AT_ONCE_MAX", 1)
    close_days(CONSOLE, NOW + timedelta(days=1))
    assert in_database(DAY + timedelta(days=1)) == 0
    assert in_database(DAY) == 1


@pytest.mark.parametrize("name", ["o'brien", "a[1]", "a[!b]", "**", "a?", "order_id=7", "a]{b,c}"])
def test_a_path_is_a_path_whatever_is_in_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    decoys = [tmp_path / other for other in ("a1", "ab", "xy")]
    for folder in (*decoys, tmp_path / name):
        monkeypatch.setattr(archived, "folder", lambda folder=folder: folder / "fixes")
        (folder / "fixes").mkdir(parents=True)
        day = ArchivedDay(day=DAY, generation=1, run="same")
        with transaction.atomic():
            archive.write_day(iter(actions.Counted(DAY)), None, files_of(day))
    before = seen(one)
    assert close_day(CONSOLE, DAY, NOW) == 1
    assert seen(one) == before
    keep(one, NOON + HOUR, 43.3)
    assert close_day(CONSOLE, DAY, NOW) == 1
    assert [fix.lat for fix in seen(one)] == [43.3, 43.25]
    day = latest(DAY) or ArchivedDay()
    without = archive.Without(one.order.pk, NOW, NOW, places_only=False, spared=[])
    found = archive.count(files_of(day)[0], [without])
    assert found[one.order.pk].count == 2


def test_who_was_slower_replaces_nothing_that_another_has_recorded() -> None:
    """The database restarts, the lock is lost, and a second worker begins with the same day."""
    one = supervised()
    keep(one, NOON, 43.25)
    slow, fast = (ArchivedDay(day=DAY, generation=1) for _ in range(2))
    with transaction.atomic():
        counted = actions.Counted(DAY)
        written = archive.write_day(iter(counted), None, files_of(fast))
    actions._record_day(CONSOLE, fast, written, counted, NOW)
    before = [path.read_bytes() for path in files_of(fast)]
    keep(one, NOON + HOUR, 43.3)
    with transaction.atomic():
        counted = actions.Counted(DAY)
        written = archive.write_day(iter(counted), None, files_of(slow))
    with pytest.raises(IntegrityError):
        actions._record_day(CONSOLE, slow, written, counted, NOW)
    assert [path.read_bytes() for path in files_of(fast)] == before
    assert [fix.lat for fix in seen(one)] == [43.3, 43.25]
    actions.clean(NOW + 2 * HOUR)
    assert [path.exists() for path in (*files_of(fast), *files_of(slow))] == [True] * 2 + [
        False
    ] * 2


def test_the_manifest_says_whose_fixes_and_whose_places_a_day_has() -> None:
    one, other = supervised(), supervised("Другая Анна")
    keep(one, NOON, 43.25)
    with connection.cursor() as cursor:
        who = (other.device.pk, other.person.pk, other.order.pk)
        cursor.execute(KEEP, (*who, NOON, NOON, None, None, [], [], b"", b"alive"))
    close_day(CONSOLE, DAY, NOW)
    manifest = latest(DAY)
    assert manifest is not None
    assert manifest.orders == sorted([one.order.pk, other.order.pk])
    assert manifest.placed == [one.order.pk]


@pytest.mark.parametrize(
    ("spared", "expected"),
    [
        ([], [(archive.BEGINNING, NOON)]),
        ([(NOON - HOUR, None)], [(archive.BEGINNING, NOON - HOUR)]),
        ([(NOON + HOUR, None)], [(archive.BEGINNING, NOON)]),
        (
            [(NOON - 2 * HOUR, NOON - HOUR), (NOON - 4 * HOUR, NOON - 3 * HOUR)],
            [
                (archive.BEGINNING, NOON - 4 * HOUR),
                (NOON - 3 * HOUR, NOON - 2 * HOUR),
                (NOON - HOUR, NOON),
            ],
        ),
        (
            [(NOON - 4 * HOUR, NOON - HOUR), (NOON - 3 * HOUR, NOON - 2 * HOUR)],
            [(archive.BEGINNING, NOON - 4 * HOUR), (NOON - HOUR, NOON)],
        ),
    ],
)
def test_what_goes_lies_between_what_is_spared(
    spared: list[tuple[datetime, datetime | None]], expected: list[tuple[datetime, datetime]]
) -> None:
    without = archive.Without(1, NOON, NOON, places_only=False, spared=spared)
    assert list(without.times()) == expected


def test_a_fix_that_comes_while_its_day_is_archived_is_not_dropped() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    target = ArchivedDay(day=DAY, generation=1)
    counted = actions.Counted(DAY)
    with transaction.atomic():
        written = archive.write_day(iter(counted), None, files_of(target))
    keep(one, NOON + HOUR, 43.3)
    actions._record_day(CONSOLE, target, written, counted, NOW)
    assert actions._drop(DAY, 1) == 0
    assert in_database() == 2
    assert [fix.lat for fix in seen(one)] == [43.3, 43.25]


def test_a_stop_at_any_step_loses_nothing() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    target = ArchivedDay(day=DAY, generation=1)
    with transaction.atomic():
        archive.write_day(iter(actions.Counted(DAY)), None, files_of(target))
    # Stopped before the manifest: the files count for nothing, and are written again.
    assert [fix.lat for fix in seen(one)] == [43.25]
    with transaction.atomic():
        counted = actions.Counted(DAY)
        written = archive.write_day(iter(counted), None, files_of(target))
    actions._record_day(CONSOLE, target, written, counted, NOW)
    # Stopped before the drop: both hold it, and it is shown once.
    assert in_database() == 1
    assert [fix.lat for fix in seen(one)] == [43.25]
    assert close_days(CONSOLE, NOW + timedelta(days=1)) == 1
    assert [fix.lat for fix in seen(one)] == [43.25]


def test_what_is_not_judged_or_not_closed_stays() -> None:
    one = supervised()
    keep(one, NOW - timedelta(days=1), 43.25)
    keep(one, NOON, 43.25)
    EngineCheckpoint.objects.update(transaction=0)
    assert close_days(CONSOLE, NOW) == 0
    EngineCheckpoint.objects.update(transaction=2**62)
    assert close_days(CONSOLE, NOW) == 1
    assert in_database((NOW - timedelta(days=1)).date()) == 1


def test_what_the_court_does_not_let_us_keep_is_not_archived() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    Order.objects.filter(pk=one.order.pk).update(trace_storage="compliance_only")
    assert close_days(CONSOLE, NOW) == 0
    place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    assert close_days(CONSOLE, NOW) == 1, "what is held is kept, and may lie in the archive"


def test_two_do_not_archive_at_once() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    with psycopg.connect(settings.TARAZY.database_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [actions.LOCK])
        assert close_days(CONSOLE, NOW) == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [actions.LOCK])
    assert close_days(CONSOLE, NOW) == 1


def test_the_engine_goes_on_judging_while_days_are_archived() -> None:
    with actions.alone() as mine, psycopg.connect(settings.TARAZY.database_url) as engine:
        assert mine
        free = engine.execute("SELECT pg_try_advisory_xact_lock(%s)", [batch.LOCK]).fetchone()
        assert free == (True,)


def test_two_messages_of_one_second_are_two_fixes() -> None:
    one = supervised()
    keep(one, NOON, 43.25, b"one")
    keep(one, NOON, 43.25, b"other")
    assert len(seen(one)) == 2
    close_day(CONSOLE, DAY, NOW)
    assert len(seen(one)) == 2


def test_only_what_is_worn_is_shown() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    keep(one, NOON + 2 * HOUR, 43.3)
    close_day(CONSOLE, DAY, NOW)
    worn = Fitting.objects.get(device=one.device)
    remove_device(CONSOLE, worn.public_id, at=NOON + HOUR)
    assert [fix.lat for fix in seen(one)] == [43.25]


def test_the_service_itself_cannot_drop_or_delete() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT supervision_drop_fix_day(%s, 1)", [DAY])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT supervision_forget_fixes('none', 1, '{}'::tstzmultirange)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('tarazy_app', 'supervision_fix', 'DELETE')")
        assert cursor.fetchone() == (False,)
    assert in_database() == 1


def test_what_does_not_read_back_is_not_dropped() -> None:
    one = supervised()
    keep(one, NOON, 43.25)
    assert close_day(CONSOLE, DAY, NOW) == 1
    manifest = latest(DAY)
    assert manifest is not None
    columns, raw = files_of(manifest)
    assert list(columns.parent.glob("*.half")) == []
    keep(one, NOON + HOUR, 43.3)
    columns.write_bytes(columns.read_bytes()[:-9])
    with pytest.raises(duckdb.Error):
        close_day(CONSOLE, DAY, NOW + timedelta(days=1))
    assert in_database() == 1
    assert raw.exists()


def test_a_fix_that_reads_back_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(supervised(), NOON, 43.25)
    wrong = archive.WRITTEN.replace("round(lat * 1e7)::INTEGER", "round(lat * 1e7)::INTEGER + 1")
    monkeypatch.setattr(archive, "WRITTEN", wrong)
    with pytest.raises(RuntimeError, match="do not read back"):
        close_day(CONSOLE, DAY, NOW)
    assert in_database() == 1
    assert latest(DAY) is None
