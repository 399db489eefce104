# SPDX-License-Identifier: EUPL-1.2
"""What a reader could take for something else: numbers of persons in ids, cuts, empty cells."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.procurement import process_queries
from tarazy.procurement.deciding import Answer, Decision
from tarazy.procurement.importing import import_files
from tarazy.procurement.matching import propose
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PERSON = "880101300123"
OCID = "ocds-readings-1"


def of_a_person() -> dict[str, Any]:
    """A publisher who puts the number of a person into every id."""
    value = {"amount": 10, "currency": "KZT"}
    bids = [{"id": f"b{n}-{PERSON}", "value": value, "relatedLots": ["l-1"]} for n in range(4)]
    award = {"id": f"a-{PERSON}", "status": "active", "value": value}
    item = {"id": "i", "description": "Paper", "relatedLot": "l-1"}
    return {
        "ocid": OCID,
        "date": "2026-11-01T00:00:00Z",
        "tender": {
            "procurementMethodDetails": f"from {PERSON}",
            "lots": [{"id": "l-1"}],
            "items": [item],
        },
        "bids": {"details": bids},
        "awards": [award],
        "contracts": [{"id": f"c-{PERSON}", "awardID": f"a-{PERSON}", "value": value}],
    }


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("files")
    write_market(files / "market.jsonl", files / "truth.jsonl", seed=7, processes=200)
    (files / "person.jsonl").write_bytes(msgspec.json.encode(of_a_person()))
    folder: Path = settings.TARAZY.procurement_folder
    import_files(folder, [files / "market.jsonl", files / "person.jsonl"], now=NOW)
    run(folder, now=NOW)
    return folder


@pytest.fixture
def analyst(db: None, market: Path) -> Iterator[Client]:
    user = create_user(Actor.console(), "analyst-of-readings", "x" * 16, roles=[Role.ANALYST])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    yield client
    user.delete()


def process_page(client: Client) -> str:
    return client.get(reverse("procurement:process", args=[OCID])).content.decode()


def test_the_number_of_a_person_in_an_id_is_masked_wherever_it_stands(analyst: Client) -> None:
    shown = process_page(analyst)
    assert PERSON not in shown
    for one in ("b0-", "a-", "c-", "from "):
        assert f"{one}••••••••0123" in shown


@pytest.mark.parametrize(("rows_max", "cut"), [(3, True), (4, False)])
def test_a_table_says_that_it_is_cut_only_where_it_is(
    rows_max: int, cut: bool, analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_queries, "ROWS_MAX", rows_max)
    bids = process_page(analyst).partition('id="bids"')[2].partition("</section>")[0]
    assert bids.count("<tr>") - 1 == rows_max
    assert (f"Only the first {rows_max} are shown." in bids) == cut


def test_of_a_supplier_nobody_left_out_the_buyer(analyst: Client) -> None:
    address = reverse("procurement:flags")
    shown = analyst.get(address, {"code": "R050", "answer": "all"}).content.decode()
    rows = shown.partition("<tbody>")[2].split("<tr>")[1:]
    suppliers = [one for one in rows if '<span class="chip outline">a supplier</span>' in one]
    assert suppliers
    assert not [one for one in suppliers if "not published" in one.partition("R050")[0]]


def test_a_decision_of_two_parties_says_who_made_it(analyst: Client, market: Path) -> None:
    propose(market)
    file = market / "parties" / "decisions.jsonl"
    before = file.read_bytes() if file.exists() else b""
    made = Decision(
        pair="pair-x", left="a", right="b", answer=Answer.SAME, who="usr_4711", why="alike", at=NOW
    )
    file.write_bytes(before + msgspec.json.encode(made) + b"\n")
    try:
        shown = analyst.get(reverse("procurement:parties"), {"state": "decided"}).content.decode()
    finally:
        file.write_bytes(before)
    assert "usr_4711" in shown.partition("alike")[2].partition("</p>")[0]


def test_a_process_says_when_and_by_which_version_it_was_judged(
    analyst: Client, market: Path
) -> None:
    """Whoever answers to a flag later must know which text of the indicator raised it."""
    findings = Folder(market).manifest().findings
    assert findings is not None
    shown = process_page(analyst)
    answers = shown.partition('id="answers"')[2].partition("</section>")[0]
    assert "Indicators ran" in answers.partition("<article")[0]
    assert "2026-11-23T05:00:00+05:00" in answers.partition("<article")[0]
    versions = {rate.code: rate.version for rate in findings.base_rates}
    for article in answers.split('<article class="finding">')[1:]:
        code = article.partition("<code>")[2].partition("</code>")[0]
        assert f"Version {versions[code]}" in article.partition("</h3>")[0]
