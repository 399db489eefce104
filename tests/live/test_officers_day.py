# SPDX-License-Identifier: EUPL-1.2
"""From the court's document to the first fix that counts, in a real browser, by two people.

The officer types the document off and attaches its scan; nothing is taken in. The supervisor
approves it. The officer draws the zone, puts the phone on, and sets it up by the QR link.
"""

import base64
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from live.conftest import Service, sign_in
from playwright.sync_api import Browser, Page, expect
from supervision.factory import CONSOLE, terms, user
from supervision.officer import PDF, actor, new_order, now, submitted

from tarazy.core.access import Role
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.drafts import approve_draft
from tarazy.supervision.actions.orders import PersonFacts, enter_person, start_order
from tarazy.supervision.models import (
    Condition,
    Device,
    Fix,
    Order,
    OrderDraft,
    WearerMessage,
)

pytestmark = pytest.mark.live
PASSWORD = "a long password"
NUMBER = "7-1/2026"
NAME = "Жақсылықов Ержан"


def local(days: float) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)  # noqa: TID251 - a test's own clock
    return moment.astimezone().strftime("%Y-%m-%dT%H:%M")


def send(service: Service, login: str, token: str) -> tuple[int, object]:
    """One place as OwnTracks sends it."""
    basic = "Basic " + base64.b64encode(f"{login}:{token}".encode()).decode()
    now = datetime.now(UTC).timestamp()  # noqa: TID251 - a test's own clock
    body = {"_type": "location", "tid": "x1", "lat": 43.238, "lon": 76.945, "acc": 12}
    with httpx.Client(base_url=service.gateway, trust_env=False) as device:
        answer = device.post(
            "/pub", json={**body, "tst": int(now)}, headers={"Authorization": basic}
        )
    return answer.status_code, answer.json()


def type_the_document(page: Page, scan: Path) -> None:
    """The paper's fields, in its order."""
    page.set_input_files("#id_scan", scan)
    page.get_by_label("Court", exact=True).fill("Court No. 2 of Almaty")
    page.get_by_label("Judge").fill("A. Test")
    page.get_by_label("Number of the document").fill(NUMBER)
    page.get_by_label("Date of the decision").fill("2026-11-01")
    page.get_by_label("Family name, first name, patronymic").fill(NAME)
    page.get_by_label("IIN").fill("900101300018")
    page.get_by_label("Measure").select_option("house_arrest")
    page.get_by_label("In force from").fill(local(-0.5))
    page.get_by_label("In force until").fill(local(60))
    page.get_by_label("Place, in the document's words").fill("Abai 1")
    page.get_by_label("Hours", exact=True).fill("every day 22:00-06:00")
    page.get_by_text("Week: drag over the hours").click()
    expect(page.locator("td[aria-label^='Mon 22']")).to_have_attribute("aria-selected", "true")
    page.locator("td[aria-label^='Mon 22']").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    hours = page.get_by_label("Hours", exact=True)
    expect(hours).to_have_value(re.compile("Mon 21:00-06:00"))


def write_the_draft(page: Page, service: Service, scan: Path) -> OrderDraft:
    """A mistake first: what was typed and attached is kept."""
    page.goto(f"{service.web}/supervision/orders/")
    page.get_by_role("link", name="New order").click()
    type_the_document(page, scan)
    page.get_by_role("button", name="Save and submit for approval").click()
    expect(page.locator("[role=alert]")).to_contain_text("What you typed is kept")
    expect(page.get_by_text("order.pdf")).to_be_visible()
    page.get_by_label("IIN").fill("900101300017")
    page.get_by_role("button", name="Save and submit for approval").click()
    page.wait_for_url(re.compile("/drafts/drf_"))
    expect(page.locator("main")).to_contain_text("Nothing of this is in force yet")
    return OrderDraft.objects.get(document_number=NUMBER)


def approve(browser: Browser, service: Service) -> Order:
    """By another person, on a phone."""
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, service, "live.approver", PASSWORD)
    page.goto(f"{service.web}/supervision/orders/")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_role("link", name="order.pdf")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messages")).to_contain_text("it is in force")
    context.close()
    return Order.objects.get(document_number=NUMBER)


def draw_the_zone(page: Page, service: Service) -> None:
    """With the keyboard: fields, and where the browser can draw the map, a handle."""
    page.goto(f"{service.web}/supervision/orders/")
    page.get_by_role("link", name=f"{NAME}: Abai 1").click()
    page.get_by_label("Latitude of the middle").fill("43.238")
    page.get_by_label("Longitude of the middle").fill("76.945")
    handle = page.get_by_role("button", name="Middle of the zone")
    if handle.count():
        handle.focus()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_label("Latitude of the middle")).to_have_value("43.238045")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".messages")).to_contain_text("judged from now on")


def put_it_on(page: Page, device: Device) -> None:
    """Consent, medical check, signature: nothing goes without."""
    page.get_by_role("link", name="Put a device on").click()
    page.get_by_label("Device", exact=True).select_option(device.public_id)
    page.get_by_label("The person was told").check()
    page.get_by_label("Date of the medical check").fill(local(0)[:10])
    page.get_by_label("Made by").fill("Clinic No. 5")
    page.get_by_role("button", name="It is on").click()
    expect(page.locator("[role=alert]")).to_contain_text("Let the person sign")
    box = page.locator("#signature").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90)
    page.mouse.up()
    page.get_by_role("button", name="It is on").click()
    expect(page.locator("[role=alert]")).to_contain_text("say why in the note")
    page.get_by_label("Note").fill("No camera is here.")
    page.get_by_role("button", name="It is on").click()
    expect(page.locator(".messages")).to_contain_text("counts from now")


def set_the_phone_up(page: Page, service: Service, device: Device) -> dict[str, str]:
    """What the link of the QR code tells the app."""
    page.goto(f"{service.web}/supervision/devices/{device.public_id}/")
    page.get_by_role("button", name="Make a QR code").click()
    expect(page.locator(".qr svg")).to_be_visible()
    page.goto(page.locator("main code").text_content() or "")
    page.get_by_role("button", name="Set up this phone").click()
    link = page.locator("#configured").get_attribute("href") or ""
    told = json.loads(base64.b64decode(parse_qs(urlsplit(link).query)["inline"][0]))
    assert isinstance(told, dict)
    return told


def test_from_the_court_s_document_to_the_first_fix(
    service: Service, browser: Browser, page: Page, tmp_path: Path
) -> None:
    user("live.officer", Role.OFFICER)
    user("live.approver", Role.SUPERVISOR)
    device, token = enrol_device(CONSOLE, "owntracks", "phone of the day")
    scan = tmp_path / "order.pdf"
    scan.write_bytes(PDF)

    sign_in(page, service, "live.officer", PASSWORD)
    draft = write_the_draft(page, service, scan)
    assert draft.order is None
    order = approve(browser, service)
    draw_the_zone(page, service)
    assert Condition.objects.get(order=order).kind == "home_curfew"
    put_it_on(page, device)
    told = set_the_phone_up(page, service, device)
    assert told["url"] == f"{service.gateway}/pub"

    # A phone tells whole seconds: the one in which it was put on must be over.
    time.sleep(1)
    send(service, told["username"], token)
    assert not Fix.objects.filter(order_id=order.pk).exists(), "the old credential opens nothing"
    assert send(service, told["username"], told["password"]) == (200, [])
    assert Fix.objects.filter(order_id=order.pk).count() == 1


def test_the_gate_takes_nothing_in_for_a_draft(service: Service) -> None:
    """Somebody whose order is over still wears a phone; the new order is only a draft."""
    author = actor(user("live.author", Role.OFFICER))
    approver = actor(user("live.second", Role.SUPERVISOR))
    digest = b"live" * 8
    person = enter_person(PersonFacts(full_name="Бұрынғы Адам", iin_digest=digest))
    start_order(CONSOLE, person.public_id, terms(now() - timedelta(9), now() - timedelta(1)))
    device, token = enrol_device(CONSOLE, "owntracks", "phone of before")
    fit_device(CONSOLE, device.public_id, person.public_id, since=now() - timedelta(8))

    facts = new_order(author, person=PersonFacts(full_name="Бұрынғы Адам", iin_digest=digest))
    draft = submitted(author, facts)
    send(service, device.public_id, token)
    assert not Fix.objects.filter(person_id=person.pk).exists()
    order = approve_draft(approver, draft.public_id, draft.version)
    assert order.person_id == person.pk
    send(service, device.public_id, token)
    assert Fix.objects.filter(order_id=order.pk).count() == 1


def test_a_form_that_is_sent_twice_is_sent_once(service: Service, page: Page) -> None:
    officer = user("live.twice", Role.OFFICER)
    person = enter_person(PersonFacts(full_name="Екі Рет", iin_digest=b"once" * 8))
    period = terms(now() - timedelta(9), now() + timedelta(9))
    order = start_order(CONSOLE, person.public_id, replace(period, officer=officer))
    sign_in(page, service, "live.twice", PASSWORD)
    page.goto(f"{service.web}/supervision/people/{person.public_id}/appointments")
    page.fill("[name=text]", "Bring the passport.")
    with page.expect_navigation():
        page.locator("form:has([name=text]) button").dblclick(no_wait_after=True)
    expect(page.locator("main")).to_contain_text("Bring the passport.")
    assert WearerMessage.objects.filter(order=order).count() == 1
