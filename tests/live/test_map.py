# SPDX-License-Identifier: EUPL-1.2
"""The map in a real browser: a trail by its list and keys, an address, following one; no faults."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from live.conftest import Service, sign_in
from live.test_breach import PASSWORD, At, clock, send_osmand, under_order
from live.test_duty import AXE, HOME, PATIENCE_MS
from playwright.sync_api import Browser, Page, Route, expect
from supervision.factory import CONSOLE, user

from tarazy.core.access import Role
from tarazy.supervision.actions.places import Extract, replace_places
from tarazy.supervision.extracts.interface import Found, Kind

pytestmark = pytest.mark.live
HOME_LON = 76.92
FAULTS = {"moderate", "serious", "critical"}
ADDRESS = Found(Kind.HOUSE, "Абай даңғылы 12", "Алматы", (((76.9201, 43.2401),),))


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(autouse=True)
def addresses(service: Service) -> None:
    rows = Extract(name="test", format="geojson", dated_on=date(2026, 11, 1), rows=[ADDRESS])
    replace_places(CONSOLE, rows)


def faults_of(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now, with every fold open."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run tools/build_assets.py")
    page.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
    )
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in FAULTS
    ]


def stay_and_walk(service: Service, token: str, ended_min: int = 0) -> None:
    """Half an hour at home, then away; a fix a minute, ending so many minutes ago."""
    ended = clock() - timedelta(minutes=ended_min)
    trail = [
        At(ended - timedelta(minutes=40 - n), 43.24 + max(0, n - 30) * 0.002, 76.92, 9.0)
        for n in range(40)
    ]
    send_osmand(service, token, trail)


def test_a_trail_is_read_by_its_list_and_on_the_map(service: Service, page: Page) -> None:
    user("map.one", Role.OPERATOR)
    person, token, _ = under_order("Жолаушы Картада", "osmand", HOME)
    stay_and_walk(service, token)
    sign_in(page, service, "map.one", PASSWORD)
    page.goto(f"{service.web}/supervision/people/{person.public_id}/")
    page.get_by_role("button", name="Show the trail").click()
    page.wait_for_url(re.compile("/trail/"))
    stop = page.get_by_role("button", name=re.compile("^Stop 1"))
    expect(stop).to_contain_text("near Абай даңғылы 12")
    stop.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".leg-button:focus")).to_contain_text("Move")
    expect(page.locator(".leg-button[aria-current=true]")).to_contain_text("Move")
    expect(page.locator("#map canvas")).to_be_visible()
    page.get_by_text("Layers").click()
    page.get_by_role("checkbox", name="gaps").uncheck()
    expect(page.locator("#map-at")).to_have_text(re.compile(r"^43\.\d{5}, 76\.\d{5}$"))
    assert faults_of(page) == []
    href = page.get_by_role("link", name="Print (PDF)").get_attribute("href") or ""
    printed = page.request.get(f"{service.web}{href}")
    assert printed.body().startswith(b"%PDF-")


def test_an_address_is_found_on_the_board_by_keyboard(service: Service, page: Page) -> None:
    user("map.two", Role.OPERATOR)
    sign_in(page, service, "map.two", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    field = page.get_by_placeholder("Find an address")
    field.fill("abay 12")
    field.press("Enter")
    hit = page.locator(".map-hit")
    expect(hit).to_contain_text("Абай даңғылы 12")
    hit.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#map-at")).to_have_text(re.compile(r"^43\.240"))
    page.get_by_role("button", name="What is there?").click()
    expect(page.locator("#map-name-words")).to_contain_text("near Абай даңғылы 12")
    assert faults_of(page) == []
    field.fill("no such street")
    field.press("Enter")
    expect(page.locator("#map-find-words")).to_have_text("No such address in the extract.")


def test_the_map_stays_with_one_and_says_when_the_place_is_old(
    service: Service, page: Page
) -> None:
    user("map.three", Role.OPERATOR)
    person, token, _ = under_order("Ілескен Адам", "osmand", HOME)
    stay_and_walk(service, token, ended_min=20)
    sign_in(page, service, "map.three", PASSWORD)
    page.goto(f"{service.web}/supervision/?follow={person.public_id}")
    box = page.locator("#follow")
    expect(box).to_contain_text("Ілескен Адам")
    expect(box).to_contain_text("The place is old")
    expect(page.locator("#map-at")).to_have_text(re.compile(r"^43\.258"))
    assert faults_of(page) == []
    send_osmand(service, token, [At(clock(), 43.3, 76.92, 9.0)])
    expect(box).to_contain_text("last place")
    expect(box).not_to_contain_text("The place is old")
    expect(page.locator("#map-at")).to_have_text(re.compile(r"^43\.30"))
    page.get_by_role("button", name="Stop following").click()
    expect(box).to_be_hidden()
    assert "follow" not in page.url


def hold(_: Route) -> None:
    """The map's script does not come before the route is taken away."""


def test_who_is_asked_for_before_the_map_is_there_is_shown_on_it(
    service: Service, page: Page
) -> None:
    user("map.six", Role.OPERATOR)
    _, token, _ = under_order("Ерте Сұралған", "osmand", HOME)
    stay_and_walk(service, token)
    sign_in(page, service, "map.six", PASSWORD)
    page.route("**/maplibre-gl.js", hold)
    page.goto(f"{service.web}/supervision/", wait_until="commit")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.get_by_label("Find a person by name").fill("Ерте")
    page.get_by_role("button", name="Map Ерте Сұралған").click()
    expect(page.locator(".maplibregl-popup")).to_have_count(0)
    page.unroute("**/maplibre-gl.js")
    expect(page.locator(".maplibregl-popup")).to_contain_text("Ерте Сұралған")


def test_whoever_is_chosen_or_followed_is_shown_with_the_zones(
    service: Service, page: Page
) -> None:
    user("map.five", Role.OPERATOR)
    person, token, _ = under_order("Таңдалған Адам", "osmand", HOME)
    stay_and_walk(service, token)
    sign_in(page, service, "map.five", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    line = page.locator(".legend [data-of-zones]").first
    expect(line).to_be_hidden()
    page.get_by_label("Find a person by name").fill("Таңдалған")
    page.get_by_role("button", name="Map Таңдалған Адам").click()
    expect(page.locator(".maplibregl-popup")).to_contain_text("city centre")
    expect(line).to_be_visible()
    assert faults_of(page) == []
    with page.context.expect_event("request", lambda one: one.url.endswith("print.pdf")) as asked:
        page.get_by_role("button", name="Print (PDF)").click()
    told = parse_qs(asked.value.post_data)
    assert told["person"] == [person.public_id]
    assert float(told["west"][0]) < HOME_LON < float(told["east"][0])
    answer = page.request.post(
        asked.value.url,
        form={name: one[0] for name, one in told.items()},
        headers={"Referer": page.url},
    )
    assert answer.body().startswith(b"%PDF-")
    page.goto(f"{service.web}/supervision/?follow={person.public_id}")
    expect(line).to_be_visible()
    page.get_by_role("button", name="Stop following").click()
    expect(line).to_be_hidden()


def test_nobody_is_followed_whom_one_may_not_see(service: Service, browser: Browser) -> None:
    user("map.four", Role.OFFICER)
    person, _, _ = under_order("Бөтен Адам", "osmand", HOME)
    # A window of its own: that the browser reports the refusal is no fault here.
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_in(page, service, "map.four", PASSWORD)
    page.goto(f"{service.web}/supervision/?follow={person.public_id}")
    expect(page.locator("#follow-words")).not_to_be_empty()
    expect(page.locator("#follow-name")).to_be_empty()
    context.close()
