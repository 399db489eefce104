# SPDX-License-Identifier: EUPL-1.2
"""Reports as a reader gets them: what they say and leave out, and whether they hold."""

import importlib.util
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from supervision.factory import CONSOLE, HOME, Supervised, supervised, user
from supervision.raised import actor, raised
from supervision.reported import document, keep_fixes, text_of

from tarazy.core.access import Actor, Role
from tarazy.core.audit.actions import signer
from tarazy.core.audit.entry import Detail
from tarazy.core.errors import Refused
from tarazy.supervision.actions.demands import Demand
from tarazy.supervision.actions.orders import add_condition, create_zone
from tarazy.supervision.actions.reports import Subject, disclose_report, issue_report
from tarazy.supervision.looks.compliance import Asked, Compliance, compliance
from tarazy.supervision.looks.incident import incident
from tarazy.supervision.looks.kept import Kept
from tarazy.supervision.looks.reports import check_report, prove_report, receipt, register
from tarazy.supervision.models import (
    Audience,
    CheckIn,
    ConditionKind,
    Fitting,
    Order,
    Outage,
    PermittedAbsence,
    PresenceChange,
    ReportKind,
)
from tarazy.supervision.presence.spent import Spent, spent
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Document, Picture, Table
from tarazy.supervision.reports.printing import pdf_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


def changed(one: Supervised, at: datetime, state: str) -> PresenceChange:
    return PresenceChange.objects.create(
        condition=one.curfew, state=state, at=at, known_at=at, probability=0.99
    )


def asked(one: Supervised, days: float = 2, audience: Audience = Audience.SERVICE) -> Asked:
    return Asked(one.person.public_id, NOW - days * DAY, NOW, audience)


def due(kept: Kept) -> Spent:
    return spent(kept.changes, kept.hours)


def test_time_in_each_state_is_counted_in_the_hours_that_applied(
    one: Supervised, investigator: Actor
) -> None:
    """Curfew from 22:00 to 6:00 in Almaty is 17:00 to 1:00 UTC."""
    changed(one, NOW - 5 * DAY, "inside")
    changed(one, NOW - DAY + 6 * HOUR, "outside")  # 18:00 UTC
    changed(one, NOW - DAY + 8 * HOUR, "inside")
    found = compliance(investigator, asked(one), NOW)
    (kept,) = found.conditions
    assert due(kept) == Spent(inside=14 * HOUR, outside=2 * HOUR, unknown=timedelta())
    text = text_of(found.document)
    assert '["outside", "2 h 00 min", "12.5 %"]' in text
    assert "UTC+05:00" in text


def test_what_was_denied_by_late_data_is_not_in_the_report(
    one: Supervised, investigator: Actor
) -> None:
    changed(one, NOW - 5 * DAY, "inside")
    denied = changed(one, NOW - DAY, "outside")
    PresenceChange.objects.filter(pk=denied.pk).update(superseded_at=NOW)
    (kept,) = compliance(investigator, asked(one), NOW).conditions
    assert due(kept).outside == timedelta()


def test_a_buffer_s_changes_are_not_the_zone_s(one: Supervised, investigator: Actor) -> None:
    changed(one, NOW - 5 * DAY, "inside")
    PresenceChange.objects.create(
        condition=one.curfew, facet="buffer", state="outside", at=NOW - DAY, known_at=NOW - DAY
    )
    (kept,) = compliance(investigator, asked(one), NOW).conditions
    assert due(kept).outside == timedelta()


def test_a_permitted_absence_is_no_time_in_which_it_applied(
    one: Supervised, investigator: Actor
) -> None:
    changed(one, NOW - 5 * DAY, "inside")
    since, until = NOW - DAY + 6 * HOUR, NOW - DAY + 9 * HOUR
    PermittedAbsence.objects.create(
        order=one.order, period=(since, until), reason="hospital", decided_by="A. Test",
        granted_at=NOW - 2 * DAY, granted_by="usr_x",
    )  # fmt: skip
    found = compliance(investigator, asked(one), NOW)
    (kept,) = found.conditions
    assert sum(due(kept), timedelta()) == 13 * HOUR
    assert "hospital" in text_of(found.document)


def test_check_ins_are_in_it_once_they_were_asked_for(one: Supervised, investigator: Actor) -> None:
    facts = {"order": one.order, "route": "call", "answer_min": 30}
    CheckIn.objects.create(**facts, state="planned", due_at=NOW - HOUR)
    CheckIn.objects.create(
        **facts, state="missed", due_at=NOW - DAY, asked_at=NOW - DAY,
        until=NOW - DAY + HOUR, note="called twice",
    )  # fmt: skip
    text = text_of(compliance(investigator, asked(one), NOW).document)
    assert text.count("not answered in time") == 1
    assert "called twice" in text


def test_an_answer_after_its_time_is_said_to_be_one(one: Supervised, investigator: Actor) -> None:
    facts = {"order": one.order, "route": "call", "answer_min": 30, "state": "answered"}
    for hours in (0, 2):
        at = NOW - DAY + hours * HOUR
        until = at + HOUR
        CheckIn.objects.create(
            **facts, due_at=at, asked_at=at, until=until, noted_at=until + (hours - 1) * HOUR
        )
    text = text_of(compliance(investigator, asked(one), NOW).document)
    assert text.count("answered after its time") == 1


def test_before_anything_is_known_the_state_is_unknown(
    one: Supervised, investigator: Actor
) -> None:
    (kept,) = compliance(investigator, asked(one), NOW).conditions
    assert due(kept) == Spent(timedelta(), timedelta(), 16 * HOUR)


def test_what_could_not_be_seen_is_said_with_its_cause(
    one: Supervised, investigator: Actor
) -> None:
    Outage.objects.create(process="gateway", since=NOW - 9 * HOUR, until=NOW - 7 * HOUR)
    times = [NOW - 12 * HOUR + n * MINUTE for n in range(12 * 60)]
    heard = [at for at in times if not NOW - 9 * HOUR <= at < NOW - 7 * HOUR]
    heard = [at for at in heard if not NOW - 4 * HOUR <= at < NOW - 3 * HOUR]
    keep_fixes(one, heard)
    found = compliance(investigator, asked(one, days=0.5), NOW)
    assert [(str(gap.why), round((gap.until - gap.since) / MINUTE)) for gap in found.unseen] == [
        ("our_outage", 121),
        ("unknown", 61),
    ]
    assert "our own service was away" in text_of(found.document)


def test_alerts_are_in_it_with_what_became_of_them(one: Supervised, investigator: Actor) -> None:
    raised(one, NOW - DAY, until=NOW - DAY + HOUR, state="cleared")
    raised(one, NOW - 9 * DAY, until=NOW - 9 * DAY + HOUR, state="cleared")
    text = text_of(compliance(investigator, asked(one), NOW).document)
    assert text.count("Outside home in curfew hours.") == 1
    assert "S-CURFEW-ABSENCE" in text
    assert "not a finding of guilt" in text


def test_times_before_the_clocks_were_changed_are_not_given_out_for_today_s(
    one: Supervised, investigator: Actor
) -> None:
    """Kazakhstan went over to UTC+5 on 2024-03-01; the days before were UTC+6."""
    since = datetime(2024, 1, 10, tzinfo=UTC)
    Order.objects.filter(pk=one.order.pk).update(in_force=(since, NOW + DAY))
    period = Asked(one.person.public_id, since, since + 7 * DAY)
    made = compliance(investigator, period, NOW).document.made
    assert made.endswith("Asia/Almaty, UTC+06:00, and from 29 February 2024, 23:00 on UTC+05:00.")


@pytest.mark.parametrize(
    ("since", "until", "name"),
    [
        (NOW - 100 * DAY, NOW, Refusal.REPORT_TOO_LONG),
        (NOW, NOW - DAY, Refusal.PERIOD_BACKWARDS),
        (NOW, NOW, Refusal.PERIOD_BACKWARDS),
        (NOW + DAY, NOW + 2 * DAY, Refusal.REPORT_EMPTY),
    ],
)
def test_an_impossible_period_is_refused(
    one: Supervised, investigator: Actor, since: datetime, until: datetime, name: Refusal
) -> None:
    with pytest.raises(Refused) as caught:
        compliance(investigator, Asked(one.person.public_id, since, until), NOW)
    assert caught.value.name == name


def test_a_person_without_an_order_then_is_not_found(one: Supervised, investigator: Actor) -> None:
    with pytest.raises(Refused):
        compliance(investigator, Asked(one.person.public_id, NOW - 90 * DAY, NOW - 80 * DAY), NOW)


def test_the_report_of_an_incident_numbers_the_fixes_that_count(
    one: Supervised, investigator: Actor
) -> None:
    times = [NOW - HOUR + n * MINUTE for n in range(60)]
    keep_fixes(one, times)
    evidence = [
        {"at": times[n].isoformat(), "lat": 48.6, "lon": 66.9, "accuracy_m": 12.0}
        for n in (48, 49, 50)
    ]
    alert = raised(one, NOW, evidence=evidence)
    found = incident(investigator, alert.public_id, Audience.SERVICE, NOW)
    counting = [
        feature["properties"]["number"]
        for feature in found.geojson()["features"]  # type: ignore[attr-defined]
        if feature["properties"]["counts"]
    ]
    table = next(
        part
        for section in found.document.sections
        for part in section.parts
        if isinstance(part, Table) and part.columns[0].title == "№"
    )
    assert [int(row[0]) for row in table.rows if row[6] == "yes"] == counting
    assert len(counting) == 3
    picture = _picture(found.document)
    assert all(f">{number}</text>" in picture for number in counting)
    assert pdf_of(found.document).startswith(b"%PDF-")


def _picture(document: Document) -> str:
    return next(
        part.svg
        for section in document.sections
        for part in section.parts
        if isinstance(part, Picture)
    )


def test_the_defence_does_not_see_a_zone_that_may_betray_whom_it_protects(
    one: Supervised, investigator: Actor
) -> None:
    zone = create_zone(CONSOLE, one.person.public_id, "her house", HOME)
    demand = Demand(kind=ConditionKind.EXCLUSION)
    condition = add_condition(CONSOLE, one.order.public_id, zone.public_id, demand)
    keep_fixes(one, [NOW - n * MINUTE for n in range(5)])
    alert = raised(one, NOW, condition=condition, rule="S-ZONE-BREACH", facts={"zone": "her house"})
    court = incident(investigator, alert.public_id, Audience.SERVICE, NOW)
    defence = incident(investigator, alert.public_id, Audience.DEFENCE, NOW)
    assert "stroke-dasharray" in _picture(court.document)
    assert "her house" in text_of(court.document)
    assert "Left out" not in text_of(court.document)
    text = text_of(defence.document)
    assert "Left out" in text
    for told in ("<svg", "her house", "48.6", "66.9"):
        assert told not in text, told
    assert defence.geojson()["features"] == []
    assert (court.has_places, defence.has_places) == (True, False)


def test_the_defence_does_not_see_alerts_about_two_people(
    one: Supervised, investigator: Actor
) -> None:
    alert = raised(one, NOW - HOUR, rule="S-VICTIM-PROXIMITY", condition=None, until=NOW)
    assert "S-VICTIM-PROXIMITY" in text_of(compliance(investigator, asked(one), NOW).document)
    copy = compliance(investigator, asked(one, audience=Audience.DEFENCE), NOW).document
    assert "S-VICTIM-PROXIMITY" not in text_of(copy)
    with pytest.raises(Refused) as caught:
        incident(investigator, alert.public_id, Audience.DEFENCE, NOW)
    assert caught.value.name == Refusal.REPORT_PROTECTED


def issued(one: Supervised) -> tuple[str, bytes]:
    span = Interval(NOW - DAY, NOW)
    subject = Subject(kind=ReportKind.COMPLIANCE, span=span, order=one.order)
    report, pdf = issue_report(CONSOLE, subject, document())
    return report.public_id, pdf


def test_a_file_is_known_again_and_a_changed_one_is_not(one: Supervised) -> None:
    auditor = actor(user("auditor", Role.AUDITOR))
    public_id, pdf = issued(one)
    assert check_report(auditor, sha256(pdf).hexdigest()).public_id == public_id
    with pytest.raises(Refused) as caught:
        check_report(auditor, sha256(pdf + b"\n").hexdigest())
    assert caught.value.name == Refusal.REPORT_UNKNOWN


def test_the_fingerprint_of_the_facts_that_is_printed_is_the_one_in_the_log(
    one: Supervised, investigator: Actor
) -> None:
    seen = compliance(investigator, asked(one), NOW)
    subject = Subject(kind=ReportKind.COMPLIANCE, span=seen.span, order=seen.order)
    report, _ = issue_report(CONSOLE, subject, seen.document)
    proof = prove_report(investigator, report.public_id)
    assert report.facts_sha256 in text_of(seen.document)
    assert report.facts_sha256 in json.dumps(proof["opened"])


def test_the_log_proves_to_a_stranger_which_file_was_given_out(
    one: Supervised, investigator: Actor, verify_proof: ModuleType
) -> None:
    public_id, pdf = issued(one)
    proof = json.loads(json.dumps(prove_report(investigator, public_id)))
    verify_proof.check(proof, signer().verifier().line())
    leaf = json.loads(proof["leaf"])
    assert (leaf["verb"], leaf["subject"]) == ("supervision.report.issue", public_id)
    opened = proof["opened"]["pdf_sha256"]
    assert opened["value"] == sha256(pdf).hexdigest()
    detail = Detail(bytes.fromhex(opened["salt"]), opened["value"])
    assert detail.commitment() == leaf["details"]["pdf_sha256"]


@pytest.fixture(scope="module")
def verify_proof() -> ModuleType:
    path = Path(__file__).parents[3] / "tools" / "verify_proof.py"
    spec = importlib.util.spec_from_file_location("verify_proof", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_receipt_names_the_file_and_who_has_it(one: Supervised, investigator: Actor) -> None:
    public_id, pdf = issued(one)
    handed = disclose_report(CONSOLE, public_id, "Б. Адвокат", "counsel for the defence")
    paper = receipt(investigator, handed.public_id)
    text = text_of(paper)
    assert sha256(pdf).hexdigest() in text
    assert "Б. Адвокат, counsel for the defence" in text
    (report,) = register(investigator, one.person.public_id).reports
    assert [one.pk for one in report.disclosures.all()] == [handed.pk]


def test_without_a_device_all_of_the_order_could_not_be_monitored(
    one: Supervised, investigator: Actor
) -> None:
    Fitting.objects.all().delete()
    found: Compliance = compliance(investigator, asked(one, days=1.5), NOW)
    assert [(str(gap.why), gap.until - gap.since) for gap in found.unseen] == [
        ("no_device", 36 * HOUR)
    ]
    text = text_of(found.document)
    assert "For 36 h 00 min (100.0 % of the period) the person could not be monitored." in text
    assert "no device was worn" in text


def test_the_unknown_time_of_a_zone_is_led_back_to_what_could_not_be_monitored(
    one: Supervised, investigator: Actor
) -> None:
    """Half of the night without a report; then there are some, and they leave it open."""
    keep_fixes(one, [NOW - 12 * HOUR + n * MINUTE for n in range(12 * 60)])  # from 0:00 UTC on
    text = text_of(compliance(investigator, asked(one, days=1), NOW).document)
    assert '["unknown", "8 h 00 min", "100.0 %"]' in text
    assert "Of the unknown time 7 h 00 min falls into time that could not be monitored" in text
    assert "For 1 h 00 min there were reports" in text
