# SPDX-License-Identifier: EUPL-1.2
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, supervised, user
from supervision.raised import actor
from supervision.reported import document

from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.reports import Subject, disclose_report, issue_report
from tarazy.supervision.models import Audience, Report, ReportKind
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
SPAN = Interval(NOW - timedelta(days=2), NOW)


def test_a_report_leaves_its_fingerprint_and_carries_its_number() -> None:
    one = supervised()
    subject = Subject(kind=ReportKind.COMPLIANCE, span=SPAN, order=one.order)
    report, pdf = issue_report(CONSOLE, subject, document())
    assert report.pdf_sha256 == hashlib.sha256(pdf).hexdigest()
    assert report.facts_sha256 == document().digest()
    assert (report.person, report.audience) == (one.person, Audience.SERVICE)
    again, other = issue_report(CONSOLE, subject, document())
    assert again.facts_sha256 == report.facts_sha256
    assert other != pdf, "each file has its own number, and so its own fingerprint"


def test_figures_are_about_nobody() -> None:
    subject = Subject(kind=ReportKind.FIGURES, span=SPAN)
    report, _ = issue_report(CONSOLE, subject, document())
    assert report.person is None


def test_whoever_does_not_reach_the_person_gives_nothing_out() -> None:
    one = supervised(officer=user("near", Role.OFFICER))
    subject = Subject(kind=ReportKind.COMPLIANCE, span=SPAN, order=one.order)
    for stranger in (user("far", Role.OFFICER), user("duty", Role.OPERATOR)):
        with pytest.raises(Refused) as caught:
            issue_report(actor(stranger), subject, document())
        assert caught.value.name == CoreRefusal.NOT_PERMITTED
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("recipient", "capacity"), [("", "counsel"), ("A. Test", " "), ("x" * 201, "counsel")]
)
def test_a_receipt_names_somebody(recipient: str, capacity: str) -> None:
    one = supervised()
    subject = Subject(kind=ReportKind.COMPLIANCE, span=SPAN, order=one.order)
    report, _ = issue_report(CONSOLE, subject, document())
    with pytest.raises(Refused) as caught:
        disclose_report(CONSOLE, report.public_id, recipient, capacity)
    assert caught.value.name == Refusal.RECIPIENT_MISSING
    handed = disclose_report(CONSOLE, report.public_id, " A. Test ", "counsel")
    assert (handed.recipient, handed.report) == ("A. Test", report)


def test_an_unknown_report_is_handed_to_nobody() -> None:
    with pytest.raises(Refused) as caught:
        disclose_report(CONSOLE, "rep_0", "A. Test", "counsel")
    assert caught.value.name == CoreRefusal.NOT_FOUND
