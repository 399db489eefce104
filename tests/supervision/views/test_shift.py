# SPDX-License-Identifier: EUPL-1.2
import csv
import io
import json
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.test import Client
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.officer import signed_in
from supervision.raised import actor, raised, seen

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.supervision.actions.alerts import acknowledge, resolve
from tarazy.supervision.actions.checkins import plan_check_ins
from tarazy.supervision.actions.devices import remove_device
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks import shift
from tarazy.supervision.models import CheckInRoute, Fitting

pytestmark = pytest.mark.django_db
EXPORT = "/supervision/shift/export"


@pytest.fixture
def operator() -> User:
    return user("the.operator", Role.OPERATOR)


@pytest.fixture
def one(operator: User) -> Supervised:
    """Somebody of a hostile name, with an alert resolved for nothing, one open, an empty device."""
    found, now = supervised("=HYPERLINK(1)\x0b"), clock.now()
    alert = raised(found, now, known_at=now - timedelta(minutes=9))
    acknowledge(actor(operator), alert.public_id, 1)
    resolve(actor(operator), alert.public_id, 2, "device", "-2+3 the strap")
    raised(found, now, rule="S-STRAP-TAMPER", severity="critical")
    seen(found, now, battery_percent=7)
    return found


def table(client: Client, name: str, hours: int = 12) -> list[dict[str, str]]:
    answer = client.get(f"{EXPORT}?hours={hours}&table={name}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"shift-{name}.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_alerts_leave_with_their_times_and_without_formulas(
    operator: User, one: Supervised
) -> None:
    client = signed_in(operator)
    still, done = table(client, "alerts")
    assert (still["state"], still["resolved_utc"], still["for_nothing"]) == ("active", "", "")
    assert done["rule"] == "S-CURFEW-ABSENCE"
    assert done["holder"] == "the.operator"
    assert (done["cause"], done["for_nothing"]) == ("fault of the device or of its strap", "yes")
    assert done["device"] == "OwnTracks"
    assert 530 < int(done["to_take_s"]) <= int(done["to_resolve_s"]) < 700
    assert datetime.fromisoformat(done["known_utc"]).tzinfo is not None
    assert still["name"].startswith("'=HYPERLINK")


def test_each_table_has_what_the_page_shows(operator: User, one: Supervised) -> None:
    client = signed_in(operator)
    (rule,) = table(client, "rules")
    assert (rule["resolved"], rule["for_nothing"], rule["percent"]) == ("1", "1", "100")
    (kind,) = table(client, "kinds")
    assert (kind["kind"], kind["resolved"]) == ("OwnTracks", "1")
    (work,) = table(client, "work")
    assert (work["who"], work["taken"], work["resolved"]) == ("the.operator", "1", "1")
    (device,) = table(client, "devices")
    assert (device["reasons"], device["battery_percent"]) == ("battery, tamper", "7")
    facts = {row["fact"]: row["value"] for row in table(client, "summary")}
    assert (facts["resolved"], facts["open"], facts["left_out"]) == ("1", "1", "0")


def test_the_workbook_opens_and_holds_no_formula(operator: User, one: Supervised) -> None:
    answer = signed_in(operator).get(f"{EXPORT}?hours=12")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(book.worksheets) == 6
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    values = [cell.value for cell in cells]
    assert "'=HYPERLINK(1)" in values, "and without the sign that no XML holds"
    assert any(isinstance(value, datetime) for value in values)


def test_hundreds_of_silent_devices_hide_no_cut_strap(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shift, "DEVICES_MAX", 2)
    now, hours = clock.now(), timedelta(hours=5)
    for name in ("One", "Two", "Three"):
        seen(supervised(f"Silent {name}"), now - hours, battery_percent=80)
    cut = supervised("Strap Cut")
    seen(cut, now, battery_percent=80)
    raised(cut, now, rule="S-STRAP-TAMPER", severity="critical")
    client = signed_in(operator)
    text = client.get("/supervision/shift/").content.decode()
    listed = text.partition("<h2>Devices that need a person")[2].partition("</section>")[0]
    assert listed.count("<li>") == 2
    assert "Strap Cut" in listed
    assert "2 more devices need a person" in listed
    facts = {row["fact"]: row["value"] for row in table(client, "summary")}
    assert facts["devices_left_out"] == "2"
    monkeypatch.setattr(shift, "DEVICES_MAX", 4)
    assert "more device" not in client.get("/supervision/shift/").content.decode()


def test_without_tamper_the_longest_silent_device_comes_first(operator: User) -> None:
    now = clock.now()
    for hours in (3, 9, 6):
        seen(supervised(f"Silent {hours}"), now - timedelta(hours=hours), battery_percent=80)
    rows = table(signed_in(operator), "devices")
    assert [row["name"] for row in rows] == ["Silent 9", "Silent 6", "Silent 3"]


def test_taking_tables_away_leaves_a_line_of_its_own(operator: User, one: Supervised) -> None:
    client, before = signed_in(operator), log.size()
    client.get(f"{EXPORT}?hours=24&table=alerts")
    leaf = json.loads(log.entry(before).leaf)
    assert (leaf["verb"], leaf["purpose"]) == ("supervision.shift.export", "duty")
    kept = {name: detail.value for name, detail in log.details(before).items()}
    assert kept == {"hours": "24", "tables": "alerts", "alerts": "2"}


def test_others_and_other_tables_are_refused(operator: User, one: Supervised) -> None:
    for role in (Role.OFFICER, Role.PROSECUTOR, Role.ADMINISTRATOR):
        assert signed_in(user(f"the.{role}", role)).get(EXPORT).status_code == 403
    client = signed_in(operator)
    assert client.get(f"{EXPORT}?table=users").status_code == 404
    assert len(table(client, "alerts", hours=99)) == 2, "hours that are none are the usual ones"


def test_who_is_no_longer_under_an_order_is_in_no_table(operator: User, one: Supervised) -> None:
    one.order.in_force = (clock.now() - timedelta(days=30), clock.now() - timedelta(minutes=1))
    one.order.save()
    client = signed_in(operator)
    assert table(client, "alerts") == []
    assert table(client, "devices") == []


def test_whom_nobody_can_hear_is_on_the_sheet(operator: User) -> None:
    worn, bare, planned = (supervised(name) for name in ("Тағылған", "Тағылмаған", "Шақырылған"))
    for one in (bare, planned):
        remove_device(CONSOLE, Fitting.objects.get(person=one.person).public_id, at=clock.now())
    windows = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "09:00", "until": "21:00", "times": 1}]
    route = CheckInRoute.CALL
    plan_check_ins(CONSOLE, planned.order.public_id, windows, answer_min=30, route=route)
    text = signed_in(operator).get("/supervision/shift/").content.decode()
    assert bare.person.full_name in text.partition("Nothing can be heard of them")[2]
    for one in (worn, planned):
        assert one.person.full_name not in text
    revoke_order(CONSOLE, bare.order.public_id, DOCUMENT, at=clock.now() - timedelta(minutes=1))
    text = signed_in(operator).get("/supervision/shift/").content.decode()
    assert "Nothing can be heard" not in text
