# SPDX-License-Identifier: EUPL-1.2
"""Checking and proving through the door: who may, and the line that it leaves."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from tarazy.core.access import Actor, Purpose, Role
from tarazy.core.audit import log, looks, merkle
from tarazy.core.audit.actions import signer
from tarazy.core.audit.checkpoint import open_checkpoint
from tarazy.core.audit.entry import Line
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal

Cheat = Callable[[str], None]
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
AUDITOR = Actor(id="usr_auditor", roles=frozenset({Role.AUDITOR}), purpose=Purpose.AUDIT)


def last_leaf() -> dict[str, str]:
    leaf: dict[str, str] = json.loads(log.entry(log.size() - 1).leaf)
    return leaf


def test_a_check_is_a_look(empty_log: None, cheat: Cheat) -> None:
    assert looks.verify(AUDITOR).bad is None
    leaf = last_leaf()
    assert (leaf["verb"], leaf["actor"], leaf["purpose"]) == (
        "core.audit.verify",
        "usr_auditor",
        "audit",
    )
    cheat("update core_audit_entry set at = now() + interval '1 day'")
    assert looks.verify(AUDITOR).bad is not None
    assert log.details(log.size() - 1)["verdict"].value == "time"


def test_a_proof_holds_for_a_stranger(empty_log: None) -> None:
    for _ in range(5):
        looks.verify(AUDITOR)
    proof = looks.prove(AUDITOR, 3)
    assert last_leaf()["subject"] == "entry/3"
    head = open_checkpoint(proof.checkpoint, signer().verifier())
    assert proof.verifier == signer().verifier().line()
    assert merkle.verify_inclusion(
        merkle.leaf_hash(proof.leaf.encode()),
        proof.seq,
        [base64.b64decode(one) for one in proof.hashes],
        (head.size, head.root),
    )


def test_no_such_entry(empty_log: None) -> None:
    with pytest.raises(Refused) as refused:
        looks.prove(AUDITOR, 10)
    assert refused.value.name is Refusal.NOT_FOUND
    assert last_leaf()["outcome"] == "refused:not_found"


@pytest.mark.parametrize(
    "actor",
    [
        Actor(id="usr_operator", roles=frozenset({Role.OPERATOR}), purpose=Purpose.DUTY),
        Actor(id="usr_auditor", roles=frozenset({Role.AUDITOR})),
    ],
)
def test_without_the_role_or_a_purpose(empty_log: None, actor: Actor) -> None:
    with pytest.raises(Refused):
        looks.verify(actor)
    with pytest.raises(Refused):
        looks.prove(actor, 0)


def test_pages_go_back_to_the_first_entry(empty_log: None) -> None:
    assert looks.view(AUDITOR, None, 3).entries == []
    for _ in range(4):
        looks.verify(AUDITOR)
    newest = looks.view(AUDITOR, None, 3)
    assert ([shown.seq for shown in newest.entries], newest.older, newest.size) == ([4, 3, 2], 2, 5)
    oldest = looks.view(AUDITOR, newest.older, 3)
    assert ([shown.seq for shown in oldest.entries], oldest.older) == ([1, 0], None)
    assert oldest.entries[0].verb == "core.audit.verify"
    assert last_leaf()["verb"] == "core.audit.view"


def test_what_the_log_has_about_an_id(empty_log: None, cheat: Cheat) -> None:
    one, order, other = "per_" + "1" * 32, "ord_" + "2" * 32, "per_" + "3" * 32

    def line(actor: str, subject: str, basis: str | None = None) -> Line:
        return Line(
            verb="supervision.person.view",
            kind="look",
            outcome="done",
            actor=actor,
            subject=subject,
            basis=basis,
            details={
                "subject": one,
                "basis": one,
                "typed": f'"subject":"{one}","v":1,"verb":"x"}}',
            },
        )

    lines = [
        line("usr_a", one),
        line("usr_a", other),
        line("usr_b", "alr_" + "4" * 32, order),
        line("usr_b", f'x","v":1,"verb":"{one}'),  # goes into the details, not into the leaf
        line("usr_c", order),
    ]
    log.append(lines, NOW)

    def numbers(*ids: str, before: int | None = None, limit: int = 50) -> list[int]:
        return [shown.seq for shown in looks.about(AUDITOR, ids, before, limit).entries]

    assert numbers(one, order) == [4, 2, 0]
    assert last_leaf()["subject"] == one  # the auditor's own look stands in the log, about the same
    assert last_leaf()["verb"] == "core.audit.about"
    assert numbers(one) == [5, 0]
    assert numbers(order) == [4, 2]
    assert numbers("usr_b") == [3, 2]
    assert numbers("usr_nobody") == []
    first = looks.about(AUDITOR, (one, order), None, 2)
    assert ([shown.seq for shown in first.entries], first.older) == ([7, 6], 6)
    assert numbers(one, order, before=first.older, limit=2) == [5, 4]
    cheat("update core_audit_entry set leaf = '\\xff7b22' where seq = 0")
    assert 0 not in numbers(one, order)  # it says nothing any more; a check of the log names it


@pytest.mark.parametrize(("name", "part"), log.NAMED.items())
def test_entries_about_an_id_are_found_by_an_index(name: str, part: str, empty_log: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(
            f"explain select seq from core_audit_entry where {part} = any(%s)",
            [["per_1", "ord_1"]],
        )
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert f"core_audit_entry_{name}" in plan


@pytest.mark.parametrize(
    "actor",
    [
        Actor(id="usr_operator", roles=frozenset({Role.OPERATOR}), purpose=Purpose.DUTY),
        Actor(id="usr_auditor", roles=frozenset({Role.AUDITOR})),
    ],
)
def test_who_may_not_read_the_log_may_not_ask_it(empty_log: None, actor: Actor) -> None:
    with pytest.raises(Refused):
        looks.about(actor, ["per_" + "1" * 32], None, 50)
