# SPDX-License-Identifier: EUPL-1.2
"""What was done about an alert and how it ended, as both reports of it say."""

from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import Supervised, supervised, user
from supervision.raised import actor, raised
from supervision.reported import rows_of, text_of

from tarazy.core.access import Actor, Role
from tarazy.supervision.actions import alerts as doing
from tarazy.supervision.looks.compliance import Asked, compliance
from tarazy.supervision.looks.incident import incident
from tarazy.supervision.models import Alert, AlertVersion, Audience, Contact
from tarazy.supervision.reports.document import Document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
LATER = NOW + timedelta(hours=1)
HISTORY = "What was believed when, and what was done"
CAUSE = "fault of the device or of its strap"


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def worked_on(one: Supervised, operator: Actor) -> Alert:
    """Taken, a contact telephoned, noted, ended by the engine, resolved."""
    alert = raised(one, NOW)
    contact = Contact.objects.create(person=one.person, kind="household", name="Мама", phone="77")
    doing.acknowledge(operator, alert.public_id, 1)
    doing.call(operator, alert.public_id, contact.public_id)
    doing.note(operator, alert.public_id, "the strap is torn")
    alert.refresh_from_db()
    AlertVersion.objects.create(
        alert=alert, number=alert.version + 1, state=alert.state, known_at=LATER, since=alert.since,
        until=NOW, sentence="Seen in {zone} again.", facts={"zone": "home"}, probability=0.5,
        actor="sys_engine",
    )  # fmt: skip
    Alert.objects.filter(pk=alert.pk).update(until=NOW, version=alert.version + 1)
    doing.resolve(operator, alert.public_id, alert.version + 1, "device", "replaced today")
    return Alert.objects.get(pk=alert.pk)


def report(actor: Actor, alert: Alert, audience: Audience = Audience.SERVICE) -> Document:
    return incident(actor, alert.public_id, audience, LATER).document


def period(actor: Actor, one: Supervised, audience: Audience = Audience.SERVICE) -> Document:
    asked = Asked(one.person.public_id, NOW - timedelta(days=1), LATER, audience)
    return compliance(actor, asked, LATER).document


def test_the_court_reads_each_act_what_it_was_about_and_how_it_ended(
    one: Supervised, operator: Actor, investigator: Actor
) -> None:
    found = report(investigator, worked_on(one, operator))
    assert [row[-1] for row in rows_of(found, HISTORY)] == [
        "Outside home in curfew hours.",
        "Taken in hand",
        "Telephoned: Мама",
        "Note. the strap is torn",
        "Seen in home again.",
        f"Resolved: {CAUSE}. replaced today",
    ]
    assert f": {CAUSE}." in found.lead
    assert found.lead.index("Resolved") < found.lead.index("Outside home")
    assert '["What became of it", "Resolved ' in text_of(found)


def test_compliance_says_the_cause_and_how_sure_the_claim_was(
    one: Supervised, operator: Actor, investigator: Actor
) -> None:
    worked_on(one, operator)
    ((_, _, sentence, sure, became),) = rows_of(period(investigator, one), "Alerts")
    assert (sentence, sure) == ("Outside home in curfew hours.", "93 %")
    assert became == f"resolved: {CAUSE}. replaced today"


def test_the_defence_reads_what_was_done_and_not_the_notes_nor_who_was_called(
    one: Supervised, operator: Actor, investigator: Actor
) -> None:
    alert = worked_on(one, operator)
    for found in (
        report(investigator, alert, Audience.DEFENCE),
        period(investigator, one, Audience.DEFENCE),
    ):
        text = text_of(found)
        assert CAUSE in text
        for told in ("Мама", "torn", "replaced today"):
            assert told not in text, told
    acts = [row[-1] for row in rows_of(report(investigator, alert, Audience.DEFENCE), HISTORY)]
    assert acts[2:4] == ["Telephoned: another person", "Note"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("active", "nobody has it in hand yet"),
        ("cleared", "nobody has reviewed it yet"),
        ("withdrawn", "later reports deny it"),
        ("acknowledged", "somebody has it in hand"),
    ],
)
def test_an_alert_that_is_not_resolved_says_so_in_the_first_lines(
    one: Supervised, investigator: Actor, state: str, said: str
) -> None:
    assert said in report(investigator, raised(one, NOW, state=state)).lead


def test_of_an_unresolved_alert_the_last_act_is_told(
    one: Supervised, operator: Actor, investigator: Actor
) -> None:
    alert = raised(one, NOW)
    doing.acknowledge(operator, alert.public_id, 1)
    doing.call(operator, alert.public_id, "")
    ((*_, became),) = rows_of(period(investigator, one), "Alerts")
    assert became == "acknowledged; Telephoned: the person"
