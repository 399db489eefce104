#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""axe-core over every page of a demo: `accessibility.py [--full] [ADDRESS [ROLE…]]`.

As each log-in it goes from link to link, one page of each kind, with every fold open: each page in
one of the twelve ways to look (1440 or 390 pixels, light or dark, Kazakh, Russian or English), the
next page in the next. With `--full` each kind of page is seen in all twelve, by the first role that
comes to it, and by the others in turn. It prints what axe-core finds moderate or worse, and pages
that are wider than their window; it ends with 1 where there is something.
"""

import re
import shutil
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError
from screenshots import PHONE, WIDE, sign_in
from typing_extensions import override

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ROLES = (
    "operator", "officer", "supervisor", "investigator", "analyst", "prosecutor", "auditor",
    "administrator", "protection", "wearer",
)  # fmt: skip
IMPACTS = {"moderate", "serious", "critical"}
PAGES_MAX = 60
LINKS_MAX = 80
SETTLED_MS = 300
NO_PAGES = re.compile(r"logout|accounts/login|papers/|\.(pdf|csv|json|geojson)(\?|$)")
RECORD = re.compile(r"[a-z]{3}_[0-9a-f]{32}|(?<=/)(?:[A-Z]{1,2}-?[A-Z0-9-]+|ocds-[^/]+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to look at a page."""

    language: str
    phone: bool
    dark: bool

    @override
    def __str__(self) -> str:
        return f"{self.language} {390 if self.phone else 1440} {'dark' if self.dark else 'light'}"


WAYS = [Way(*one) for one in product(("kk", "ru", "en"), (False, True), (False, True))]


def kind(address: str) -> str:
    """The address without the record that it is about: one page of each is enough."""
    return RECORD.sub("…", address.split("?")[0].split("#")[0])


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it is now, with every fold open."""
    page.evaluate(
        "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
    )
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults = [
        f"{one['impact']}: {one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in IMPACTS
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*faults, f"wider than its window by {wider} px"] if wider > 1 else faults


class Walk:
    """From page to page of one service, in turns of the ways to look."""

    def __init__(self, browser: Browser, address: str, *, full: bool) -> None:
        self.browser, self.address, self.full = browser, address, full
        self.kinds: set[str] = set()
        """Of pages that were seen in all ways."""
        self.turn = 0
        self.faults = 0

    def of_role(self, role: str) -> None:
        """Along every link that this log-in has."""
        context = self.browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        sign_in(page, self.address, role)
        waiting, seen = ["/", "/catalogue/", "/catalogue/access"], set[str]()
        while waiting and len(seen) < PAGES_MAX:
            here = waiting.pop(0)
            if kind(here) in seen or NO_PAGES.search(here):
                continue
            seen.add(kind(here))
            ways = self._ways(kind(here))
            for language in dict.fromkeys(way.language for way in ways):
                if not opened(page, self.address, here, language):
                    break
                self._look(page, role, here, [one for one in ways if one.language == language])
            links = page.locator("nav.places a, main a[href^='/']").all()[:LINKS_MAX]
            waiting += [link.get_attribute("href") or "/" for link in links]
        context.close()
        print(f"{role}: {len(seen)} kinds of pages, {self.faults} faults so far", flush=True)

    def _ways(self, of_page: str) -> list[Way]:
        self.turn += 1
        if self.full and of_page not in self.kinds:
            self.kinds.add(of_page)
            return WAYS
        return [WAYS[self.turn % len(WAYS)]]

    def _look(self, page: Page, role: str, here: str, ways: list[Way]) -> None:
        for way in ways:
            page.set_viewport_size(PHONE if way.phone else WIDE)
            page.emulate_media(color_scheme="dark" if way.dark else "light")
            page.wait_for_timeout(SETTLED_MS)
            faults = faults_of(page)
            over = page.locator("[data-board]:visible[aria-pressed=false]")
            if over.count():  # a phone shows the list of the board, or its map
                over.first.click()
                page.wait_for_timeout(SETTLED_MS)
                faults += faults_of(page)
            for fault in faults:
                self.faults += 1
                print(f"{role} {way} {here}: {fault}", flush=True)


def opened(page: Page, address: str, here: str, language: str) -> bool:
    """Whether there is a page at this address; in this language."""
    page.set_extra_http_headers({"Accept-Language": language})
    try:
        answer = page.goto(f"{address}{here}")
    except BrowserError:  # a file that the browser saves instead of showing it
        return False
    return answer is not None and "html" in answer.headers.get("content-type", "")


def main() -> int:
    """All roles, or those that are named."""
    wishes = {one for one in sys.argv[1:] if one.startswith("--")}
    said = [one for one in sys.argv[1:] if one not in wishes]
    address = said[0] if said else "http://127.0.0.1:8000"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        walk = Walk(browser, address, full="--full" in wishes)
        for role in said[1:] or ROLES:
            walk.of_role(role)
        browser.close()
    return 1 if walk.faults else 0


if __name__ == "__main__":
    sys.exit(main())
