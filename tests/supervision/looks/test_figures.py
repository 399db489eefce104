# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from supervision.factory import CONSOLE, DOCUMENT, supervised, terms, user
from supervision.raised import actor, raised
from supervision.reported import rows_of as rows
from supervision.reported import text_of

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.alerts import acknowledge
from tarazy.supervision.actions.orders import revoke_order, start_order
from tarazy.supervision.looks.board import board
from tarazy.supervision.looks.figures import figures
from tarazy.supervision.models import Alert, Order
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import numbers_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
LATER = NOW + timedelta(hours=12)
"""When the figures are asked for: whatever else runs before this is over by then."""
SPAN = Interval(NOW - timedelta(days=20), NOW + timedelta(days=10))
ALMATY = ZoneInfo("Asia/Almaty")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def prosecutor() -> Actor:
    return actor(user("prosecutor", Role.PROSECUTOR))


def test_orders_are_counted_by_measure_and_late_removals_are_seen(prosecutor: Actor) -> None:
    supervised("Running")
    ended = supervised("Ended")
    revoke_order(CONSOLE, ended.order.public_id, DOCUMENT, at=NOW - MINUTE)
    found = figures(prosecutor, SPAN, ALMATY, LATER).document
    assert rows(found, "Orders") == [("house arrest", "1", "0", "1", "1")]


def test_an_order_of_the_next_month_is_not_in_force_at_the_end_of_this_one(
    prosecutor: Actor,
) -> None:
    one = supervised("Next")
    Order.objects.filter(pk=one.order.pk).update(in_force=(SPAN.until, SPAN.until + MINUTE))
    assert rows(figures(prosecutor, SPAN, ALMATY, SPAN.until).document, "Orders") == []
    following = Interval(SPAN.until, SPAN.until + timedelta(days=30))
    found = figures(prosecutor, following, ALMATY, following.until).document
    assert rows(found, "Orders") == [("house arrest", "0", "1", "1", "1")]


def test_a_device_that_stays_on_under_a_next_order_is_no_late_removal(prosecutor: Actor) -> None:
    one = supervised("One")
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - MINUTE)
    start_order(CONSOLE, one.person.public_id, terms(NOW - MINUTE, NOW + timedelta(days=20)))
    found = figures(prosecutor, SPAN, ALMATY, LATER).document
    assert rows(found, "Orders") == [("house arrest", "1", "1", "1", "0")]


def test_alerts_are_counted_by_rule_with_how_soon_they_were_taken(prosecutor: Actor) -> None:
    one, other = supervised("One"), supervised("Other")
    operator = actor(user("operator", Role.OPERATOR))
    alert = raised(one, NOW, known_at=datetime.now(UTC) - 7 * MINUTE)  # noqa: TID251
    raised(other, NOW - timedelta(hours=1))
    raised(one, NOW - timedelta(days=25), until=NOW - timedelta(days=24))
    acknowledge(operator, alert.public_id, 1)
    (row,) = rows(figures(prosecutor, SPAN, ALMATY, LATER).document, "Alerts")
    assert row[1:] == ("2", "0", "0", "2", "–", "7 min")
    assert Alert.objects.count() == 3


def test_what_called_for_nothing_is_a_share_of_what_was_resolved(prosecutor: Actor) -> None:
    for number, cause in enumerate(("device", "reception", "breach", "")):
        one, state = supervised(f"Person {number}"), "resolved" if cause else "active"
        raised(one, NOW - timedelta(hours=1), state=state, cause=cause)
    (row,) = rows(figures(prosecutor, SPAN, ALMATY, LATER).document, "Alerts")
    assert row[3:6] == ("3", "1", "2 (67 %)")


def test_alerts_are_counted_by_what_they_turned_out_to_be(prosecutor: Actor) -> None:
    for number, cause in enumerate(("device", "device", "breach", "of another list", "")):
        one, state = supervised(f"Person {number}"), "resolved" if cause else "active"
        raised(one, NOW - timedelta(hours=1), state=state, cause=cause)
    before = supervised("Before")
    raised(before, NOW - timedelta(days=25), until=NOW - timedelta(days=24), state="resolved")
    document = figures(prosecutor, SPAN, ALMATY, LATER).document
    assert rows(document, "Alerts by cause") == [
        ("the order was not kept", "1", "25 %", "something had happened"),
        ("fault of the device or of its strap", "2", "50 %", "called for nothing"),
        ("of another list", "1", "25 %", "–"),
    ]
    assert ["Alerts by cause", "the order was not kept", "Resolved", "1"] in numbers_of(document)
    assert "in no line: 1." in text_of(document)


def test_a_month_without_a_resolved_alert_says_so(prosecutor: Actor) -> None:
    document = figures(prosecutor, SPAN, ALMATY, LATER).document
    assert rows(document, "Alerts by cause") == []
    assert "No alert of this month is resolved." in text_of(document)


def test_looks_are_counted_by_role_and_refusals_apart(prosecutor: Actor) -> None:
    supervised()
    operator, wearer = (
        actor(user(f"a.{role.value}", role)) for role in (Role.OPERATOR, Role.WEARER)
    )
    board(operator, NOW)
    board(operator, NOW)
    with pytest.raises(Refused):
        board(wearer, NOW)
    found = {
        row[0]: row[1:] for row in rows(figures(prosecutor, SPAN, ALMATY, LATER).document, "Looks")
    }
    assert found["duty operator"] == ("2", "0")
    assert found["supervised person"] == ("0", "1")


def test_a_month_that_has_not_begun_has_no_figures(prosecutor: Actor) -> None:
    later = Interval(NOW + timedelta(days=1), NOW + timedelta(days=2))
    with pytest.raises(Refused) as caught:
        figures(prosecutor, later, ALMATY, NOW)
    assert caught.value.name == Refusal.REPORT_EMPTY
