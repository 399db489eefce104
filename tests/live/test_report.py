# SPDX-License-Identifier: EUPL-1.2
"""A report from the alert to the court in a real browser: given out, opened as PDF, proved genuine.

The browser's own viewer opens the file, in Kazakh; one changed byte makes it a stranger.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from live.conftest import Service, sign_in
from live.test_breach import PASSWORD
from live.test_duty import PATIENCE_MS
from live.test_map import faults_of
from playwright.sync_api import Browser, Page, expect
from supervision.factory import supervised, user
from supervision.raised import raised

from tarazy.core.access import Role
from tarazy.supervision.models import Report

pytestmark = pytest.mark.live
TITLE = "Оқиға туралы есеп"
VIEWER = "chrome-extension://"
SHOWN = """() => {
  const bar = document.querySelector("pdf-viewer")?.shadowRoot?.querySelector("viewer-toolbar");
  const pages = bar?.shadowRoot?.querySelector("viewer-page-selector")?.shadowRoot;
  return [
    bar?.shadowRoot?.querySelector("#title")?.textContent?.trim() ?? "",
    pages?.querySelector("#pagelength")?.textContent?.trim() ?? "",
  ];
}"""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is slow, not wrong."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


def shown_by_the_viewer(page: Page, file: Path) -> tuple[str, int]:
    """The title and the number of pages that the browser's PDF viewer says.

    Until it has read the document's own title it shows the file's name.
    """
    page.goto(file.as_uri())
    for _ in range(50):
        for frame in page.frames:
            title, pages = frame.evaluate(SHOWN) if frame.url.startswith(VIEWER) else ("", "")
            if title not in {"", file.name} and pages.isdecimal() and int(pages):
                return title, int(pages)
        page.wait_for_timeout(PATIENCE_MS / 50)
    return "", 0


def test_a_report_is_given_out_opened_as_pdf_and_proved(
    service: Service, browser: Browser, tmp_path: Path
) -> None:
    officer = user("report.officer", Role.OFFICER)
    one = supervised("Есептегі Адам", officer=officer)
    alert = raised(one, datetime.now(UTC), condition=one.curfew)  # noqa: TID251 - a test's own clock
    context = browser.new_context(locale="kk", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sign_in(page, service, "report.officer", PASSWORD)
    page.goto(f"{service.web}/supervision/alerts/{alert.public_id}/")
    page.get_by_role("link", name="Сотқа арналған есеп").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator("main")).to_contain_text("Есептегі Адам")
    assert faults_of(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF түрінде беру").click()
    file = tmp_path / "report.pdf"
    download.value.save_as(file)
    report = Report.objects.get(order=one.order)
    assert download.value.suggested_filename == f"{report.public_id}.pdf"

    title, pages = shown_by_the_viewer(context.new_page(), file)
    assert (title, pages >= 1) == (TITLE, True)

    page.goto(f"{service.web}/supervision/reports/check")
    page.set_input_files("#file", file)
    page.locator("main button").click()
    expect(page.locator("main").get_by_role("status")).to_contain_text(report.public_id)
    file.write_bytes(file.read_bytes().replace(b"%%EOF", b"%%EOF "))
    page.set_input_files("#file", file)
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(report.public_id)
    context.close()
