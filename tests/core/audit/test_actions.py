# SPDX-License-Identifier: EUPL-1.2
"""Signing the head and erasing details, through the door."""

import json

import pytest
from django.conf import settings

from tarazy.core.access import Actor, Role
from tarazy.core.audit import actions, log, looks
from tarazy.core.audit.checkpoint import open_checkpoint
from tarazy.core.errors import Misconfigured, Refused


def test_a_checkpoint_is_signed_kept_and_logged(empty_log: None, console: Actor) -> None:
    actions.checkpoint(console)
    note = actions.checkpoint(console)
    opened = open_checkpoint(note, actions.signer().verifier())
    assert (opened.size, opened.root) == (1, log.head(1).root)
    assert [kept.note for kept in log.checkpoints()][-1] == note
    leaf = json.loads(log.entry(1).leaf)
    assert (leaf["verb"], leaf["subject"]) == ("core.audit.checkpoint", "checkpoint/1")


def test_erasing_is_logged_and_leaves_a_sound_log(empty_log: None, console: Actor) -> None:
    looks.verify(console)
    assert log.details(0)["verdict"].value == "sound"
    assert actions.erase(console, 0) == 1
    assert log.details(0) == {}
    assert json.loads(log.entry(1).leaf)["subject"] == "entry/0"
    assert looks.verify(console).bad is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR, Role.WEARER])
def test_others_may_neither_sign_nor_erase(empty_log: None, role: Role) -> None:
    actor = Actor(id="usr_somebody", roles=frozenset({role}))
    with pytest.raises(Refused):
        actions.checkpoint(actor)
    with pytest.raises(Refused):
        actions.erase(actor, 0)
    assert log.checkpoints() == []
    outcomes = [json.loads(log.entry(seq).leaf)["outcome"] for seq in range(log.size())]
    assert outcomes == ["refused:not_permitted"] * 2


def test_an_origin_that_cannot_name_a_key_stops(
    empty_log: None, console: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bad:
        audit_origin = "two words"
        audit_key = settings.TARAZY.audit_key

    monkeypatch.setattr(settings, "TARAZY", Bad())
    with pytest.raises(Misconfigured, match="TARAZY_AUDIT_ORIGIN"):
        actions.checkpoint(console)
