# SPDX-License-Identifier: EUPL-1.2
"""Each main page once, in turns of size, scheme and language: no fault of axe-core, nothing cut.

`tools/accessibility.py --full` sees every kind of page in all twelve ways to look.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, product

import pytest
from live.conftest import Service, sign_in, window
from live.test_breach import PASSWORD, under_order
from live.test_duty import HOME, PATIENCE_MS, walk_away
from live.test_map import faults_of
from playwright.sync_api import Browser, Page, expect
from supervision.factory import supervised, user

from tarazy.core.access import Role
from tarazy.supervision.models import Alert

pytestmark = pytest.mark.live
Way = tuple[str, tuple[int, int], str]
PHONE = (390, 844)
WAYS: Iterator[Way] = cycle(product(("kk", "ru", "en"), ((1440, 900), PHONE), ("light", "dark")))
OF_PERSON = ("", "trail/", "reports/", "zones/new", "absences", "no-contact", "fit", "appointments")
OF_STAFF = (
    "", "together/", "people/", "shift/", "protocols/", "protocols/S-SOS/", "notices/", "orders/",
    "orders/new", "orders/import", "covers/", "devices/", "reports/figures", "reports/check",
)  # fmt: skip


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window without a language of its own: each visit says its own."""
    with window(browser, reduced_motion="reduce") as opened:
        yield opened


def wrong_with(page: Page, service: Service, *paths: str, ways: Iterator[Way] = WAYS) -> list[str]:
    """What is wrong with each page, in the next way to look."""
    found = []
    for path in paths:
        language, (width, height), scheme = next(ways)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_extra_http_headers({"Accept-Language": language})
        answer = page.goto(f"{service.web}/supervision/{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang") == language
        faults = faults_of(page)
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 1:
            faults.append("wider than its window")
        found += [f"{language} {width} {scheme} {path}: {fault}" for fault in faults]
    return found


def test_the_pages_of_staff(service: Service, page: Page) -> None:
    roles = (Role.OPERATOR, Role.SUPERVISOR, Role.OFFICER, Role.ADMINISTRATOR)
    user("pages.staff", *roles)
    person, token, _ = under_order("Бет Адамы", "osmand", HOME)
    walk_away(service, token)
    sign_in(page, service, "pages.staff", PASSWORD)
    page.goto(f"{service.web}/supervision/")
    expect(page.locator(f"article[data-person='{person.public_id}']")).to_be_visible()
    alert = Alert.objects.filter(person=person).first()
    assert alert is not None
    device = person.fittings.get().device.public_id
    about = [f"people/{person.public_id}/{one}" for one in OF_PERSON]
    records = [
        f"alerts/{alert.public_id}/",
        f"alerts/{alert.public_id}/report",
        f"devices/{device}/",
    ]
    assert wrong_with(page, service, *OF_STAFF, *about, *records) == []
    day = f"{datetime.now(UTC):%Y-%m-%d}"  # noqa: TID251 - a test's own clock
    report = f"people/{person.public_id}/reports/compliance?since={day}&until={day}"
    on_phone = product(("ru", "kk"), (PHONE,), ("dark", "light"))
    assert wrong_with(page, service, report, report, report, report, ways=on_phone) == []
    assert page.locator("figure .picture-box svg").count() > 0


def test_the_board_of_a_phone_has_a_list_and_a_map(service: Service, page: Page) -> None:
    user("pages.phone", Role.OPERATOR)
    sign_in(page, service, "pages.phone", PASSWORD)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{service.web}/supervision/")
    page.locator("[data-board=map]").click()
    expect(page.locator("#map canvas")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert faults_of(page) == []


def test_the_pages_of_a_wearer_and_of_protection(service: Service, page: Page) -> None:
    supervised("Бетін Көрген", login=user("pages.wearer", Role.WEARER))
    sign_in(page, service, "pages.wearer", PASSWORD)
    assert wrong_with(page, service, *["own/"] * 4, *["own/appointments"] * 2) == []
    page.context.clear_cookies()
    user("pages.protection", Role.PROTECTION)
    sign_in(page, service, "pages.protection", PASSWORD)
    assert wrong_with(page, service, *["protected/"] * 2) == []
