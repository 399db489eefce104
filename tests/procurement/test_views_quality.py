# SPDX-License-Identifier: EUPL-1.2
"""The pages of data quality as an analyst reads them, and as somebody hostile asks for them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from procurement.imported import NOW

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.procurement import counting
from tarazy.procurement.importing import import_files
from tarazy.procurement.queries import TEXT_LENGTH_MAX
from tarazy.procurement.store import Folder
from tarazy.procurement.templatetags.procurement import share

HOSTILE = "<script>alert(1)</script>/a?x=#' OR 1=1 --"
LONG = "Ұ" * (TEXT_LENGTH_MAX + 50)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("files") / "a.jsonl"
    releases = [
        {"ocid": "q1", "buyer": {"id": HOSTILE, "name": HOSTILE}, "tender": {"title": "x"}},
        {"ocid": "q2", "buyer": {"name": LONG}, "date": "2026-01-01T00:00:00Z"},
    ]
    file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in releases))
    folder: Path = settings.TARAZY.procurement_folder
    import_files(folder, [file], now=NOW)
    counting.keep(folder)
    return folder


@pytest.fixture
def analyst(db: None, market: Path) -> Iterator[Client]:
    user = create_user(Actor.console(), "analyst-of-quality", "x" * 16, roles=[Role.ANALYST])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    yield client
    user.delete()


def text_of(client: Client, address: str, **filters: str) -> str:
    answer = client.get(address, filters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_fields_stand_with_their_shares(analyst: Client, market: Path) -> None:
    processes = Folder(market).manifest().rows["contracting_process"]
    page = text_of(analyst, reverse("procurement:quality"))
    assert f"{processes} contracting processes" in page
    assert 'id="contracting_process.title"' in page
    least = text_of(analyst, reverse("procurement:quality"), order="least", section="bid")
    assert 'id="bid"' in least
    assert 'id="contracting_process.title"' not in least


@pytest.mark.parametrize("buyer", [HOSTILE, LONG])
def test_a_buyers_own_page(buyer: str, analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:buyer", args=[buyer]))
    assert "1 contracting process." in page
    assert "<script>alert" not in page
    assert share(0, 1) in page
    assert "All together" in page


def test_buyers_are_found_and_led_to(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:buyers"), text="<SCRIPT>", order="name")
    assert reverse("procurement:buyer", args=[HOSTILE]).replace("'", "&#x27;") in page
    assert "&lt;script&gt;" in page
    nothing = text_of(analyst, reverse("procurement:buyers"), text="' OR ''='", field="x;--")
    assert "Nothing fits these filters" in nothing


@pytest.mark.parametrize("filters", [{"month": "' OR 1=1"}, {"order": "x"}, {"section": "x"}])
def test_filters_that_make_no_sense_are_left_out(analyst: Client, filters: dict[str, str]) -> None:
    assert 'id="contracting_process.title"' in text_of(
        analyst, reverse("procurement:quality"), **filters
    )


def test_a_buyer_or_month_that_is_not_there_is_not_found(analyst: Client) -> None:
    assert analyst.get(reverse("procurement:buyer", args=["nobody"])).status_code == 404
    assert analyst.get(reverse("procurement:quality"), {"month": "1999-01"}).status_code == 404
