#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""axe-core over every page of a demo: `accessibility.py [--other] [--kk|--ru] [ADDRESS [ROLE…]]`.

As each log-in, in the light scheme at 1440 pixels and in the dark one at 390 (`--other`: the other
way round), in English or the language that is said: it goes from link to link, one page of each
kind, with every fold open. It prints what axe-core finds moderate or worse, and pages that are
wider than their window; it ends with 1 where there is something.
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError
from screenshots import PHONE, WIDE, sign_in

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ROLES = (
    "operator", "officer", "supervisor", "investigator", "analyst", "prosecutor", "auditor",
    "administrator", "protection", "wearer",
)  # fmt: skip
IMPACTS = {"moderate", "serious", "critical"}
PAGES_MAX = 60
LINKS_MAX = 80
SETTLED_MS = 500
NO_PAGES = re.compile(r"logout|accounts/login|papers/|\.(pdf|csv|json|geojson)(\?|$)")
RECORD = re.compile(r"[a-z]{3}_[0-9a-f]{32}|(?<=/)(?:[A-Z]{1,2}-?[A-Z0-9-]+|ocds-[^/]+)(?=/|$)")


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


def walk(  # noqa: PLR0913 - who, where, and the four ways to look
    browser: Browser, address: str, role: str, *, phone: bool, dark: bool, language: str
) -> int:
    """From the first page along every link; how many faults there were."""
    context = browser.new_context(
        viewport=PHONE if phone else WIDE,
        color_scheme="dark" if dark else "light",
        locale=language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, address, role)
    waiting, seen, faults = ["/", "/catalogue/", "/catalogue/access"], set[str](), 0
    while waiting and len(seen) < PAGES_MAX:
        here = waiting.pop(0)
        if kind(here) in seen or NO_PAGES.search(here):
            continue
        seen.add(kind(here))
        try:
            answer = page.goto(f"{address}{here}")
        except BrowserError:  # a file that the browser saves instead of showing it
            continue
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        page.wait_for_timeout(SETTLED_MS)
        for fault in faults_of(page):
            faults += 1
            seen_as = f"{390 if phone else 1440} {'dark' if dark else 'light'}"
            print(f"{role} {seen_as} {here}: {fault}", flush=True)
        links = page.locator("nav.places a, main a[href^='/']").all()[:LINKS_MAX]
        waiting += [link.get_attribute("href") or "/" for link in links]
    context.close()
    print(f"{role}: {len(seen)} kinds of pages, {faults} faults", flush=True)
    return faults


def main() -> int:
    """All roles, or those that are named."""
    wishes = {one for one in sys.argv[1:] if one.startswith("--")}
    said = [one for one in sys.argv[1:] if one not in wishes]
    other = "--other" in wishes
    language = next((one for one in ("kk", "ru") if f"--{one}" in wishes), "en")
    address = said[0] if said else "http://127.0.0.1:8000"
    roles = said[1:] or ROLES
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        faults = [
            walk(browser, address, role, phone=phone, dark=phone is not other, language=language)
            for role in roles
            for phone in (False, True)
        ]
        browser.close()
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main())
