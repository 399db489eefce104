# SPDX-License-Identifier: EUPL-1.2
import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from supervision.factory import CONSOLE, HOME, Supervised, supervised, user
from supervision.raised import raised

from tarazy.core.access import Role
from tarazy.supervision.actions.orders import create_zone
from tarazy.supervision.looks import compliance
from tarazy.supervision.models import Condition, Disclosure, PresenceChange, Report, Zone
from tarazy.supervision.rules import SECRET_RULES

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
TODAY = NOW.astimezone(ZoneInfo("Asia/Almaty"))  # a report's days are those of the order's place
DAY = timedelta(days=1)
FORM = {"since": f"{TODAY - 3 * DAY:%Y-%m-%d}", "until": f"{TODAY:%Y-%m-%d}"}
PERIOD = f"?since={FORM['since']}&until={FORM['until']}"


@pytest.fixture
def officer() -> Client:
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    client.force_login(user("officer", Role.OFFICER))
    return client


@pytest.fixture
def one(officer: Client) -> Supervised:
    found = supervised()
    found.order.officer_id = int(officer.session["_auth_user_id"])
    found.order.save()
    PresenceChange.objects.create(
        condition=found.curfew, state="inside", at=NOW - 5 * DAY, known_at=NOW - 5 * DAY
    )
    return found


def test_a_report_is_shown_given_out_handed_over_and_checked(
    officer: Client, one: Supervised
) -> None:
    base = f"/supervision/people/{one.person.public_id}/reports/"
    page = officer.get(f"{base}compliance{PERIOD}").content.decode()
    assert "Compliance report" in page
    assert "<svg" in page
    assert " style=" not in page
    assert not Report.objects.exists(), "a page that was looked at is not given out"
    pdf = officer.post(f"{base}compliance", FORM).content
    report = Report.objects.get()
    assert pdf.startswith(b"%PDF-")
    assert report.public_id in officer.get(base).content.decode()
    handed = {"person": one.person.public_id, "recipient": "A. Test", "capacity": "counsel"}
    officer.post(f"/supervision/reports/{report.public_id}/disclose", handed)
    receipt = Disclosure.objects.get()
    paper = officer.get(f"/supervision/receipts/{receipt.public_id}.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    proof = officer.get(f"/supervision/reports/{report.public_id}/proof.json").json()
    assert proof["opened"]["pdf_sha256"]["value"] == report.pdf_sha256
    file = SimpleUploadedFile("report.pdf", pdf)
    answer = officer.post("/supervision/reports/check", {"file": file})
    assert "It is genuine and unchanged" in answer.content.decode()
    changed = SimpleUploadedFile("report.pdf", pdf + b" ")
    answer = officer.post("/supervision/reports/check", {"file": changed})
    assert answer.status_code == 422
    assert officer.post("/supervision/reports/check").status_code == 422


def test_what_was_typed_stays_where_a_receipt_lacks_a_name(
    officer: Client, one: Supervised
) -> None:
    officer.post(f"/supervision/people/{one.person.public_id}/reports/compliance", FORM)
    facts = {"person": one.person.public_id, "recipient": "A. Test", "capacity": " "}
    address = f"/supervision/reports/{Report.objects.get().public_id}/disclose"
    answer = officer.post(address, facts)
    assert answer.status_code == 422
    assert 'value="A. Test"' in answer.content.decode()
    assert officer.post(address, {"recipient": "", "person": ""}).status_code == 404


def test_figures_as_a_table_hold_no_formula(officer: Client, one: Supervised) -> None:
    Zone.objects.filter(pk=one.home.pk).update(name="=cmd|' /C calc'!A0")
    address = f"/supervision/people/{one.person.public_id}/reports/compliance.csv{PERIOD}"
    text = officer.get(address).content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("record,name,state")
    assert "'=cmd|" in text
    assert ",=cmd|" not in text


def test_the_report_of_an_alert_for_the_court_and_for_the_defence(
    officer: Client, one: Supervised
) -> None:
    alert = raised(one, NOW)
    address = f"/supervision/alerts/{alert.public_id}/report"
    assert "Report of an incident" in officer.get(address).content.decode()
    assert (
        "This copy is made for the defence"
        in officer.get(f"{address}?for=defence").content.decode()
    )
    officer.post(address, {"for": "defence"})
    report = Report.objects.get()
    assert (report.alert, report.audience) == (alert, "defence")
    places = officer.get(f"{address}.geojson")
    assert places.json()["type"] == "FeatureCollection"


def test_no_copy_for_the_defence_is_offered_of_an_alert_about_two(
    officer: Client, one: Supervised
) -> None:
    for rule, offered in (("S-EXCLUSION-ENTRY", True), (min(SECRET_RULES), False)):
        alert = raised(one, NOW, rule=rule)
        address = f"/supervision/alerts/{alert.public_id}/report"
        page = officer.get(address).content.decode()
        assert ("for=defence" in page) is offered, rule
        assert (officer.get(f"{address}?for=defence").status_code == 200) is offered, rule


def test_a_table_tells_the_whole_and_the_hours_apart(officer: Client, one: Supervised) -> None:
    """Also where a condition applies always, and the two are the same stretches."""
    Condition.objects.filter(pk=one.curfew.pk).update(kind="inclusion", timetable=[])
    address = f"/supervision/people/{one.person.public_id}/reports/compliance.csv{PERIOD}"
    lines = officer.get(address).content.decode("utf-8-sig").splitlines()
    told = [line.rpartition(",")[2] for line in lines if line.startswith("presence,")]
    assert told == ["all", "hours"]


def test_the_seconds_of_a_table_add_up_to_the_period(officer: Client, one: Supervised) -> None:
    """Trackers tell times to the millisecond."""
    begun = TODAY.replace(hour=0, minute=0, second=0, microsecond=0) - 3 * DAY
    for n in range(40):
        at = begun + n * timedelta(hours=1, milliseconds=337)
        PresenceChange.objects.create(
            condition=one.curfew, state=("inside", "outside")[n % 2], at=at, known_at=at
        )
    address = f"/supervision/people/{one.person.public_id}/reports/compliance.csv{PERIOD}"
    text = officer.get(address).content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["applied"] == "all"]
    first, last = (
        datetime.fromisoformat(one) for one in (rows[0]["since_utc"], rows[-1]["until_utc"])
    )
    assert len(rows) == 40
    assert sum(round(float(row["seconds"]) * 1_000_000) for row in rows) == (
        (last - first) // timedelta(microseconds=1)
    )


@pytest.mark.parametrize(
    "period", ["?since=x&until=y", "?since=9999-12-31&until=9999-12-31", "?since=0001-01-01"]
)
def test_a_wrong_period_is_refused_in_words(officer: Client, one: Supervised, period: str) -> None:
    base = f"/supervision/people/{one.person.public_id}/reports/"
    assert officer.get(f"{base}compliance{period}").status_code == 422
    assert officer.get(f"{base}compliance.csv{period}").status_code == 422


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (NOW, NOW - 3 * DAY, "The end must be after the beginning."),
        (NOW - 100 * DAY, NOW, "A report covers at most 92 days."),
        (NOW + 5 * DAY, NOW + 6 * DAY, "no order was in force then"),
        (NOW - 400 * DAY, NOW - 390 * DAY, "no order was in force then"),
    ],
)
def test_a_period_that_is_refused_stays_in_its_form(
    officer: Client, one: Supervised, since: datetime, until: datetime, said: str
) -> None:
    base = f"/supervision/people/{one.person.public_id}/reports/"
    form = {"since": f"{since:%Y-%m-%d}", "until": f"{until:%Y-%m-%d}"}
    for answer in (officer.get(f"{base}compliance", form), officer.post(f"{base}compliance", form)):
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert f'name="since" value="{form["since"]}"' in page
        assert f'name="until" value="{form["until"]}"' in page
    assert not Report.objects.exists()


def test_a_copy_leads_to_the_copy_s_own_table_and_fixes(officer: Client, one: Supervised) -> None:
    base = f"/supervision/people/{one.person.public_id}/reports/compliance"
    assert "&amp;for=defence" in officer.get(f"{base}{PERIOD}&for=defence").content.decode()
    alert = raised(one, NOW)
    address = f"/supervision/alerts/{alert.public_id}/report"
    page = officer.get(f"{address}?for=defence").content.decode()
    assert f"{address}.geojson?for=defence" in page
    hidden = Condition.objects.create(
        order=one.order,
        kind="exclusion",
        zone=create_zone(CONSOLE, one.person.public_id, "her house", HOME),
        period=one.order.in_force,
    )
    alert = raised(one, NOW, condition=hidden, rule="S-EXCLUSION-ENTRY")
    page = officer.get(f"/supervision/alerts/{alert.public_id}/report?for=defence").content.decode()
    assert ".geojson" not in page


def test_a_cut_list_of_alerts_says_so(
    officer: Client, one: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compliance, "ALERTS_MAX", 2)
    address = f"/supervision/people/{one.person.public_id}/reports/compliance{PERIOD}"
    said = "There are more alerts than this report can show: these are the first 2"
    for rule in ("S-A", "S-B"):
        raised(one, NOW, rule=rule, condition=None)
    assert said not in officer.get(address).content.decode()
    raised(one, NOW, rule="S-C", condition=None)
    page = officer.get(address).content.decode()
    assert said in page
    assert "S-C" not in page


def test_without_a_period_one_is_chosen_first(officer: Client, one: Supervised) -> None:
    base = f"/supervision/people/{one.person.public_id}/reports/"
    answer = officer.get(f"{base}compliance")
    assert (answer.status_code, answer.headers["Location"]) == (302, base)


def test_our_own_alert_has_no_report_of_a_person(officer: Client, one: Supervised) -> None:
    alert = raised(None, NOW, rule="S-OWN-OUTAGE", condition=None)
    assert officer.get(f"/supervision/alerts/{alert.public_id}/report").status_code == 422


def test_figures_of_a_month_are_shown_and_given_out() -> None:
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    client.force_login(user("supervisor", Role.SUPERVISOR))
    supervised()
    page = client.get("/supervision/reports/figures")
    assert "Figures of a month" in page.content.decode()
    month = f"{NOW:%Y-%m}"
    pdf = client.post("/supervision/reports/figures", {"month": month})
    assert pdf.content.startswith(b"%PDF-")
    assert Report.objects.get().person is None
    for wrong in ("2026-13", "x", "9999-12", "2026-1' OR 1=1"):
        assert client.get("/supervision/reports/figures", {"month": wrong}).status_code == 422
    for wrong in ("", "2026-13", "9999-12"):
        assert client.get("/supervision/reports/figures.csv", {"month": wrong}).status_code == 422


def test_figures_of_a_month_are_numbers_for_a_spreadsheet_too() -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user("supervisor", Role.SUPERVISOR))
    one = supervised()
    raised(one, NOW, rule="S-SIGNAL-LOST")
    answer = client.get("/supervision/reports/figures.csv", {"month": f"{NOW:%Y-%m}"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {(row["table"], row["column"], row["value"]) for row in rows}
    assert ("Orders", "In force at the end", "1") in told
    assert ("Alerts", "Raised", "1") in told
    assert {row["month"] for row in rows} == {f"{NOW:%Y-%m}"}
