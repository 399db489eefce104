# SPDX-License-Identifier: EUPL-1.2
"""Appending and proving on a real PostgreSQL, and all that it must not allow."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tarazy.core.audit import log, merkle
from tarazy.core.audit.entry import Line, seal
from tarazy.site.postgres import Postgres

NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def line(number: int, **details: str) -> Line:
    return Line(
        verb="core.test.act",
        kind="action",
        outcome="done",
        actor=f"usr_{number}",
        roles=("officer",),
        subject=f"per_{number}",
        details=details,
    )


@pytest.fixture
def twenty(empty_log: None) -> list[bytes]:
    """Twenty entries, appended in batches of several sizes; their leaves as stored."""
    for first, count in ((0, 1), (1, 1), (2, 5), (7, 8), (15, 5)):
        assert log.append([line(first + i) for i in range(count)], NOW) == first
    return [log.entry(seq).leaf for seq in range(20)]


def test_an_entry_comes_back_with_its_details(empty_log: None) -> None:
    at = NOW + timedelta(microseconds=123456)
    first = log.append([line(0), line(1, note="Түсінікті 'x' \\ \"y\"\n", empty="")], at)
    stored = log.entry(first + 1)
    assert (stored.seq, stored.at) == (first + 1, at)
    assert stored.leaf_hash == hashlib.sha256(b"\x00" + stored.leaf).digest()
    details = log.details(first + 1)
    assert {name: one.value for name, one in details.items()} == {
        "note": "Түсінікті 'x' \\ \"y\"\n",
        "empty": "",
    }
    commitments = {name: one.commitment() for name, one in details.items()}
    assert json.loads(stored.leaf)["details"] == commitments
    assert log.details(first) == {}
    with pytest.raises(LookupError):
        log.entry(first + 2)


def test_heads_and_proofs_are_those_of_the_tree(twenty: list[bytes]) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in twenty]
    roots = [merkle.root_of(hashes[:size]) for size in range(21)]
    assert log.head() == log.TreeHead(20, roots[20])
    for size in range(21):
        assert log.head(size).root == roots[size]
        path = log.consistency(size, 20)
        assert merkle.verify_consistency((size, roots[size]), (20, roots[20]), path)
        for seq in range(size):
            path = log.inclusion(seq, size)
            assert merkle.verify_inclusion(hashes[seq], seq, path, (size, roots[size]))
    with pytest.raises(LookupError):
        log.head(21)


def test_an_empty_log_has_the_empty_root(empty_log: None) -> None:
    assert log.head() == log.TreeHead(0, merkle.EMPTY_ROOT)


def test_a_roll_back_leaves_no_gap(twenty: list[bytes]) -> None:
    with transaction.atomic():
        assert log.append([line(20)], NOW) == 20
        transaction.set_rollback(True)
    assert log.append([line(20)], NOW) == 20


def test_erasing_empties_the_details_and_keeps_the_proof(twenty: list[bytes]) -> None:
    seq = log.append([line(20, note="forget me", name="Асқар")], NOW)
    head, leaf = log.head(), log.entry(seq).leaf
    assert log.erase(seq) == 2
    assert log.erase(seq) == 0
    assert log.details(seq) == {}
    assert (log.head(), log.entry(seq).leaf) == (head, leaf)


def test_the_same_checkpoint_twice_is_kept_once(empty_log: None) -> None:
    kept = log.StoredCheckpoint(0, merkle.EMPTY_ROOT, "note", NOW)
    log.keep_checkpoint(kept)
    log.keep_checkpoint(kept)
    assert log.checkpoints() == [kept]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into core_audit_entry values (20, now(), '', sha256(''))",
        "insert into core_audit_node values (0, 20, sha256(''))",
        "insert into core_audit_detail values (3, 'x', sha256(''), '')",
        *(f"delete from core_audit_{t}" for t in ("entry", "node", "detail", "checkpoint")),
        *(f"truncate core_audit_{t}" for t in ("entry", "node", "detail", "checkpoint")),
        "update core_audit_entry set at = now()",
        "update core_audit_node set hash = sha256('')",
        "update core_audit_detail set value = ''",
        "update core_audit_checkpoint set size = 0",
        "alter table core_audit_entry disable trigger user",
        "drop table core_audit_entry",
        "select core_audit_append(array['\\x7b7d'::bytea], null)",
    ],
)
def test_the_service_cannot_rewrite(twenty: list[bytes], sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert [log.entry(seq).leaf for seq in range(log.size())] == twenty


@pytest.mark.parametrize(
    "sql",
    [
        *(f"delete from core_audit_{table}" for table in ("entry", "node", "checkpoint")),
        *(f"truncate core_audit_{t}" for t in ("entry", "node", "detail", "checkpoint")),
        "update core_audit_entry set at = now()",
        "update core_audit_node set hash = sha256('')",
        "update core_audit_detail set value = ''",
        "update core_audit_checkpoint set size = 0",
    ],
)
def test_not_even_the_owner_rewrites_by_mistake(
    owner_connection: psycopg.Connection, sql: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
        owner_connection.execute(sql)


def test_a_table_of_the_same_name_does_not_catch_the_entry(twenty: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table core_audit_entry (like public.core_audit_entry)")
        assert log.append([line(20)], NOW) == 20
        cursor.execute("select count(*) from public.core_audit_entry where seq = 20")
        assert cursor.fetchone() == (1,)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 1_000_000))
def test_any_batches_grow_one_tree(empty_log: None, batches: list[int], pick: int) -> None:
    old = log.head()
    for count in batches:
        log.append([line(i) for i in range(count)], NOW)
    new = log.head()
    assert new.size == old.size + sum(batches)
    path = log.consistency(old.size, new.size)
    assert merkle.verify_consistency((old.size, old.root), (new.size, new.root), path)
    seq = pick % new.size
    leaf_hash = merkle.leaf_hash(log.entry(seq).leaf)
    path = log.inclusion(seq, new.size)
    assert merkle.verify_inclusion(leaf_hash, seq, path, (new.size, new.root))


@pytest.fixture(scope="module")
def separate(postgres: Postgres) -> Iterator[str]:
    """A database of its own, for what must be committed; its address for tarazy_app."""
    name = "audit_separate"
    schema = Path(log.__file__).with_name("schema.sql").read_text()
    reverse = Path(log.__file__).with_name("schema_reverse.sql").read_text()
    append = Path(log.__file__).with_name("append.sql").read_text()
    postgres.create_database(name)
    with psycopg.connect(postgres.url("tarazy_owner", name), autocommit=True) as owner:
        owner.execute(schema + reverse + schema + append)
        yield postgres.url("tarazy_app", name)


def test_many_writers_make_one_chain(separate: str) -> None:
    def write(writer: int) -> None:
        with psycopg.connect(separate) as session:
            for number in range(25):
                leaves = [seal(line(writer * 100 + number), NOW).leaf] * (1 + number % 7)
                session.execute("select core_audit_append(%s::bytea[], '[]')", [leaves])
                if number % 5 == 4:
                    session.rollback()
                else:
                    session.commit()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with psycopg.connect(separate) as session:
        rows = session.execute("select seq, leaf from core_audit_entry order by seq").fetchall()
        assert [seq for seq, _ in rows] == list(
            range(6 * sum(1 + n % 7 for n in range(25) if n % 5 != 4))
        )
        nodes = session.execute("select level, position, hash from core_audit_node").fetchall()
    tree = merkle.CompactRange()
    expected: dict[merkle.Node, bytes] = {}
    for _, leaf in rows:
        expected.update(tree.append(merkle.leaf_hash(leaf)))
    assert {(level, position): value for level, position, value in nodes} == expected


def test_an_older_snapshot_cannot_append(separate: str) -> None:
    with psycopg.connect(separate) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.RaiseException, match="read committed"):
            session.execute("select core_audit_append('{}', '[]')")


def test_a_tree_that_lacks_a_node_is_not_grown(separate: str, postgres: Postgres) -> None:
    owner, leaf = postgres.url("tarazy_owner", "audit_separate"), seal(line(1), NOW).leaf
    with psycopg.connect(owner) as session, session.transaction(force_rollback=True):
        append = "select core_audit_append(array_fill(%s::bytea, array[%s::int]), '[]')"
        (count,) = session.execute("select count(*) from core_audit_entry").fetchone() or (0,)
        session.execute(append, [leaf, 1 + count % 2])  # the next one is a right child
        session.execute("alter table core_audit_node disable trigger all")
        session.execute("delete from core_audit_node where level = 0 and position >= %s", [count])
        with pytest.raises(psycopg.errors.DataCorrupted, match="lacks node"):
            session.execute(append, [leaf, 1])
