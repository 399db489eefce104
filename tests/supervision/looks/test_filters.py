# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest
from supervision.factory import supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Role
from tarazy.supervision.actions.alerts import acknowledge, escalate
from tarazy.supervision.looks.board import board
from tarazy.supervision.looks.filters import Filters
from tarazy.supervision.models import AlertState

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def test_each_filter_leaves_out_what_it_says() -> None:
    officer, operator = user("officer", Role.OFFICER), actor(user("operator", Role.OPERATOR))
    one, other = supervised("А", officer=officer), supervised("Б")
    raised(one, NOW, rule="S-A", severity="critical")
    mine = raised(one, NOW, rule="S-B")
    raised(other, NOW, rule="S-C", state=AlertState.CLEARED, until=NOW)
    acknowledge(operator, mine.public_id, 1)
    late = raised(other, NOW, rule="S-D", severity="low")
    escalate(operator, late.public_id, "nobody answers")

    def shown(query: str) -> str:
        found = board(operator, NOW, Filters.parse(query)).waiting.lines
        return "".join(sorted(line.alert.rule[-1] for line in found))

    assert shown("") == "ABCD"
    assert shown("severity=critical") == "A"
    assert shown("severity=none") == "ABCD"
    mine.refresh_from_db()
    mine.state = AlertState.ACTIVE  # it was over, and came back while it was in somebody's hands
    mine.save()
    assert shown("hands=free") == "ACD"
    assert shown("hands=mine") == "B"
    assert shown("hands=escalated") == "D"
    assert shown("hands=review") == "C"
    assert shown("rule=S-C") == "C"
    assert shown(f"officer={officer.public_id}") == "AB"
    assert shown(f"officer={officer.public_id}&hands=mine&severity=high") == "B"
    assert shown("officer=%27%20OR%201=1") == ""


def test_an_address_says_its_filters_again() -> None:
    assert Filters.parse("hands=mine&severity=&x=1&rule=S-A").query() == "rule=S-A&hands=mine"
