# SPDX-License-Identifier: EUPL-1.2
"""The board's first view in Chromium, with 20,000 wearers, 2,000 open alerts, and with nobody.

Each visit is a window of its own with nothing in its cache (`cold`), then once more (`again`). From
the browser's own clocks, since the address was asked for: first contentful paint; when the list can
be used (its keys are bound); when the map is drawn; the longest task that kept the page from
answering; and the layout shift of it all (CLS). The peer in the same run is the log-in page.
"""

import argparse
import os
import shutil
import signal
import statistics
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import harness
import psycopg
from pages_supervision import filled
from peers import versions
from playwright.sync_api import Browser, Page, sync_playwright

WEB_PORT, EVENTS_PORT = 18003, 18004
VISITS = 5
SETTLED_MS = 4_000
VISIT_S_MAX = 180
# As the live tests have them: else a browser asks for a GPU, and its maker for news.
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "a long password"
WATCH = """
window.seen = {cls: 0, longest_ms: 0, paint_ms: 0};
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) seen.cls += one.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.longest_ms = Math.max(seen.longest_ms, one.duration);
}).observe({type: "longtask", buffered: true});
new PerformanceObserver((list) => {
  for (const {name, startTime} of list.getEntries()) {
    if (name === "first-contentful-paint") seen.paint_ms = startTime;
  }
}).observe({type: "paint", buffered: true});
"""
READ = """() => {
  const mark = (name) => performance.getEntriesByName(name)[0]?.startTime ?? null;
  const [page] = performance.getEntriesByType("navigation");
  return {...seen, answered_ms: page.responseEnd, usable_ms: mark("usable"), map_ms: mark("map")};
}"""

Seen = dict[str, Any]


def answers(port: int) -> Callable[[], bool]:
    """Whether that process is ready."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1):
                return True
        except OSError:
            return False

    return ask


def with_passwords(*names: str) -> None:
    """Those log-ins get a password."""
    from tarazy.core.models import User

    for user in User.objects.filter(username__in=names):
        user.set_password(PASSWORD)
        user.save()


def visit(page: Page, path: str) -> Seen:
    """Open the page and read the clocks once it has settled."""
    page.goto(f"http://127.0.0.1:{WEB_PORT}{path}")
    page.wait_for_timeout(SETTLED_MS)
    return dict(page.evaluate(READ))


@contextmanager
def within(seconds: int, what: str) -> Iterator[None]:
    """Say where a browser answers no more: its own calls wait for ever."""

    def stuck(*_: object) -> None:
        raise TimeoutError(f"{what}: the browser did not answer within {seconds} s")

    before = signal.signal(signal.SIGALRM, stuck)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def visits(browser: Browser, name: str, path: str) -> tuple[list[Seen], list[Seen]]:
    """So many windows: their first visit with nothing in the cache, and their second."""
    cold, again = [], []
    for number in range(VISITS):
        with within(VISIT_S_MAX, f"{path}, visit {number + 1}"):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
            context.add_init_script(WATCH)
            page = context.new_page()
            if name:
                sign_in(page, name)
            context.new_cdp_session(page).send("Network.clearBrowserCache")
            cold.append(visit(page, path))
            again.append(visit(page, path))
            context.close()
    return cold, again


def sign_in(page: Page, name: str) -> None:
    """Through the log-in page, as anybody does."""
    page.goto(f"http://127.0.0.1:{WEB_PORT}/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("about:blank")


def measure(browser: Browser) -> list[harness.Result]:
    """Medians of the visits, in ms."""
    pages = {
        "log-in (peer)": ("", "/accounts/login/"),
        "board": ("op", "/supervision/"),
        "board of nobody": ("idle", "/supervision/"),
    }
    results, peers = [], dict[str, float]()
    with_passwords("op", "idle")
    for name, (who, path) in pages.items():
        for when, found in zip(("cold", "again"), visits(browser, who, path), strict=True):
            middle = {
                what: statistics.median([one[what] for one in found])
                for what in found[0]
                if all(one[what] is not None for one in found)
            }
            paint = peers.setdefault(when, middle["paint_ms"])
            results += [
                harness.Result(
                    f"{name}, {when}: {what}",
                    value,
                    "" if what == "cls" else "ms",
                    paint if what == "paint_ms" else None,
                )
                for what, value in middle.items()
            ]
    return results


def heartbeat(bench: harness.Bench) -> None:
    """The engine does not run here; the board would say so."""
    with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO supervision_heartbeat (process, at)"
            " VALUES ('engine', now() + interval '1 day')"
            " ON CONFLICT (process) DO UPDATE SET at = excluded.at"
        )


def main() -> None:
    """Fill, serve, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--alerts", type=int, default=100_000)
    given = parser.parse_args()
    versions.tell()
    os.environ |= {"TARAZY_WEB_PORT": str(WEB_PORT), "TARAZY_EVENTS_PORT": str(EVENTS_PORT)}
    with filled(given.people, given.alerts) as bench, ExitStack() as stack:
        heartbeat(bench)
        for name, port in (("web", WEB_PORT), ("events", EVENTS_PORT)):
            code = f"from tarazy.site import service; service.{name}()"
            stack.enter_context(harness.serving(code, bench.env, answers(port)))
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
        playwright = stack.enter_context(sync_playwright())
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        harness.report("pages_browser", measure(browser))
        browser.close()
        print(f"load: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
