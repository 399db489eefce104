# SPDX-License-Identifier: EUPL-1.2
"""The page of one alert while others work: nobody works beside another unknowingly."""

import re
from datetime import timedelta

from live.conftest import Service, sign_in
from live.test_breach import ALERT_MS_MAX, PASSWORD, clock, under_order
from live.test_duty import (
    HOME,
    PATIENCE_MS,
    TRIES,
    faults_of,
    patience,
    pytestmark,
    second,
    walk_away,
)
from playwright.sync_api import Page, expect
from supervision.factory import user

from tarazy.core.access import Role
from tarazy.supervision.models import Alert, Person

__all__ = ["patience", "pytestmark", "second"]  # fixtures and marks of the duty's tests


def raised_for(service: Service, page: Page, name: str) -> tuple[Person, str]:
    """Somebody who has walked away, and the address of the alert, which this board shows."""
    person, token, _ = under_order(name, "osmand", HOME)
    walk_away(service, token)
    group = page.locator(f"article[data-person='{person.public_id}']")
    expect(group).to_be_visible(timeout=ALERT_MS_MAX)
    return person, group.locator(".line-link").first.get_attribute("href") or ""


def judged_again(page: Page, person: Person) -> None:
    """Until the reports that came late have moved the alert's beginning: a change as well."""
    walked = clock() - timedelta(minutes=3)
    for _ in range(TRIES):
        if Alert.objects.filter(person=person, since__lt=walked).exists():
            return
        page.wait_for_timeout(3 * PATIENCE_MS / TRIES)
    raise AssertionError("nothing was judged again")


def test_an_open_page_says_that_another_has_taken_it(
    service: Service, page: Page, second: Page
) -> None:
    for window, name in ((page, "page.one"), (second, "page.two")):
        user(name, Role.OPERATOR)
        sign_in(window, service, name, PASSWORD)
        window.goto(f"{service.web}/supervision/")
    person, address = raised_for(service, page, "Екеуі Көрген")
    judged_again(page, person)
    for window in (page, second):
        window.goto(f"{service.web}{address}")
        expect(window.locator("#connection")).to_have_attribute("data-state", "live")
    expect(second.locator("#changed")).to_be_hidden()
    page.select_option("#cause", "breach")
    page.fill("#note", "The mother says he went out.")
    page.get_by_role("button", name="Take it in hand").click()
    expect(page.locator(".messages")).to_contain_text("You have this alert in hand")
    # What was typed before is still there, and is kept for this page alone.
    expect(page.locator("#note")).to_have_value("The mother says he went out.")
    expect(page.locator("#cause")).to_have_value("breach")
    expect(page.locator("#changed")).to_be_hidden()
    page.reload()
    expect(page.locator("#note")).to_have_value("")
    expect(second.locator("#changed")).to_contain_text("page.one has taken this alert in hand")
    assert faults_of(second) == []
    second.get_by_role("link", name="Show it as it is now").click()
    expect(second.locator("#next")).to_contain_text("page.one has this alert in hand")
    assert Alert.objects.filter(person=person, holder__username="page.one").exists()


def test_a_new_alert_is_called_out_on_the_page_of_another(service: Service, page: Page) -> None:
    user("page.ear", Role.OPERATOR)
    sign_in(page, service, "page.ear", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    _, address = raised_for(service, page, "Біріншісі Ашық")
    page.goto(f"{service.web}{address}")
    expect(page).to_have_title(re.compile(r"\(\d+\) "))
    before = int(re.findall(r"\((\d+)\)", page.title())[0])
    other, token, _ = under_order("Екіншісі Кейін", "osmand", HOME)
    walk_away(service, token)
    expect(page).to_have_title(re.compile(rf"\({before + 1}\) "), timeout=ALERT_MS_MAX)
    expect(page.locator("#announcer")).to_contain_text("New alert:")
    assert Alert.objects.filter(person=other).exists()


def test_sound_that_was_asked_for_wakes_with_the_next_touch(service: Service, page: Page) -> None:
    user("page.sound", Role.OPERATOR)
    sign_in(page, service, "page.sound", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    sound = page.locator("#sound")
    expect(sound).to_have_text("Sound is off")
    sound.click()
    expect(sound).to_have_text("Sound is on")
    expect(sound).to_have_attribute("aria-pressed", "true")
    page.goto(f"{service.web}/supervision/shift/")
    page.goto(f"{service.web}/supervision/")
    page.keyboard.press("j")
    expect(sound).to_have_text("Sound is on")
    sound.click()
    expect(sound).to_have_text("Sound is off")
    page.keyboard.press("j")
    expect(sound).to_have_text("Sound is off")
