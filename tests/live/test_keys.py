# SPDX-License-Identifier: EUPL-1.2
"""A breach from the board to resolved with the keyboard alone; nothing that was typed is lost."""

import re
from collections.abc import Iterator

import pytest
from live.conftest import Service, sign_in
from live.test_breach import ALERT_MS_MAX, PASSWORD, under_order
from live.test_duty import HOME, PATIENCE_MS, walk_away
from playwright.sync_api import Page, expect
from supervision.factory import user

from tarazy.core.access import Role
from tarazy.supervision.models import Alert, AlertState

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


def test_next_take_note_and_resolve_by_keys(service: Service, page: Page) -> None:
    user("keys.one", Role.OPERATOR)
    person, token, _ = under_order("Пернетақта Адамы", "osmand", HOME)
    sign_in(page, service, "keys.one", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    walk_away(service, token)
    mine = page.locator(f"article[data-person='{person.public_id}']")
    expect(mine).to_be_visible(timeout=ALERT_MS_MAX)
    page.keyboard.press("/")
    page.keyboard.type("Пернетақта")
    page.keyboard.press("Tab")
    page.keyboard.press("j")
    expect(mine.locator(".line-link").first).to_be_focused()
    page.keyboard.press("t")
    page.wait_for_url(re.compile("/alerts/alr_"))
    expect(page.locator(".messages")).to_contain_text("You have this alert in hand")

    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("t r n: letters, and no keys while somebody writes")
    expect(page.locator("#note")).to_have_value(re.compile("^t r n: letters"))
    page.keyboard.press("Tab")  # to "Resolve"
    page.keyboard.press("Enter")
    # The cause is missing: the browser says so, and the words stay.
    expect(page.locator("#note")).to_have_value(re.compile("^t r n: letters"))
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.locator("#cause")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#cause")).not_to_have_value("")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Resolve")).to_be_focused()
    page.keyboard.press("Enter")
    resolved = page.get_by_text("resolved", exact=True).or_(page.get_by_text("meanwhile"))
    expect(resolved.first).to_be_visible()
    if page.get_by_text("changed this alert meanwhile").count():
        expect(page.locator("#note")).to_have_value(re.compile("^t r n: letters"))
        page.get_by_role("button", name="Resolve").press("Enter")
        expect(page.get_by_text("resolved", exact=True).first).to_be_visible()
    alert = Alert.objects.filter(person=person).order_by("since").first()
    assert alert is not None
    assert alert.state == AlertState.RESOLVED
