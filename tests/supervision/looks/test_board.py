# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from supervision.factory import DOCUMENT, Supervised, supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core.access import Actor, Role
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks import board as board_looks
from tarazy.supervision.looks.alerts import alert as alert_page
from tarazy.supervision.looks.board import ToCall, board
from tarazy.supervision.models import AlertState, CheckIn

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
MINUTE = timedelta(minutes=1)


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def last_entry() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf::json->>'verb', leaf::json->>'basis', leaf::json->>'outcome' FROM"
            " (SELECT convert_from(leaf, 'UTF8') AS leaf FROM core_audit_entry"
            "  ORDER BY seq DESC LIMIT 1) AS last"
        )
        row: tuple[str, str, str] = cursor.fetchone()
        return row


def test_everybody_under_an_order_is_on_it_and_the_look_is_logged(operator: Actor) -> None:
    one = supervised()
    seen(one, NOW)
    found = board(operator, NOW)
    assert found.people_count == 1
    assert last_entry() == ("supervision.board.view", "orders_in_force", "done")


def test_after_a_revocation_nobody_is_shown(operator: Actor) -> None:
    one = supervised()
    seen(one, NOW)
    raised(one, NOW)
    revoke_order(Actor.console(), one.order.public_id, DOCUMENT, at=NOW - MINUTE)
    found = board(operator, NOW)
    assert (found.waiting.groups, found.people_count) == ([], 0)


def test_an_officer_sees_the_own_caseload_alone() -> None:
    officer = user("officer", Role.OFFICER)
    own, other = supervised(officer=officer), supervised("Другая Анна")
    for one in (own, other):
        seen(one, NOW, change=one.person.pk)
        raised(one, NOW)
    found = board(actor(officer), NOW)
    assert found.people_count == 1
    assert [group.person for group in found.waiting.groups] == [own.person]


def test_alerts_are_grouped_by_person_and_sorted_by_urgency_then_age(operator: Actor) -> None:
    first, second, third = supervised("А"), supervised("Б"), supervised("В")
    raised(
        first, NOW, severity="low", condition=None, rule="S-SIGNAL-LOST", since=NOW - 90 * MINUTE
    )
    raised(second, NOW, severity="high", since=NOW - 5 * MINUTE)
    raised(third, NOW, severity="critical", state=AlertState.ACKNOWLEDGED)
    raised(first, NOW, severity="high", since=NOW - 20 * MINUTE)
    raised(second, NOW, severity="high", rule="S-OLD", since=NOW - 60 * MINUTE, until=NOW)
    raised(None, NOW, rule="S-OUTAGE", severity="critical", facts={})
    raised(second, NOW, rule="S-DONE", severity="critical", state=AlertState.RESOLVED)
    groups = [
        (group.person and group.person.full_name, [line.alert.rule for line in group.lines])
        for group in board(operator, NOW).waiting.groups
    ]
    assert groups == [
        (None, ["S-OUTAGE"]),
        ("А", ["S-CURFEW-ABSENCE", "S-SIGNAL-LOST"]),
        ("Б", ["S-CURFEW-ABSENCE", "S-OLD"]),
        ("В", ["S-CURFEW-ABSENCE"]),
    ]


def test_what_is_over_still_says_what_it_was(operator: Actor) -> None:
    alert = raised(supervised(), NOW)
    before = alert.versions.get()
    before.pk, before.number, before.until, before.sentence = None, 2, NOW, "Seen at {zone} again."
    before.save(force_insert=True)
    alert.version, alert.until, alert.state = 2, NOW, AlertState.CLEARED
    alert.save()
    ((line,),) = [group.lines for group in board(operator, NOW).waiting.groups]
    assert line.sentence == "Outside home in curfew hours."
    page = alert_page(operator, alert.public_id)
    assert page.claim.sentence == line.sentence
    assert page.latest.sentence == "Seen at home again."


def test_a_long_list_keeps_the_most_urgent_and_says_how_many_it_leaves_out(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_looks, "ALERTS_MAX", 2)
    one = supervised()
    for severity, age in (("critical", 300), ("low", 1), ("high", 200), ("high", 10)):
        at = NOW - age * MINUTE
        raised(one, NOW, severity=severity, since=at, known_at=at, rule=f"S-{severity}-{age}")
    found = board(operator, NOW).waiting
    assert [line.alert.rule for line in found.groups[0].lines] == ["S-critical-300", "S-high-200"]
    assert found.more == 2
    monkeypatch.setattr(board_looks, "ALERTS_MAX", 4)
    assert board(operator, NOW).waiting.more == 0


def test_check_ins_by_a_call_stand_on_the_board_while_somebody_can_call() -> None:
    officer = user("caller", Role.OFFICER)
    one, other = supervised("Қоңырау Күткен", officer=officer), supervised("Бөтен Адам")

    def asked(of: Supervised, state: str, route: str = "call") -> CheckIn:
        until = NOW + timedelta(minutes=30)
        facts = {"asked_at": NOW, "until": until, "due_at": NOW, "answer_min": 30}
        return CheckIn.objects.create(order=of.order, state=state, route=route, **facts)

    waiting = asked(one, "asked")
    for state, route in (("answered", "call"), ("missed", "call"), ("asked", "device")):
        asked(one, state, route)
    asked(other, "asked")
    assert board(actor(officer), NOW).to_call == ToCall([waiting], 0)
    everybody = board(actor(user("op", Role.OPERATOR)), NOW).to_call
    assert len(everybody.asked) == 2


def test_of_many_check_ins_by_a_call_the_board_says_how_many_wait_behind(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_looks, "TO_CALL_MAX", 2)
    order = supervised().order
    for minutes in (40, 10, 30, 20):
        until = NOW + minutes * MINUTE
        CheckIn.objects.create(
            order=order, state="asked", route="call", asked_at=NOW, until=until, due_at=NOW,
            answer_min=30,
        )  # fmt: skip
    found = board(operator, NOW).to_call
    assert [one.until for one in found.asked] == [NOW + 10 * MINUTE, NOW + 20 * MINUTE]
    assert found.more == 2
