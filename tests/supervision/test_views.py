# SPDX-License-Identifier: EUPL-1.2
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, terms, user
from supervision.raised import raised, seen

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.supervision.actions.orders import register_person, revoke_order, start_order
from tarazy.supervision.models import Alert, AlertState, LiveStream

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)


def signed_in(who: User) -> Client:
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    client.force_login(who)
    return client


@pytest.fixture
def operator() -> Client:
    return signed_in(user("operator", Role.OPERATOR))


@pytest.fixture
def one() -> Supervised:
    found = supervised()
    seen(found, NOW)
    return found


@pytest.fixture
def alert(one: Supervised) -> Alert:
    return raised(one, NOW)


def test_the_board_shows_people_and_alerts_and_nothing_inline(
    operator: Client, one: Supervised, alert: Alert
) -> None:
    answer = operator.get("/supervision/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert one.person.full_name in text
    assert "Outside home in curfew hours." in text
    assert f"/supervision/alerts/{alert.public_id}/" in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


def test_an_empty_board_says_what_will_come(operator: Client) -> None:
    assert 'class="empty"' in operator.get("/supervision/").content.decode()


def test_an_alert_is_acknowledged_and_resolved(operator: Client, alert: Alert) -> None:
    page = f"/supervision/alerts/{alert.public_id}/"
    assert "needed to resolve" in operator.get(page).content.decode()
    taken = operator.post(f"{page}acknowledge", {"version": "1", "note": ""})
    assert (taken.status_code, taken.headers["Location"]) == (302, page)
    operator.post(
        f"{page}resolve", {"version": "2", "note": "at home, indoors", "cause": "reception"}
    )
    alert.refresh_from_db()
    assert alert.state == AlertState.RESOLVED
    text = operator.get(page).content.decode()
    assert "at home, indoors" in text
    assert 'id="note"' not in text
    assert "no reception, or a wrong position" in text


@pytest.mark.parametrize(
    ("version", "note", "sentence"),
    [
        ("7", "what I typed", "Somebody changed this alert meanwhile"),
        ("", "what I typed", "Somebody changed this alert meanwhile"),
        ("1", " ", "Write a short note"),
        ("1", "x" * 2001, "The note is longer than 2000 letters"),
    ],
)
def test_a_form_keeps_what_was_typed(
    operator: Client, alert: Alert, version: str, note: str, sentence: str
) -> None:
    page = f"/supervision/alerts/{alert.public_id}/resolve"
    answer = operator.post(page, {"version": version, "note": note, "cause": "device"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert f">{note}</textarea>" in text
    assert '<option value="device" selected>' in text


def test_others_doings_are_said_before_anything_is_lost(operator: Client, alert: Alert) -> None:
    page = f"/supervision/alerts/{alert.public_id}/"
    signed_in(user("other", Role.OPERATOR)).post(f"{page}acknowledge", {"version": "1"})
    answer = operator.post(f"{page}acknowledge", {"version": "1", "note": "mine"})
    assert answer.status_code == 422
    assert "other" in answer.content.decode()


@pytest.mark.parametrize("lat", [48.6, None])
def test_an_alert_whose_places_were_deleted_says_so(
    lat: float | None, operator: Client, one: Supervised
) -> None:
    place = {"at": NOW.isoformat(), "lat": lat, "lon": lat, "accuracy_m": 9.0}
    found = raised(one, NOW, evidence=[place], rule="S-INCLUSION-EXIT")
    page = operator.get(f"/supervision/alerts/{found.public_id}/").content.decode()
    assert ("were deleted" in page) == (lat is None)
    assert ('class="coordinates"' in page) == (lat is not None)
    assert "rests on time and on silence" not in page
    assert 'id="map"' in page


def test_htmx_gets_the_table_alone(operator: Client, one: Supervised) -> None:
    whole = operator.post("/supervision/people/", {"name": "айг"}).content.decode()
    part = operator.post("/supervision/people/", {"name": "айг"}, headers={"hx-request": "true"})
    assert one.person.full_name in whole
    assert one.person.full_name in part.content.decode()
    assert "<html" in whole
    assert "<html" not in part.content.decode()


def test_what_is_searched_stands_in_no_address_and_is_in_the_log(
    operator: Client, one: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tarazy.supervision.looks.people.PAGE_SIZE", 1)
    supervised("Айгерім Асанова")
    iin, people = "880101300123", "/supervision/people/"
    ignored = operator.get(people, {"name": iin}).content.decode()
    assert "page 1 of 2" in ignored  # nobody was searched for
    found = operator.post(people, {"name": "айг", "page": "2"}).content.decode()
    assert "page 2 of 2" in found
    addresses = re.findall(r'(?:href|src|action|hx-get|hx-post)="([^"]*)"', found)
    assert people in addresses
    assert not [one for one in addresses if "name=" in one or "айг" in unquote(one)]
    nobody = operator.post(people, {"name": iin})
    assert (nobody.status_code, nobody.headers["Cache-Control"]) == (200, "no-store")
    [entry] = log.newest(log.size(), 1)
    leaf = json.loads(entry.leaf)
    assert (leaf["verb"], leaf["outcome"]) == ("supervision.people.view", "done")
    assert leaf["purpose"]
    assert log.details(entry.seq)["search"].value == iin


def test_a_person_s_page_says_the_order_in_words(operator: Client, one: Supervised) -> None:
    text = operator.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    for words in ("Court No. 2", "3-118/2026", "A. Test", "every day 22:00–06:00", "House arrest"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ("", 422, "bad_time"),
        ("since=yesterday&until=now", 422, "bad_time"),
        ("since=2026-13-45T00:00&until=2026-01-01T00:00", 422, "bad_time"),
        ("since=1999-01-01T00:00&until=2099-01-01T00:00", 422, "window_too_long"),
        ("since=1999-01-01T00:00&until=1999-01-01T01:00", 403, "basis_missing"),
    ],
)
def test_a_trail_s_window_is_checked(
    operator: Client, one: Supervised, query: str, status: int, name: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/trail.json?{query}"
    answer = operator.get(address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["refused"]) == (status, name)


def test_a_trail_takes_local_times(operator: Client, one: Supervised) -> None:
    local = timezone.localtime(NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    until = timezone.localtime(NOW).strftime("%Y-%m-%dT%H:%M")
    query = {"since": local, "until": until}
    answer = operator.get(f"/supervision/people/{one.person.public_id}/trail.json", query)
    assert answer.headers["Cache-Control"] == "no-store"
    since = datetime.fromisoformat(answer.json()["since"])
    assert abs(since - (NOW - timedelta(hours=1))) < timedelta(minutes=1)


def test_the_own_page_hides_the_shape_of_zones() -> None:
    login = user("wearer", Role.WEARER)
    mine = supervised(login=login)
    seen(mine, NOW)
    text = signed_in(login).get("/supervision/own/").content.decode()
    assert mine.person.full_name in text
    assert "radius_m" not in text
    assert signed_in(login).get("/supervision/").status_code == 403


def test_a_ticket_names_the_events_process(operator: Client) -> None:
    answer = operator.post("/supervision/live")
    told = answer.json()
    port = settings.TARAZY.events_port
    assert told["address"].startswith(f"http://testserver:{port}/live?ticket=")
    assert told["lasts_s"] == 900
    assert LiveStream.objects.count() == 1
    assert operator.get("/supervision/live").status_code == 405


def test_streets_are_the_demo_s_or_none(operator: Client) -> None:
    assert operator.get("/supervision/map/streets.json").json()["features"] == []
    path: Path = settings.TARAZY.folder / "demo" / "streets.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [{"a": 1}]}))
        assert operator.get("/supervision/map/streets.json").json()["features"] == [{"a": 1}]
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=12-20", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=0-" + "9" * 5_000, 404, None),
    ],
)
def test_tiles_are_served_by_range(
    operator: Client, tmp_path: Path, asked: str, status: int, body: bytes | None
) -> None:
    tiles = tmp_path / "own.pmtiles"
    tiles.write_bytes(b"0123456789")
    with override_settings(TARAZY=replace(settings.TARAZY, map_tiles=tiles)):
        answer = operator.get("/supervision/map/tiles.pmtiles", headers={"range": asked})
    assert answer.status_code == status
    assert body is None or answer.content == body


def test_without_a_file_there_are_no_tiles(operator: Client) -> None:
    asked = {"range": "bytes=0-3"}
    assert operator.get("/supervision/map/tiles.pmtiles", headers=asked).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_is_whole_in_three_languages(
    operator: Client, one: Supervised, alert: Alert, language: str
) -> None:
    for address in (
        "/supervision/",
        "/supervision/?severity=high&hands=mine&rule=S-SOS&officer=usr_0",
        "/supervision/together/",
        "/supervision/protocols/",
        "/supervision/protocols/S-SOS/",
        "/supervision/shift/?hours=168",
        "/supervision/people/",
        f"/supervision/people/{one.person.public_id}/",
        f"/supervision/alerts/{alert.public_id}/",
    ):
        answer = operator.get(address, headers={"accept-language": language})
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.content.decode()


def test_an_order_revoked_before_it_began_has_a_page(one: Supervised) -> None:
    officer = user("the.officer", Role.OFFICER)
    person = register_person(CONSOLE, "Ешқашан Адам")
    order = start_order(CONSOLE, person.public_id, terms(NOW + DAY, NOW + 2 * DAY, officer))
    revoke_order(CONSOLE, order.public_id, DOCUMENT, at=NOW)
    answer = signed_in(officer).get(f"/supervision/people/{person.public_id}/")
    assert answer.status_code in {200, 403}


def test_a_version_of_a_thousand_digits_is_no_fault(operator: Client, alert: Alert) -> None:
    page = f"/supervision/alerts/{alert.public_id}/"
    for what in ("resolve", "acknowledge"):
        for version in ("9" * 5_000, "9" * 30):
            answer = operator.post(f"{page}{what}", {"version": version, "note": "a note"})
            assert answer.status_code in {302, 422}


@pytest.mark.parametrize(
    "window",
    [
        "since=0001-01-01T00:00:00&until=0001-01-01T01:00:00",
        "since=9999-12-31T23:00:00-12:00&until=9999-12-31T23:59:59-12:00",
        "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
        "since=2026-01-02T00:00:00%2B23:59&until=2026-01-01T00:00:00-23:59",
    ],
)
def test_a_window_at_the_end_of_time_is_no_fault(
    operator: Client, one: Supervised, window: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/trail.json?{window}"
    assert operator.get(address).status_code in {403, 422}
