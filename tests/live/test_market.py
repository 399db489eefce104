# SPDX-License-Identifier: EUPL-1.2
"""Real OCDS in at the command line, red flags out on a page in a real browser."""

import json
import re
from pathlib import Path

import pytest
from live.conftest import Service, sign_in
from playwright.sync_api import Page, expect
from supervision.factory import user

from tarazy.core.access import Role

TABLE_WIDTH_MAX = 1440  # of 160,000, which it took to write the ids of one bid

pytestmark = pytest.mark.live


def test_published_tenders_become_flags_with_their_evidence(
    service: Service, page: Page, shared_data: Path
) -> None:
    ocds = shared_data / "ocds"
    files = [ocds / "real_compiled.jsonl", *sorted((ocds / "packages").glob("*.json"))]
    imported = service.run("procurement", "import", *map(str, files))
    assert imported.returncode == 0, imported.stderr
    again = service.run("procurement", "import", *map(str, files))
    assert again.returncode == 0, again.stderr
    done = service.run("procurement", "run")
    assert done.returncode == 0, done.stderr

    user("live.analyst", Role.ANALYST)
    sign_in(page, service, "live.analyst", "a long password")
    page.goto(f"{service.web}/procurement/flags")
    expect(page.locator("main")).to_contain_text(re.compile("needs checking", re.IGNORECASE))
    for code in ("R003", "R018", "R036"):
        expect(page.locator("main")).to_contain_text(code)
    page.locator("main table a[href*='/procurement/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("R003")
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page scrolls sideways on a phone"


def test_words_of_any_length_leave_a_page_as_wide_as_the_window(
    service: Service, page: Page, tmp_path: Path
) -> None:
    word, ocid = "W" * 2000, "o" * 255
    buyer = {"id": "I" * 300, "name": word}
    bid = {"id": word, "status": word, "tenderers": [buyer], "relatedLots": [word]}
    tender = {"title": word, "status": word, "procurementMethod": word, "lots": [{"id": word}]}
    award = {"id": word, "status": "active", "suppliers": [buyer]}
    release = {"ocid": ocid, "buyer": buyer, "tender": tender, "awards": [award]}
    file = tmp_path / "long.jsonl"
    file.write_text(json.dumps({**release, "bids": {"details": [bid]}}))
    for words in (("import", str(file)), ("run",)):
        done = service.run("procurement", *words)
        assert done.returncode == 0, done.stderr
    user("live.long", Role.ANALYST)
    sign_in(page, service, "live.long", "a long password")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        for address in (
            f"processes/{ocid}",
            f"buyers/{buyer['id']}",
            f"flags?answer=all&text={ocid}",
        ):
            page.goto(f"{service.web}/procurement/{address}")
            expect(page.locator("main")).to_contain_text("WWWW")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            boxes = page.locator(".table-box").evaluate_all(
                "all => all.map(one => one.scrollWidth)"
            )
            assert max(boxes) <= TABLE_WIDTH_MAX, address


def test_enter_in_a_reason_chooses_no_answer_for_a_person(
    service: Service, page: Page, shared_data: Path
) -> None:
    ocds = shared_data / "ocds" / "real_compiled.jsonl"
    for words in (("import", str(ocds)), ("match",)):
        done = service.run("procurement", *words)
        assert done.returncode == 0, done.stderr
    user("live.pairs", Role.ANALYST)
    sign_in(page, service, "live.pairs", "a long password")
    page.goto(f"{service.web}/procurement/parties")
    why = page.locator("[data-pair] input[name=why]").first
    why.fill("the same address")
    why.press("Enter")
    expect(why).to_have_value("the same address")
    expect(page.locator("main")).to_contain_text("Decided (0)")
    why.press("Tab")
    page.keyboard.press("Enter")  # on the first answer
    expect(page.locator("main")).to_contain_text("Decided (1)")
