# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.officer import signed_in
from supervision.raised import raised, seen

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.supervision.actions.places import Extract, replace_places
from tarazy.supervision.extracts.interface import Found, Kind

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
HOUSE = Found(Kind.HOUSE, "Абай көшесі 12", "Алматы", (((66.9, 48.6),),))
JSON = {"accept": "application/json"}


@pytest.fixture
def operator() -> Client:
    return signed_in(user("operator", Role.OPERATOR))


@pytest.fixture
def one() -> Supervised:
    return supervised()


def taken() -> None:
    rows = Extract(name="osm", format="geojson", dated_on=date(2026, 11, 1), rows=[HOUSE])
    replace_places(CONSOLE, rows)


def test_an_address_is_searched_and_a_place_is_named(operator: Client) -> None:
    nothing = operator.post("/supervision/map/places", {"text": "abay 12"}).json()
    assert nothing == {"known": False, "hits": []}
    taken()
    found = operator.post("/supervision/map/places", {"text": "abay 12"})
    assert found.headers["Cache-Control"] == "no-store"
    (hit,) = found.json()["hits"]
    assert (hit["title"], hit["about"], hit["at"]) == (
        "Абай көшесі 12", "house, Алматы", [66.9, 48.6],
    )  # fmt: skip
    named = operator.post("/supervision/map/place", {"lat": "48.6", "lon": "66.9"}).json()
    assert named["said"].startswith("near Абай көшесі 12, Алматы, about 0 m away (extract of")
    assert operator.post("/supervision/map/place", {"lat": "10", "lon": "10"}).json()["said"] == ""


@pytest.mark.parametrize(
    "place",
    [{}, {"lat": "north", "lon": "1"}, {"lat": "nan", "lon": "1"}, {"lat": "91", "lon": "1"},
     {"lat": "9" * 400, "lon": "1"}, {"lat": "1", "lon": "-inf"}],
)  # fmt: skip
def test_what_is_no_place_is_refused(operator: Client, place: dict[str, str]) -> None:
    answer = operator.post("/supervision/map/place", place, headers=JSON)
    assert (answer.status_code, answer.json()["refused"]) == (422, "bad_place")


def test_an_address_is_in_no_url(operator: Client) -> None:
    assert operator.get("/supervision/map/places?text=abay").status_code == 405
    assert operator.get("/supervision/map/place?lat=1&lon=1").status_code == 405


@pytest.mark.parametrize(("accuracy_m", "coarse"), [(9.0, False), (800.0, True), (None, True)])
def test_the_alert_says_what_is_near_its_last_place_in_one_logged_look(
    operator: Client, one: Supervised, accuracy_m: float | None, coarse: bool
) -> None:
    place = {"at": NOW.isoformat(), "lat": 48.6002, "lon": 66.9, "accuracy_m": accuracy_m}
    alert = raised(one, NOW, evidence=[place], rule="S-INCLUSION-EXIT")
    address = f"/supervision/alerts/{alert.public_id}/"
    assert "extract of" not in operator.get(address).content.decode()
    taken()
    before = log.size()
    text = operator.get(address).content.decode()
    assert log.size() == before + 1, "the address is part of that look, and no other"
    assert "near Абай көшесі 12, Алматы, about 20 m away" in text
    assert "extract of 1 November 2026" in text
    assert ("the address may be another" in text) == coarse
    report = operator.get(f"{address}report").content.decode()
    assert ("nearest" in report or "near Абай" in report) == ("Fix " in report)


def test_the_person_s_page_says_it_only_while_the_place_is_shown(
    operator: Client, one: Supervised
) -> None:
    taken()
    seen(one, NOW - timedelta(minutes=1))
    text = operator.get(f"/supervision/people/{one.person.public_id}/").content.decode()
    assert "near Абай көшесі 12" in text
