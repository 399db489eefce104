# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from supervision import factory
from supervision.factory import CONSOLE, supervised

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.absences import Leave, grant_absence, withdraw_absence
from tarazy.supervision.models import PermittedAbsence
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)
LEAVE = Leave(
    since=NOW - DAY,
    until=NOW + 3 * DAY,
    reason=" In hospital ",
    decided_by="Judge A. Test",
    evidence="No. 17",
)


def refusal(call: object, *words: object) -> str:
    with pytest.raises(Refused) as caught:
        call(*words)  # type: ignore[operator]
    return str(caught.value.name)


def test_an_absence_is_kept_with_its_reason_and_who_decided_it() -> None:
    one = supervised()
    absence = grant_absence(CONSOLE, one.order.public_id, LEAVE)
    kept = PermittedAbsence.objects.get(order=one.order)
    assert (kept.reason, kept.evidence, kept.decided_by) == (
        *("In hospital", "No. 17", "Judge A. Test"),
    )
    assert (kept.period.lower, kept.until) == (LEAVE.since, LEAVE.until)
    assert (kept.granted_by, kept.judged_until) == (CONSOLE.id, None)
    gone = withdraw_absence(CONSOLE, absence.public_id, "left the hospital")
    assert gone.until == gone.withdrawn_at
    assert refusal(withdraw_absence, CONSOLE, absence.public_id, "again") == Refusal.ABSENCE_OVER


def test_one_that_is_withdrawn_before_it_begins_never_was() -> None:
    one = supervised()
    later = replace(LEAVE, since=NOW + DAY)
    absence = grant_absence(CONSOLE, one.order.public_id, later)
    assert withdraw_absence(CONSOLE, absence.public_id, "no need").until == later.since


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"until": LEAVE.since}, Refusal.ABSENCE_PERIOD_EMPTY),
        ({"until": NOW + 900 * DAY}, Refusal.ABSENCE_OUTSIDE_ORDER),
        ({"since": NOW - 900 * DAY}, Refusal.ABSENCE_OUTSIDE_ORDER),
        ({"reason": " "}, Refusal.ABSENCE_REASON),
        ({"decided_by": ""}, Refusal.ABSENCE_REASON),
        ({"reason": "x" * 2_001}, Refusal.NOTE_TOO_LONG),
        ({"evidence": "x" * 201}, Refusal.NOTE_TOO_LONG),
    ],
)
def test_what_cannot_be_granted(change: dict[str, object], name: Refusal) -> None:
    one = supervised()
    leave = replace(LEAVE, **change)  # type: ignore[arg-type]
    assert refusal(grant_absence, CONSOLE, one.order.public_id, leave) == name
    assert PermittedAbsence.objects.count() == 0


def test_what_is_over_cannot_be_withdrawn_and_nothing_without_a_reason() -> None:
    one = supervised()
    past = grant_absence(CONSOLE, one.order.public_id, replace(LEAVE, until=NOW - DAY / 2))
    assert refusal(withdraw_absence, CONSOLE, past.public_id, "x") == Refusal.ABSENCE_OVER
    absence = grant_absence(CONSOLE, one.order.public_id, LEAVE)
    assert refusal(withdraw_absence, CONSOLE, absence.public_id, " ") == Refusal.ABSENCE_REASON


def test_an_officer_grants_to_the_own_caseload_only() -> None:
    mine, other = (factory.user(name, Role.OFFICER) for name in ("officer.a", "officer.b"))
    one = supervised(officer=mine)
    actors = [
        Actor(id=each.public_id, roles=frozenset({Role.OFFICER}), user_pk=each.pk)
        for each in (mine, other)
    ]
    absence = grant_absence(actors[0], one.order.public_id, LEAVE)
    words = (actors[1], one.order.public_id, LEAVE)
    assert refusal(grant_absence, *words) == CoreRefusal.NOT_PERMITTED
    theirs = (actors[1], absence.public_id, "x")
    assert refusal(withdraw_absence, *theirs) == CoreRefusal.NOT_PERMITTED
    for wrong in ("abs_" + "0" * 32, "", "' OR 1=1 --"):
        assert refusal(withdraw_absence, actors[0], wrong, "x") == CoreRefusal.NOT_FOUND


def test_what_was_permitted_cannot_be_changed_and_why_is_not_in_the_log_itself() -> None:
    one = supervised()
    absence = grant_absence(CONSOLE, one.order.public_id, LEAVE)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        PermittedAbsence.objects.filter(pk=absence.pk).update(reason="another")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        absence.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(leaf, 'UTF8') FROM core_audit_entry")
        leaves = "".join(row[0] for row in cursor.fetchall())
    assert "supervision.absence.grant" in leaves
    assert "hospital" not in leaves
