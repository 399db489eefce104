# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.db import OperationalError, connection

from tarazy.core.access import EVERYTHING, POLICY, Actor, Grant, Purpose, Role
from tarazy.core.audit import log
from tarazy.core.door import Door, action, look, together
from tarazy.core.errors import Refused, Temporary
from tarazy.core.models import OutboxEvent
from tarazy.core.refusals import Refusal

pytestmark = pytest.mark.django_db


class Nobody:
    name = "nobody"
    sentence = "no record"

    def covers(self, actor: Actor, subject: object) -> bool:
        return False


OFFICER = Actor(id="usr_" + "0" * 32, roles=frozenset({Role.OFFICER}), purpose=Purpose.SUPERVISION)
OPERATOR = Actor(id="usr_" + "1" * 32, roles=frozenset({Role.OPERATOR}), purpose=Purpose.DUTY)


@action("test.thing.change")
def change(door: Door, subject: str) -> str:
    """Change a thing."""
    OutboxEvent.objects.create(name="changed", payload={}, at="2026-01-01T00:00:00Z")
    door.permit(object(), subject)
    door.keep(note="said aloud")
    return subject


@look("test.thing.view")
def view(door: Door, basis: str | None) -> str:
    """Look at a thing."""
    door.permit(object(), "thg_1", basis=basis)
    return "seen"


@pytest.fixture(autouse=True)
def policy() -> object:
    before = POLICY.grants
    POLICY.install(
        [
            Grant("test.thing.change", {Role.OFFICER: EVERYTHING, Role.OPERATOR: Nobody()}),
            Grant("test.thing.view", {Role.OFFICER: EVERYTHING}),
            Grant("test.thing.both", {Role.OFFICER: EVERYTHING}),
        ]
    )
    yield
    POLICY.grants = before


def entries() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::json->>'verb',"
            " convert_from(leaf, 'UTF8')::json->>'outcome' FROM core_audit_entry ORDER BY seq"
        )
        return [(verb, outcome) for verb, outcome in cursor]


def test_an_action_writes_one_line_and_keeps_its_work() -> None:
    assert change(OFFICER, "thg_1") == "thg_1"
    assert entries() == [("test.thing.change", "done")]
    assert OutboxEvent.objects.count() == 1


def test_a_refused_action_is_undone_and_logged() -> None:
    with pytest.raises(Refused) as caught:
        change(OPERATOR, "thg_1")
    assert caught.value.name == Refusal.NOT_PERMITTED
    assert OutboxEvent.objects.count() == 0
    assert entries() == [("test.thing.change", "refused:not_permitted")]


def test_an_unknown_role_is_refused_before_anything_runs() -> None:
    with pytest.raises(Refused):
        change(Actor(id="usr_x", roles=frozenset({Role.WEARER})), "thg_1")
    assert entries() == [("test.thing.change", "refused:not_permitted")]


def test_a_look_needs_a_purpose() -> None:
    without = Actor(id="usr_x", roles=frozenset({Role.OFFICER}))
    with pytest.raises(Refused) as caught:
        view(without, "ord_1")
    assert caught.value.name == Refusal.PURPOSE_MISSING


def test_a_personal_look_needs_a_basis() -> None:
    with pytest.raises(Refused) as caught:
        view(OFFICER, None)
    assert caught.value.name == Refusal.BASIS_MISSING
    assert view(OFFICER, "ord_1") == "seen"


def test_doors_inside_doors_share_one_transaction_and_its_last_statement() -> None:
    with together():
        change(OFFICER, "thg_1")
        assert entries() == []
        change(OFFICER, "thg_2")
    assert [verb for verb, _ in entries()] == ["test.thing.change"] * 2


def test_a_refusal_inside_undoes_everything_and_leaves_one_line() -> None:
    def both() -> None:
        with together():
            change(OFFICER, "thg_1")
            change(OPERATOR, "thg_2")

    with pytest.raises(Refused):
        both()
    assert entries() == [("test.thing.change", "refused:not_permitted")]
    assert OutboxEvent.objects.count() == 0


def test_personal_facts_are_not_in_the_leaf() -> None:
    change(OFFICER, "thg_1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(leaf, 'UTF8') FROM core_audit_entry")
        (leaf,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT name, value FROM core_audit_detail")
        assert cursor.fetchall() == [("note", "said aloud")]
    assert "said aloud" not in leaf


@action("test.thing.both")
def both_or_one(door: Door) -> str:
    """Change two things, or one where the second is refused."""
    door.permit(object(), "thg_0")
    try:
        change(OPERATOR, "thg_2")
    except Refused:
        return "one"
    return "both"


def test_a_refusal_that_the_outer_door_bears_is_undone_and_logged_all_the_same() -> None:
    assert both_or_one(OFFICER) == "one"
    assert OutboxEvent.objects.count() == 0
    assert entries() == [
        ("test.thing.change", "refused:not_permitted"),
        ("test.thing.both", "done"),
    ]


def test_a_database_that_goes_away_under_a_refusal_is_temporary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_words: object) -> int:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(log, "append", away)
    with pytest.raises(Temporary):
        change(OPERATOR, "thg_1")


def test_a_fault_undoes_everything_and_the_next_passage_is_a_fresh_one() -> None:
    def fault() -> None:
        with together():
            change(OFFICER, "thg_1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fault()
    assert (entries(), OutboxEvent.objects.count()) == ([], 0)
    change(OFFICER, "thg_2")
    assert entries() == [("test.thing.change", "done")]
