# SPDX-License-Identifier: EUPL-1.2
"""What the copy for the defence leaves out is really not in it: page, PDF's text, GeoJSON, CSV."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from supervision.factory import CONSOLE, HOME, Supervised, supervised, user
from supervision.raised import raised
from supervision.recorded import demanded
from supervision.reported import keep_fixes, rows_of, text_of

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.demands import Demand
from tarazy.supervision.actions.orders import add_condition, create_zone
from tarazy.supervision.looks.compliance import Asked, Compliance, compliance
from tarazy.supervision.looks.incident import Incident, incident
from tarazy.supervision.models import (
    Alert,
    Audience,
    Condition,
    ConditionKind,
    Order,
    Person,
    PresenceChange,
    Zone,
)
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules import SECRET_RULES
from tarazy.supervision.views.reports import _rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SECRET = "Аққайың 21-тұйығы, 7"
FENCE_RULES = ("S-BUFFER-ENTRY", "S-POSSIBLE-CROSSING")


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


@pytest.fixture
def forbidden(one: Supervised) -> Condition:
    """A zone to keep out of, called by an address; the person was in it for ten minutes."""
    zone = create_zone(CONSOLE, one.person.public_id, SECRET, HOME)
    demand = Demand(kind=ConditionKind.EXCLUSION)
    made = add_condition(CONSOLE, one.order.public_id, zone.public_id, demand)
    for at, state in ((NOW - DAY, "outside"), (NOW - 20 * MINUTE, "inside")):
        PresenceChange.objects.create(condition=made, state=state, at=at, known_at=at)
    keep_fixes(one, [NOW - n * MINUTE for n in range(1, 40)])
    return made


def entered(one: Supervised, condition: Condition, rule: str = "S-EXCLUSION-ENTRY") -> Alert:
    seen = {"at": (NOW - 5 * MINUTE).isoformat(), "lat": 48.6, "lon": 66.9, "accuracy_m": 12.0}
    return raised(
        one, NOW, condition=condition, rule=rule, facts={"zone": SECRET}, evidence=[seen],
        sentence="In {zone}, which the order tells to keep out of. It needs checking.",
    )  # fmt: skip


def copy_of(who: Actor, alert: Alert, audience: Audience = Audience.DEFENCE) -> Incident:
    return incident(who, alert.public_id, audience, NOW)


def period(who: Actor, one: Supervised, audience: Audience = Audience.DEFENCE) -> Compliance:
    return compliance(who, Asked(one.person.public_id, NOW - DAY, NOW, audience), NOW)


def test_a_zone_that_no_document_names_is_not_to_be_found_in_the_copy(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    found = copy_of(investigator, entered(one, forbidden))
    text = text_of(found.document) + json.dumps(found.geojson(), ensure_ascii=False)
    for told in (SECRET, "48.6", "66.9", "<svg", "near"):
        assert told not in text, told
    assert "In a zone that is not named here, which the order tells to keep out of." in text
    assert "The fixes are left out of this copy" in text


def test_the_court_s_own_copy_has_all_of_it(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    found = copy_of(investigator, entered(one, forbidden), Audience.SERVICE)
    text = text_of(found.document)
    assert SECRET in text
    assert "The zone is drawn with a dashed edge." in text
    assert len(found.fixes) == 39


def test_what_the_court_s_document_names_may_be_named_and_its_fixes_shown(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    """By the document's words, not by what an officer called the zone; its shape stays out."""
    demanded(one, "exclusion", "Bus station", condition=forbidden)
    found = copy_of(investigator, entered(one, forbidden))
    text = text_of(found.document)
    assert "In Bus station, which the order tells to keep out of." in text
    assert SECRET not in text
    assert "No zone is drawn." in text
    assert "stroke-dasharray" not in text
    assert len(found.fixes) == 39


def test_a_zone_drawn_anew_keeps_the_document_s_words(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    """The alert is of the zone as it was drawn first."""
    alert = entered(one, forbidden)
    again = Zone.objects.create(
        person=one.person, name="x", kind="circle", lat=48.6, lon=66.9, radius_m=90,
        replaces=forbidden.zone,
    )  # fmt: skip
    after = Condition.objects.create(
        order=one.order, kind="exclusion", zone=again, period=forbidden.period
    )
    demanded(one, "exclusion", "Bus station", condition=after)
    assert "In Bus station" in copy_of(investigator, alert).document.lead


@pytest.mark.parametrize("rule", FENCE_RULES)
def test_where_a_fence_lies_is_told_by_no_copy_unless_the_court_named_the_place(
    one: Supervised, investigator: Actor, forbidden: Condition, rule: str
) -> None:
    alert = entered(one, forbidden, rule)
    with pytest.raises(Refused) as caught:
        copy_of(investigator, alert)
    assert caught.value.name == Refusal.REPORT_PROTECTED
    assert not copy_of(investigator, alert, Audience.SERVICE).for_defence
    assert rows_of(period(investigator, one).document, "Alerts") == []
    assert len(rows_of(period(investigator, one, Audience.SERVICE).document, "Alerts")) == 1
    demanded(one, "exclusion", "Bus station", condition=forbidden)
    assert copy_of(investigator, alert).for_defence
    assert len(rows_of(period(investigator, one).document, "Alerts")) == 1


def test_near_the_edge_of_the_own_home_is_told(one: Supervised, investigator: Actor) -> None:
    keep_fixes(one, [NOW - n * MINUTE for n in range(1, 5)])
    found = copy_of(investigator, raised(one, NOW, rule=FENCE_RULES[0]))
    assert len(found.fixes) == 4


def test_alerts_about_two_have_no_copy_even_where_the_place_is_named(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    demanded(one, "exclusion", "Bus station", condition=forbidden)
    alert = entered(one, forbidden, min(SECRET_RULES))
    with pytest.raises(Refused):
        copy_of(investigator, alert)


def test_a_period_tells_neither_the_zone_nor_the_hours_of_the_day(
    one: Supervised, investigator: Actor, forbidden: Condition
) -> None:
    entered(one, forbidden)
    found = period(investigator, one)
    text = text_of(found.document)
    table = [cell for row in _rows(found) for cell in row]
    assert SECRET not in text
    assert SECRET not in table
    heading = "Keep out: a zone that is not named here"
    assert "The hours by the day are left out of this copy." in text
    assert "inside" in {row[0] for row in rows_of(found.document, heading)}
    assert {row[1] for row in _rows(found) if row[0] == "presence"} == {"home"}
    assert SECRET in [row[1] for row in _rows(period(investigator, one, Audience.SERVICE))]


def test_the_own_page_names_a_zone_to_keep_out_of_in_the_document_s_words_alone(
    one: Supervised, forbidden: Condition, client: Client
) -> None:
    login = user("wearer", Role.WEARER)
    Person.objects.filter(pk=one.person.pk).update(user=login)
    Order.objects.update(in_force=DateTimeTZRange(NOW - DAY, clock.now() + DAY))
    entered(one, forbidden)
    client.force_login(login)

    def page() -> str:
        answer = client.get("/supervision/own/", headers={"accept-language": "en"})
        assert answer.status_code == 200
        return answer.content.decode()

    told = page()
    assert SECRET not in told
    assert "Keep out of: the place that the order names" in told
    assert "In a zone" not in told, "the time of it would draw the fence for who walks to and fro"
    demanded(one, ConditionKind.EXCLUSION, "the market hall", condition=forbidden)
    told = page()
    assert SECRET not in told
    assert "Keep out of: the market hall" in told
    assert "In the market hall, which the order tells to keep out of." in told
