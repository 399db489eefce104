# SPDX-License-Identifier: EUPL-1.2
"""What the court asked and nothing judged; how often each demand was kept is in test_reports.py."""

from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import Supervised, supervised
from supervision.recorded import demanded
from supervision.reported import text_of

from tarazy.core.access import Actor
from tarazy.supervision.looks.compliance import Asked, compliance
from tarazy.supervision.looks.kept import undrawn_of
from tarazy.supervision.models import Condition, OrderDraft
from tarazy.supervision.presence.timetable import Interval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = Interval(NOW - 2 * DAY, NOW)


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


def test_a_demand_without_a_zone_stands_in_the_report(one: Supervised, investigator: Actor) -> None:
    demanded(one, "exclusion", "School No. 5")
    asked = Asked(one.person.public_id, *SPAN)
    text = text_of(compliance(investigator, asked, NOW).document)
    assert '"heading": "Keep out: School No. 5"' in text
    assert (
        "Demanded, not drawn, not judged: the order asks this always, and from 23 November" in text
    )


def test_an_order_without_any_demand_says_that_nothing_was_judged(
    one: Supervised, investigator: Actor
) -> None:
    one.curfew.delete()
    text = text_of(compliance(investigator, Asked(one.person.public_id, *SPAN), NOW).document)
    assert "No demand of the order was judged in this period" in text


def test_the_time_before_its_zone_was_drawn_is_not_judged_either(one: Supervised) -> None:
    Condition.objects.filter(pk=one.curfew.pk).update(period=(NOW - DAY, NOW + DAY))
    demanded(one, "home_curfew", "Abai 1", condition=one.curfew)
    assert [row.span for row in undrawn_of(one.order, SPAN)] == [Interval(NOW - 2 * DAY, NOW - DAY)]


def test_a_demand_that_was_drawn_in_time_is_judged_also_after_it_was_changed(
    one: Supervised,
) -> None:
    """Other hours make another condition of the same zone; what was ended is not undrawn."""
    begin = one.order.in_force.lower
    Condition.objects.filter(pk=one.curfew.pk).update(period=(begin, NOW - DAY))
    after = Condition.objects.create(
        order=one.order, kind="home_curfew", zone=one.home, timetable=one.curfew.timetable,
        period=(NOW - DAY, NOW - DAY / 2),
    )  # fmt: skip
    demanded(one, "home_curfew", "Abai 1", condition=after)
    assert undrawn_of(one.order, SPAN) == []


def test_only_an_approved_document_and_its_own_time_ask_anything(one: Supervised) -> None:
    asked = demanded(one, "inclusion", "The city", since=NOW - DAY, until=NOW - DAY / 2)
    assert [row.span for row in undrawn_of(one.order, SPAN)] == [Interval(NOW - DAY, NOW - DAY / 2)]
    OrderDraft.objects.filter(pk=asked.draft_id).update(state="discarded")
    assert undrawn_of(one.order, SPAN) == []
