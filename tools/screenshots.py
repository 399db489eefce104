#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Pictures of the main pages for the documents: `screenshots.py [ADDRESS [NAME…]]`, of a demo.

Everybody on them is invented. Each page is taken at 1440 pixels in the light scheme, the wearer's
own page on a phone in the dark one.
"""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
PASSWORD = "tarazy-demo"  # noqa: S105 - everybody may know the demo's
WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
SETTLED_MS = 5_000
"""A map fades in and the live stream opens."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose page, where, and a link to follow from there."""

    name: str
    login: str
    path: str
    link: str = ""
    phone: bool = False


SHOTS = (
    Shot("board", "operator", "/supervision/"),
    Shot("alert", "operator", "/supervision/", "a.line-link"),
    Shot("trail", "operator", "/supervision/", "a.line-link"),
    Shot("desk", "supervisor", "/supervision/orders/"),
    Shot("report", "supervisor", "/supervision/", "a.line-link"),
    Shot("shift", "operator", "/supervision/shift/"),
    Shot("flags", "analyst", "/procurement/flags"),
    Shot("own", "wearer", "/supervision/own/", phone=True),
)


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Sign in and take one picture."""
    context = browser.new_context(
        viewport=PHONE if shot.phone else WIDE,
        color_scheme="dark" if shot.phone else "light",
        locale="en",
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, address, shot.login)
    page.goto(f"{address}{shot.path}")
    page.wait_for_timeout(SETTLED_MS)
    if shot.link:
        page.locator(shot.link).first.click()
        page.wait_for_timeout(SETTLED_MS)
    if shot.name == "trail":
        page.locator("a[href$='/trail/']").click()
        page.wait_for_timeout(SETTLED_MS)
    if shot.name == "report":
        page.goto(f"{page.url.rstrip('/')}/report")
    page.screenshot(path=FOLDER / f"{shot.name}.png")
    context.close()


def sign_in(page: Page, address: str, login: str) -> None:
    """As one of the demo's log-ins."""
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def main() -> None:
    """All of them, or those that are named after the address."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            if sys.argv[2:] and shot.name not in sys.argv[2:]:
                continue
            take(browser, address, shot)
            print(shot.name)
        browser.close()


if __name__ == "__main__":
    main()
