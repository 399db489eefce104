# SPDX-License-Identifier: EUPL-1.2
"""A duty operator's work in a real browser: a breach to its end, a lost line, two on one alert."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from live.conftest import Service, sign_in
from live.test_breach import (
    ALERT_MS_MAX,
    PASSWORD,
    At,
    clock,
    press_resolve,
    send_osmand,
    under_order,
)
from playwright.sync_api import Browser, BrowserContext, Page, expect
from supervision.factory import user
from supervision.raised import actor

from tarazy.core.access import Role
from tarazy.supervision.actions.contacts import add_contact
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.models import Act, Alert, AlertState, ZoneKind

pytestmark = pytest.mark.live
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
HOME = Shape(kind=ZoneKind.CIRCLE, lat=43.24, lon=76.92, radius_m=150.0)
SERIOUS = {"serious", "critical"}
TRIES = 20
PATIENCE_MS = 20_000


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


def walk_away(service: Service, token: str, minutes: int = 8) -> None:
    """From home to two kilometres away, a fix a minute, ending now."""
    began = clock() - timedelta(minutes=minutes)
    trail = [
        At(began + timedelta(minutes=n), 43.24 if n < 3 else 43.26, 76.92, 9.0)
        for n in range(minutes + 1)
    ]
    send_osmand(service, token, trail)


def faults_of(page: Page) -> list[str]:
    """What axe-core finds serious on the page as it is now."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run tools/build_assets.py")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """Another operator's window."""
    context: BrowserContext = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def test_a_breach_from_the_first_fix_to_resolved_by_the_protocol(
    service: Service, page: Page, second: Page
) -> None:
    one = actor(user("duty.one", Role.OPERATOR))
    user("duty.two", Role.OPERATOR)
    person, token, _ = under_order("Кезекші Көрген", "osmand", HOME)
    person.phone = "+7 701 000 00 03"
    person.save()
    add_contact(one, person.public_id, "household", "Анасы", "+7 701 000 00 04")
    for window, name in ((page, "duty.one"), (second, "duty.two")):
        sign_in(window, service, name, PASSWORD)
        window.goto(f"{service.web}/supervision/")
        expect(window.locator("#connection")).to_have_attribute("data-state", "live")
    walk_away(service, token)
    mine = page.locator(f"article[data-person='{person.public_id}']")
    expect(mine).to_be_visible(timeout=ALERT_MS_MAX)
    expect(page).to_have_title(re.compile(r"▲\d+ \(\d+\)"))
    assert faults_of(page) == []

    # By keyboard alone: to the alert, take it; the other board says whose it is.
    mine.locator(".line-link").focus()
    page.keyboard.press("t")
    page.wait_for_url(re.compile("/alerts/alr_"))
    expect(page.locator(".messages")).to_contain_text("You have this alert in hand")
    theirs = second.locator(f"article[data-person='{person.public_id}']")
    expect(theirs).to_contain_text("duty.one has it")
    theirs.locator(".line-link").click()
    expect(second.locator("#next")).to_contain_text("duty.one has this alert in hand")
    expect(second.locator("#cause")).to_have_count(0)

    follow_the_protocol(page)
    alert = Alert.objects.get(person=person)
    assert (alert.state, alert.step) == (AlertState.RESOLVED, 6)
    acts = list(alert.versions.exclude(act="").order_by("number").values_list("act", flat=True))
    assert acts == [Act.TAKEN, Act.CALLED, Act.STEP_FAILED, *[Act.STEP_DONE] * 5, Act.RESOLVED]


def follow_the_protocol(page: Page) -> None:
    """Step by step: the telephone notes itself, a step without success needs a word."""
    expect(page.locator("#next h2")).to_contain_text("Call the person")
    assert faults_of(page) == []
    # The browser would ask for a telephone in a window of its own, which takes every later click.
    page.evaluate(
        "document.addEventListener('click', (event) => "
        "event.target.closest('[data-called]') && event.preventDefault())"
    )
    with page.expect_response(re.compile("/called$")):
        page.locator("#next [data-called]").click()
    page.get_by_role("button", name="Tried without success").click()
    expect(page.locator(".message.error")).to_contain_text("did not succeed")
    page.fill("#step-note", "no answer")
    page.get_by_role("button", name="Tried without success").click()
    expect(page.locator("#next h2")).to_contain_text("Step 2")
    for number in range(3, 7):
        page.get_by_role("button", name="Done", exact=True).click()
        expect(page.locator("#next h2")).to_contain_text(f"Step {number}")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("#next h2")).to_contain_text("Every step is behind")
    page.keyboard.press("r")
    expect(page.locator("#cause")).to_be_focused()
    page.select_option("#cause", "breach")
    page.fill("#note", "Found by the patrol at the market. 'j' and 'k' are letters here.")
    press_resolve(page)
    expect(page.locator(".alert-head")).to_contain_text("the order was not kept")


def test_a_board_that_lost_its_line_says_so_and_catches_up(service: Service, second: Page) -> None:
    page = second  # its console may say what is refused
    user("duty.lost", Role.OPERATOR)
    person, token, _ = under_order("Байланыс Үзілген", "osmand", HOME)
    sign_in(page, service, "duty.lost", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.clock.install()
    page.reload()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.route("**/live*", lambda route: route.abort())
    words = page.locator("#trouble-words")
    page.clock.fast_forward(14 * 60_000)  # the leave to watch is renewed, and that fails
    for _ in range(TRIES):  # what the old stream still tells is heard in between
        if "Connection lost" in (words.text_content() or ""):
            break
        page.wait_for_timeout(PATIENCE_MS / TRIES)
        page.clock.fast_forward(60_000)
    expect(words).to_contain_text("Connection lost")
    walk_away(service, token)
    page.unroute("**/live*")
    page.clock.fast_forward(60_000)
    shown = page.locator(f"article[data-person='{person.public_id}']")
    expect(shown).to_be_visible(timeout=2 * ALERT_MS_MAX)
    expect(page.locator("#trouble")).to_be_hidden()


def test_keys_are_silent_in_fields_and_can_be_switched_off(service: Service, page: Page) -> None:
    user("duty.keys", Role.OPERATOR)
    sign_in(page, service, "duty.keys", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert faults_of(page) == []
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Keys").click()
    page.locator("#keys-on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("?jt")
    assert page.input_value("#search") == "?jt"


def test_the_supervisor_s_pages_hold_for_everybody(service: Service, page: Page) -> None:
    user("duty.boss", Role.SUPERVISOR)
    sign_in(page, service, "duty.boss", PASSWORD)
    for address in ("protocols/", "protocols/S-SOS/", "shift/", "together/"):
        page.goto(f"{service.web}/supervision/{address}")
        assert faults_of(page) == [], address
    page.goto(f"{service.web}/supervision/protocols/S-SOS/")
    page.fill("#take_min", "1")
    page.get_by_role("button", name="Keep as a new version").click(no_wait_after=True)
    expect(page.locator("#reason")).to_be_focused()  # the browser asks why
    page.fill("#reason", "a call for help waits for nobody")
    page.get_by_role("button", name="Keep as a new version").click()
    expect(page.locator("main")).to_contain_text("a call for help waits for nobody")


def test_a_long_menu_folds_on_a_phone_and_stands_open_on_a_desk(
    service: Service, page: Page
) -> None:
    user("duty.phone", Role.SUPERVISOR)
    sign_in(page, service, "duty.phone", PASSWORD)
    page.goto(f"{service.web}/supervision/people/")
    menu, places = page.get_by_role("button", name="Menu"), page.locator("#site-menu")
    expect(places).to_be_visible()
    expect(menu).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(places).to_be_hidden()
    expect(menu).to_contain_text("People")
    menu.click()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(places).to_be_hidden()
    menu.click()
    places.get_by_role("link", name="Shift").click()
    expect(page).to_have_title(re.compile("Shift"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
