# SPDX-License-Identifier: EUPL-1.2
"""From a device's report to an alert on an open page, with real trails, in a real browser.

Old trails are shifted in time so that their last fix is now.
"""

import base64
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from live.conftest import Service, sign_in
from playwright.sync_api import Page, expect
from supervision.factory import CONSOLE, DOCUMENT, terms, user

from tarazy.core.access import Role
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.orders import (
    add_condition,
    create_zone,
    register_person,
    revoke_order,
    start_order,
)
from tarazy.supervision.models import ConditionKind, Fix, Person, ZoneKind

pytestmark = pytest.mark.live
PASSWORD = "a long password"
ALERT_MS_MAX = 20_000
EVERY_S = 15
GPX = "{http://www.topografix.com/GPX/1/1}"


@dataclass(frozen=True, slots=True)
class At:
    """One point of a trail."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a test's own clock


def shifted(trail: list[At]) -> list[At]:
    """The same trail, ending now."""
    late = clock() - trail[-1].at
    return [At(one.at + late, one.lat, one.lon, one.accuracy_m) for one in trail]


def bus(path: Path) -> list[At]:
    """The bus of Limerick, a fix every quarter of a minute."""
    found: list[At] = []
    for point in ET.parse(path).iter(f"{GPX}trkpt"):
        at = datetime.fromisoformat(point.findtext(f"{GPX}time", ""))
        if not found or at - found[-1].at >= timedelta(seconds=EVERY_S):
            found.append(At(at, float(point.attrib["lat"]), float(point.attrib["lon"])))
    return found


def iphone(path: Path) -> list[At]:
    """A real phone's recording, in order of time."""
    found = []
    for line in path.read_text().splitlines():
        report = json.loads(line.split("\t")[-1])
        if report["_type"] == "location":
            at = datetime.fromtimestamp(report["tst"], UTC)
            found.append(At(at, report["lat"], report["lon"], float(report["acc"])))
    return sorted(found, key=lambda one: one.at)


def press_resolve(page: Page) -> None:
    """Where the engine has learned something meanwhile the page says so, and keeps the words."""
    page.get_by_role("button", name="Resolve").click()
    if page.get_by_text("changed this alert meanwhile").count():
        page.get_by_role("button", name="Resolve").click()


def under_order(name: str, kind: str, home: Shape) -> tuple[Person, str, str]:
    """A person who must stay inside `home`; the device's token and the order's id."""
    now = clock()
    person = register_person(CONSOLE, name)
    period = terms(now - timedelta(days=30), now + timedelta(days=30))
    order = start_order(CONSOLE, person.public_id, period)
    zone = create_zone(CONSOLE, person.public_id, "city centre", home)
    demand = Demand(kind=ConditionKind.INCLUSION)
    add_condition(CONSOLE, order.public_id, zone.public_id, demand)
    device, token = enrol_device(CONSOLE, kind, f"device of {name}")
    since = now - timedelta(days=20)
    fit_device(CONSOLE, device.public_id, person.public_id, since=since)
    return person, token, order.public_id


def send_osmand(service: Service, token: str, trail: list[At]) -> None:
    with httpx.Client(base_url=service.gateway, trust_env=False) as device:
        for one in trail:
            place = {"lat": one.lat, "lon": one.lon, "accuracy": one.accuracy_m or 8}
            fix = {"id": token, "timestamp": int(one.at.timestamp()), **place}
            assert device.get("/", params=fix).status_code == 200


def send_owntracks(service: Service, token: str, trail: list[At]) -> None:
    basic = "Basic " + base64.b64encode(f"phone:{token}".encode()).decode()
    with httpx.Client(base_url=service.gateway, trust_env=False) as device:
        for one in trail:
            body = {"_type": "location", "tid": "x1", "lat": one.lat, "lon": one.lon}
            body |= {"tst": int(one.at.timestamp()), "acc": one.accuracy_m}
            answer = device.post("/pub", json=body, headers={"Authorization": basic})
            assert (answer.status_code, answer.json()) == (200, [])


def test_a_bus_leaves_its_zone_and_the_open_board_shows_it(
    service: Service, page: Page, shared_data: Path
) -> None:
    user("live.operator", Role.OPERATOR)
    start = bus(shared_data / "trails" / "limerick_bus.gpx")[0]
    home = Shape(kind=ZoneKind.CIRCLE, lat=start.lat, lon=start.lon, radius_m=1500.0)
    person, token, _ = under_order("Автобус Жолаушысы", "osmand", home)

    sign_in(page, service, "live.operator", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    board = page.locator("#alerts")
    expect(board).not_to_contain_text(person.full_name)

    trail = shifted(bus(shared_data / "trails" / "limerick_bus.gpx"))
    send_osmand(service, token, trail)
    assert Fix.objects.filter(person_id=person.pk).count() == len(trail)

    expect(board).to_contain_text(person.full_name, timeout=ALERT_MS_MAX)  # nobody reloaded
    page.set_viewport_size({"width": 390, "height": 844})
    expect(board).to_be_visible()
    own = page.locator(f"article[data-person='{person.public_id}']")  # others may wait there too
    own.locator("a[href*='/alerts/']").first.click()
    page.wait_for_url(re.compile("/alerts/alr_"))
    expect(page.locator("h1")).to_contain_text("city centre")
    expect(page.locator("main")).to_contain_text(DOCUMENT.number)

    page.get_by_role("button", name="Take it in hand").click()
    expect(page.locator(".messages")).to_contain_text("You have this alert in hand")
    page.select_option("#cause", "permitted")
    press_resolve(page)
    expect(page.locator(".message.error")).to_contain_text("Write a short note")
    page.fill("#note", "Called: on the bus to the hospital, permitted.")
    press_resolve(page)
    expect(page.locator("main")).to_contain_text("resolved")
    expect(page.locator("main")).to_contain_text("on the bus to the hospital")
    page.goto(f"{service.web}/supervision/")
    expect(page.locator("#alerts")).not_to_contain_text(person.full_name)


def test_an_iphone_leaves_its_zone(service: Service, page: Page, shared_data: Path) -> None:
    trail = iphone(shared_data / "owntracks" / "demo-iphone.rec")
    user("live.iphone", Role.OPERATOR)
    home = Shape(kind=ZoneKind.CIRCLE, lat=trail[0].lat, lon=trail[0].lon, radius_m=20_000.0)
    person, token, order = under_order("Айфон Иесі", "owntracks", home)
    send_owntracks(service, token, shifted(trail))
    sign_in(page, service, "live.iphone", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    expect(page.locator("#alerts")).to_contain_text(person.full_name, timeout=ALERT_MS_MAX)

    kept = Fix.objects.filter(person_id=person.pk).count()
    assert 0 < kept <= len(trail)
    revoke_order(CONSOLE, order, DOCUMENT, at=clock())
    send_owntracks(service, token, [At(clock(), 43.2, 76.9, 10.0)])
    assert Fix.objects.filter(person_id=person.pk).count() == kept, "a revoked order takes nothing"


def test_nobody_else_is_asked_for_anything(service: Service, page: Page) -> None:
    """No request of any page leaves for a third party."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    user("live.private", Role.OPERATOR)
    sign_in(page, service, "live.private", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.wait_for_timeout(1000)
    ours = (service.web, service.events, "blob:", "data:")
    assert [url for url in asked if not url.startswith(ours)] == []
    assert any(url.startswith(service.events) for url in asked)
