# SPDX-License-Identifier: EUPL-1.2
"""Every way to tamper with the log, and the entry that the check names."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tarazy.core.audit import log, merkle, verification
from tarazy.core.audit.checkpoint import Checkpoint
from tarazy.core.audit.entry import Line
from tarazy.core.audit.verification import Bad, Fault, Verdict, verify

Cheat = Callable[[str], None]
NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
SIZE = 20
OTHER_LEAF = "convert_to(replace(convert_from(leaf, 'UTF8'), 'usr_', 'usr_x'), 'UTF8')"
REHASH = "sha256('\\x00'::bytea || leaf)"


def line(number: int, actor: str = "usr_") -> Line:
    details = {"note": "a", "other": "b"} if number % 5 == 0 else {}
    return Line(
        verb="core.test.act",
        kind="look",
        outcome="refused:not_permitted",
        actor=f"{actor}{number}",
        details=details,
    )


@pytest.fixture(autouse=True, params=[7, 8192])
def _batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "BATCH_ENTRIES", request.param)


@pytest.fixture
def head(empty_log: None) -> Checkpoint:
    """The head of a log of twenty entries, of which the service kept the heads at 0 and 8."""
    log.append([line(number) for number in range(SIZE)], NOW)
    for size in (0, 8):
        kept = log.head(size)
        log.keep_checkpoint(log.StoredCheckpoint(size, kept.root, "note", NOW))
    whole = log.head()
    return Checkpoint("tarazy.example", whole.size, whole.root)


def test_a_sound_log(head: Checkpoint) -> None:
    seen: list[tuple[int, int]] = []
    log.erase(5)
    verdict = verify(head, lambda done, total: seen.append((done, total)))
    assert verdict == Verdict(log.TreeHead(SIZE, head.root), None)
    assert seen[-1] == (SIZE, SIZE)


def test_a_head_that_is_signed_while_the_check_begins(
    head: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = verification._extent

    def grown() -> tuple[int, dict[int, int]]:
        found = read()
        log.append([line(SIZE)], NOW)
        longer = log.head()
        log.keep_checkpoint(log.StoredCheckpoint(longer.size, longer.root, "note", NOW))
        return found

    monkeypatch.setattr(verification, "_extent", grown)
    assert verify(head) == Verdict(log.TreeHead(SIZE, head.root), None)


def test_an_empty_log_is_sound(empty_log: None) -> None:
    assert verify() == Verdict(log.TreeHead(0, merkle.EMPTY_ROOT), None)
    assert verify(Checkpoint("x", 0, merkle.EMPTY_ROOT)).bad is None


@pytest.mark.parametrize(
    ("sql", "bad"),
    [
        (f"update core_audit_entry set leaf = {OTHER_LEAF} where seq = 7", (7, Fault.BODY, 7)),
        (f"update core_audit_entry set leaf = {OTHER_LEAF} where seq >= 3", (3, Fault.BODY, 3)),
        (
            f"update core_audit_entry set leaf = {OTHER_LEAF}, leaf_hash = sha256('')"
            " where seq = 7",
            (7, Fault.BODY, 7),
        ),
        (
            "update core_audit_entry set leaf_hash = sha256('') where seq = 19",
            (19, Fault.HASH, 19),
        ),
        (
            f"update core_audit_entry set leaf = {OTHER_LEAF} where seq = 7;"
            f"update core_audit_entry set leaf_hash = {REHASH} where seq = 7",
            (7, Fault.NODE, 7),
        ),
        (
            f"update core_audit_entry set leaf = {OTHER_LEAF} where seq = 7;"
            f"update core_audit_entry set leaf_hash = {REHASH} where seq = 7;"
            "update core_audit_node set hash = leaf_hash from core_audit_entry"
            " where level = 0 and position = 7 and seq = 7",
            (6, Fault.NODE, 7),
        ),
        (
            "update core_audit_entry set at = at + interval '1 microsecond' where seq = 4",
            (4, Fault.TIME, 4),
        ),
        (
            "update core_audit_detail set value = 'c' where seq = 5 and name = 'other'",
            (5, Fault.DETAIL, 5),
        ),
        ("update core_audit_detail set name = 'new' where name = 'note'", (0, Fault.DETAIL, 0)),
        (
            "insert into core_audit_detail values (3, 'note', decode(repeat('00', 16), 'hex'), '')",
            (3, Fault.DETAIL, 3),
        ),
        ("delete from core_audit_entry where seq = 0", (0, Fault.MISSING, 0)),
        ("delete from core_audit_entry where seq in (11, 13)", (11, Fault.MISSING, 11)),
        ("delete from core_audit_entry where seq = 19", (19, Fault.MISSING, 19)),
        ("delete from core_audit_entry", (0, Fault.MISSING, 0)),
        (
            "update core_audit_entry set seq = 99 where seq = 12;"
            "update core_audit_entry set seq = 12 where seq = 13;"
            "update core_audit_entry set seq = 13 where seq = 99",
            (12, Fault.NODE, 12),
        ),
        (
            "update core_audit_node set hash = sha256('') where level = 2 and position = 1",
            (4, Fault.NODE, 7),
        ),
        ("delete from core_audit_node where level = 1 and position = 3", (6, Fault.NODE, 7)),
        ("delete from core_audit_node", (0, Fault.NODE, 0)),
        ("insert into core_audit_node values (3, 5, sha256(''))", (20, Fault.MISSING, 20)),
        (
            "update core_audit_checkpoint set root = sha256('') where size = 8",
            (0, Fault.CHECKPOINT, 7),
        ),
    ],
)
def test_the_first_bad_entry_is_named(
    head: Checkpoint, cheat: Cheat, sql: str, bad: tuple[int, Fault, int]
) -> None:
    cheat(sql)
    assert verify() == Verdict(None, Bad(*bad))
    assert verify(head) == Verdict(None, Bad(*bad))


def _rewrite_from(seq: int, cheat: Cheat) -> None:
    """What an owner can do who knows the format: new entries, with every hash made again."""
    cheat(f"delete from core_audit_entry where seq >= {seq}")
    cheat(f"delete from core_audit_detail where seq >= {seq}")
    cheat(f"delete from core_audit_node where (position + 1) << level > {seq}")


def test_a_rewritten_log_is_found_by_a_checkpoint_only(head: Checkpoint, cheat: Cheat) -> None:
    _rewrite_from(9, cheat)
    log.append([line(number, "usr_y") for number in range(9, SIZE)], NOW)
    assert verify().bad is None
    assert verify(head).bad == Bad(8, Fault.CHECKPOINT, 19), "the kept head at 8 still fits"
    _rewrite_from(7, cheat)
    log.append([line(number, "usr_y") for number in range(7, SIZE)], NOW)
    assert verify().bad == Bad(0, Fault.CHECKPOINT, 7)


def test_a_cut_tail_is_found_by_a_checkpoint_only(head: Checkpoint, cheat: Cheat) -> None:
    _rewrite_from(18, cheat)
    assert verify().bad is None
    assert verify(head).bad == Bad(18, Fault.MISSING, 18)


def test_every_fault_has_a_sentence() -> None:
    for fault in Fault:
        assert "7" in verification.SENTENCES[fault] % {"entry": 7, "last": 9}
