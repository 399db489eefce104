# SPDX-License-Identifier: EUPL-1.2
"""The board while it moves: focus, scroll and open things stay; layers and legend; no jump."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from live.conftest import Service, sign_in
from live.test_breach import ALERT_MS_MAX, PASSWORD, At, clock, send_osmand, under_order
from live.test_duty import HOME, PATIENCE_MS, walk_away
from live.test_map import faults_of, stay_and_walk
from playwright.sync_api import Browser, Page, Route, expect
from supervision.factory import CONSOLE, user
from supervision.raised import actor

from tarazy.core.access import Role
from tarazy.supervision.actions.alerts import acknowledge, resolve
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.actions.shared_zones import share_zone
from tarazy.supervision.models import Alert, Heartbeat, Person, WearerState, ZoneKind

pytestmark = pytest.mark.live
HOME_LAT, AWAY_LAT = 43.24, 43.26
SCHOOL = Shape(kind=ZoneKind.CIRCLE, lat=43.25, lon=76.93, radius_m=160.0)
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) shifted += one.value;
}).observe({type: "layout-shift", buffered: true});
"""
LITTLE_SHIFT = 0.1
"""Above it a page is said to jump (Web Vitals, CLS)."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


def watch(page: Page, service: Service, name: str, query: str = "") -> None:
    """Signed in, with the board open and live."""
    sign_in(page, service, name, PASSWORD)
    page.goto(f"{service.web}/supervision/{query}")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def group_of(page: Page, person: Person) -> str:
    """The selector of a person's group, once it is there."""
    found = f"article[data-person='{person.public_id}']"
    expect(page.locator(found)).to_be_visible(timeout=ALERT_MS_MAX)
    return found


def test_whom_the_board_does_not_find_is_searched_without_an_address(
    service: Service, page: Page
) -> None:
    user("board.search", Role.OPERATOR)
    watch(page, service, "board.search")
    for way in ("key", "button"):
        page.goto(f"{service.web}/supervision/")
        page.fill("#search", "880101300123")
        if way == "key":
            page.press("#search", "Enter")
        else:
            page.locator("#found button").click()
        expect(page.locator("input[name=name]")).to_have_value("880101300123")
        assert page.url == f"{service.web}/supervision/people/"
        expect(page.locator("#people")).to_contain_text("Nobody of that name")
        assert faults_of(page) == []
    page.fill("input[name=name]", "990101300127")
    with page.expect_response(lambda answer: answer.request.method == "POST") as asked:
        page.locator("input[name=name]").press("End")
    assert asked.value.status == 200
    assert page.url == f"{service.web}/supervision/people/"


def test_a_live_message_takes_neither_the_focus_nor_the_element(
    service: Service, page: Page
) -> None:
    user("board.one", Role.OPERATOR)
    first, token, _ = under_order("Бірінші Тақтада", "osmand", HOME)
    second, other, _ = under_order("Екінші Тақтада", "osmand", HOME)
    watch(page, service, "board.one", "?severity=critical")
    walk_away(service, token)
    link = page.locator(f"{group_of(page, first)} .line-link").first
    link.focus()
    page.evaluate("window.held = document.activeElement")
    page.evaluate("document.querySelector('.board-side').scrollTop = 40")
    before = page.evaluate("document.querySelector('.board-side').scrollTop")
    walk_away(service, other)
    group_of(page, second)
    expect(link).to_be_focused()
    assert page.evaluate("held === document.activeElement && held.isConnected")
    moved = page.evaluate("document.querySelector('.board-side').scrollTop")
    assert moved >= before, "what was read stays in sight"
    page.keyboard.press("t")
    page.wait_for_url(re.compile("/alerts/alr_"))
    expect(page.locator("main")).to_contain_text(first.full_name)
    expect(page.locator("#to-board[href$='?severity=critical']")).to_be_visible()


def test_no_key_falls_on_another_alert_when_the_chosen_one_goes(
    service: Service, page: Page
) -> None:
    user("board.two", Role.OPERATOR)
    colleague = actor(user("board.colleague", Role.OPERATOR))
    person, token, _ = under_order("Кеткен Ескерту", "osmand", HOME)
    watch(page, service, "board.two")
    walk_away(service, token)
    page.locator(f"{group_of(page, person)} .line-link").first.focus()
    for alert in Alert.objects.filter(person=person).exclude(state="resolved"):
        acknowledge(colleague, alert.public_id, alert.version)
        alert.refresh_from_db()
        resolve(colleague, alert.public_id, alert.version, note="seen", cause="permitted")
    expect(page.locator(f"article[data-person='{person.public_id}']")).to_have_count(0)
    expect(page.locator("#announcer")).to_contain_text("no longer open")
    expect(page.locator("#alerts")).to_be_focused()
    page.keyboard.press("t")
    page.keyboard.press("r")
    assert page.url.endswith("/supervision/"), "no key falls on whoever came in its place"


def test_a_card_on_the_map_keeps_its_button_while_the_person_moves(
    service: Service, page: Page
) -> None:
    user("board.three", Role.OPERATOR)
    person, token, _ = under_order("Карточка Иесі", "osmand", HOME)
    stay_and_walk(service, token, ended_min=3)
    watch(page, service, "board.three")
    page.get_by_label("Find a person by name").fill("Карточка")
    page.locator("#found").get_by_role("button", name="Map Карточка Иесі").click()
    card = page.locator(".map-card")
    expect(card).to_contain_text("city centre")
    page.locator("#card-follow").focus()
    before = WearerState.objects.get(person=person).change
    stay_and_walk(service, token)
    for _ in range(100):
        if WearerState.objects.get(person=person).change > before:
            break
        page.wait_for_timeout(200)
    expect(card).to_contain_text(re.compile(r"place: (1 min|\d+ s) ago"))
    expect(page.locator("#card-follow")).to_be_focused()


def test_shared_zones_are_a_layer_with_its_legend(service: Service, page: Page) -> None:
    user("board.four", Role.OPERATOR)
    watch(page, service, "board.four")
    page.get_by_text("Layers").click()
    box = page.get_by_role("checkbox", name="shared zones")
    legend = page.locator("[data-of-shared]")
    expect(legend).to_be_hidden()
    box.check()
    expect(page.locator("#shared-words")).to_have_text("There are no shared zones.")
    share_zone(CONSOLE, "school", "No. 5", SCHOOL, title="Schools")
    page.reload()
    page.get_by_text("Layers").click()
    with page.expect_response(re.compile("shared-zones.json")) as answer:
        box.check()
    (zone,) = answer.value.json()["zones"]
    assert (zone["name"], zone["of_class"], zone["radius_m"]) == ("No. 5", "Schools", 160.0)
    expect(legend).to_be_visible()
    expect(page.locator("#shared-words")).to_be_empty()
    assert faults_of(page) == []
    box.uncheck()
    expect(legend).to_be_hidden()


def test_whoever_has_no_place_yet_is_followed_and_not_taken_for_forbidden(
    service: Service, page: Page
) -> None:
    user("board.five", Role.OPERATOR)
    person, _, _ = under_order("Әлі Белгісіз", "osmand", HOME)
    WearerState.objects.filter(person=person).delete()
    watch(page, service, "board.five", f"?follow={person.public_id}")
    box = page.locator("#follow")
    expect(box).to_contain_text("Әлі Белгісіз")
    expect(box).to_contain_text("No place is known yet")
    # The message of who is still there comes each ten seconds, and ends nothing.
    page.wait_for_timeout(11_000)
    expect(box).to_contain_text("No place is known yet")


def test_an_alert_that_was_over_and_goes_on_again_calls_again(service: Service, page: Page) -> None:
    user("board.returned", Role.OPERATOR)
    person, token, _ = under_order("Қайта Кетті", "osmand", HOME)
    watch(page, service, "board.returned")
    send_osmand(service, token, [*stay(25, 22, HOME_LAT), *stay(21, 15, AWAY_LAT)])
    line = page.locator(f"{group_of(page, person)} .line")
    named = line.get_attribute("id")
    announcer = page.locator("#announcer")
    expect(announcer).to_contain_text("New alert:")
    announcer.evaluate("(one) => { one.textContent = ''; }")
    send_osmand(service, token, stay(14, 8, HOME_LAT))
    expect(line).to_contain_text("cleared, to be reviewed", timeout=ALERT_MS_MAX)
    expect(announcer).to_be_empty()
    send_osmand(service, token, stay(7, 0, AWAY_LAT))
    expect(announcer).to_contain_text("New alert:", timeout=ALERT_MS_MAX)
    expect(line).not_to_contain_text("cleared, to be reviewed")
    expect(line).to_have_attribute("id", named or "")


def stay(since_min: int, until_min: int, lat: float) -> list[At]:
    """A fix a minute at one place, from so many minutes ago until so many."""
    now = clock()
    return [
        At(now - timedelta(minutes=ago), lat, 76.92, 9.0)
        for ago in range(since_min, until_min - 1, -1)
    ]


def test_a_late_engine_is_said_where_somebody_is_followed(service: Service, page: Page) -> None:
    user("board.six", Role.OPERATOR)
    person, token, _ = under_order("Қозғалтқыш Кешіксе", "osmand", HOME)
    stay_and_walk(service, token)
    watch(page, service, "board.six", f"?follow={person.public_id}")
    box = page.locator("#follow")
    expect(box).to_contain_text("last place")
    late = late_stream(person)  # nothing is asked of the database in the browser's own loop
    page.route("**/live?ticket=*", lambda route: told(route, late))
    page.reload()
    expect(box).to_contain_text("Judging has stopped: newer places are not shown")
    expect(page.locator("#trouble-words")).to_contain_text("Judging has stopped")


def late_stream(person: Person) -> str:
    """What the stream says while the engine is away."""
    at = Heartbeat.objects.get(process="engine").at.isoformat()
    place = {"lat": 43.25, "lon": 76.92, "accuracy_m": 9, "at": at, "heard_at": at}
    one = {"id": person.public_id, "name": "x", **place, "battery_percent": None, "urgency": "calm"}
    beat = {"at": at, "engine_at": at, "engine_late": True}
    messages = {"snapshot": {"wearers": [one], "people_count": 1}, "beat": beat}
    return "".join(f"event: {name}\ndata: {json.dumps(say)}\n\n" for name, say in messages.items())


def told(route: Route, body: str) -> None:
    """Answer for the events process."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    route.fulfill(content_type="text/event-stream", headers=headers, body=body)


def test_the_board_does_not_jump_and_works_without_its_map(
    service: Service, browser: Browser
) -> None:
    user("board.seven", Role.OPERATOR)
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    page = context.new_page()  # its console may say what could not be loaded
    page.add_init_script(SHIFTS)
    watch(page, service, "board.seven")
    expect(page.locator("#map canvas")).to_be_visible()
    assert page.evaluate("shifted") < LITTLE_SHIFT
    page.route("**/maplibre-gl.js", lambda route: route.abort())
    page.reload()
    expect(page.locator("#map")).to_contain_text("The map could not be loaded")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    field = page.get_by_placeholder("Find an address")
    field.fill("no such street")
    field.press("Enter")
    expect(page.locator("#map-find-words")).not_to_be_empty()
    page.get_by_role("button", name="What is there?").click()
    assert page.url.endswith("/supervision/"), "the map's forms leave no page"
    page.get_by_label("Find a person by name").fill("nobody of this name")
    expect(page.locator("#found")).to_contain_text("Nobody on the map is spelled so")
    context.close()
