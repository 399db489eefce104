# SPDX-License-Identifier: EUPL-1.2
"""Checking and proving through the door: who may, and the line that it leaves."""

import base64
import json
from collections.abc import Callable

import pytest

from tarazy.core.access import Actor, Purpose, Role
from tarazy.core.audit import log, looks, merkle
from tarazy.core.audit.actions import signer
from tarazy.core.audit.checkpoint import open_checkpoint
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal

Cheat = Callable[[str], None]
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
