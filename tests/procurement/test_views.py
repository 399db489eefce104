# SPDX-License-Identifier: EUPL-1.2
"""The two pages, read as an analyst reads them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.procurement import counting, process_queries, queries
from tarazy.procurement.importing import import_files
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Folder, Manifest
from tarazy.procurement.templatetags.procurement import meaning

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://x")'
PERSON = "KZ-IIN-880101300123"
NASTY = "ocds-nasty/1?x=#' OR 1=1 --"
ENDLESS = "ocds-endless\n1"
LOTS = "ocds-lots"
NUMBERED = "ocds-numbered"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up market, a buyer with one supplier, and processes that try to break the page."""
    files = tmp_path_factory.mktemp("files")
    write_market(files / "market.jsonl", files / "truth.jsonl", seed=3, processes=600)
    nasties = (nasty(), endless(), ancient(), in_lots(), numbered())
    (files / "nasty.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, nasties)))
    (files / "loyal.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, loyal())))
    folder: Path = settings.TARAZY.procurement_folder
    names = ("market.jsonl", "nasty.jsonl", "loyal.jsonl")
    import_files(folder, [files / name for name in names], now=NOW)
    run(folder, now=NOW)
    counting.keep(folder)
    return folder


def loyal() -> list[dict[str, Any]]:
    """Twelve purchases of one buyer from one supplier."""
    award = {
        "id": "1",
        "status": "active",
        "value": {"amount": 100, "currency": "KZT"},
        "suppliers": [{"id": "favourite", "name": "Favourite"}],
    }
    buyer = {"id": "loyal", "name": "Loyal"}
    return [
        {"ocid": f"ocds-loyal-{number}", "buyer": buyer, "awards": [award]} for number in range(12)
    ]


def nasty() -> dict[str, Any]:
    organisation = {"id": "'; DROP VIEW findings; --", "name": HOSTILE}
    person = {"id": PERSON}  # who has no name is called by the number
    bid = {
        "id": HOSTILE,
        "status": "disqualified",
        "value": {"amount": 10.5, "currency": HOSTILE},
        "tenderers": [organisation],
    }
    period = {"startDate": "2026-01-01T09:00:00", "endDate": "2026-01-09"}
    return {
        "ocid": NASTY,
        "date": "2026-11-01T00:00:00Z",
        "buyer": organisation,
        "tender": {
            "title": HOSTILE,
            "status": "complete",
            "procurementMethod": "open",
            "numberOfTenderers": 1,
            "tenderPeriod": period,
        },
        "bids": {"details": [bid]},
        "awards": [{"id": HOSTILE, "status": "active", "suppliers": [organisation, person]}],
    }


def endless() -> dict[str, Any]:
    """Ids with a line break, the last second of the calendar, a person's number in words."""
    last = "9999-12-31T23:59:59Z"
    tender = {
        "title": f"For {PERSON}",
        "status": "complete",
        "procurementMethod": "open",
        "numberOfTenderers": 1,
        "tenderPeriod": {"startDate": last, "endDate": last},
    }
    buyer = {"id": "buyer\n1", "name": "Endless"}
    return {"ocid": ENDLESS, "date": last, "buyer": buyer, "tender": tender}


def ancient() -> dict[str, Any]:
    """A year of three digits."""
    return {"ocid": "ocds-ancient", "tender": {"tenderPeriod": {"startDate": "0201-01-01"}}}


def numbered() -> dict[str, Any]:
    """A publisher who numbers bids, awards and contracts each from one; a contract grew."""
    value: dict[str, Any] = {"amount": 100, "currency": "KZT"}
    bids: list[dict[str, Any]] = [
        {"id": str(n), "status": "valid", "value": {**value, "amount": price}, "tenderers": [who]}
        for n, price, who in ((1, 110, {"name": "Innocent"}), (2, 100, {"name": "Chosen"}))
    ]
    award = {"id": "1", "status": "active", "value": value, "suppliers": [{"id": "Chosen"}]}
    contract = {"id": "1", "awardID": "1", "status": "active", "dateSigned": "2026-02-01T00:00:00Z"}
    return {
        "ocid": NUMBERED,
        "date": "2026-02-02T00:00:00Z",
        "tender": {"status": "complete", "procurementMethod": "open"},
        "bids": {"details": bids},
        "awards": [award],
        "contracts": [{**contract, "value": {"amount": 900, "currency": "KZT"}}],
    }


def in_lots() -> dict[str, Any]:
    """Thirty lots, in each of which the lowest bid was disqualified."""
    bids, awards = [], []
    for lot in range(30):
        for name, price, status in (("a", 80, "disqualified"), ("b", 100, "valid")):
            one = {"id": f"{lot}{name}", "status": status, "relatedLots": [str(lot)]}
            value = {"amount": price, "currency": "KZT"}
            bids.append({**one, "value": value, "tenderers": [{"id": f"LOTS-{name}"}]})
        award = {"id": str(lot), "status": "active", "relatedLots": [str(lot)]}
        awards.append({**award, "suppliers": [{"id": "LOTS-b"}]})
    tender = {"status": "complete", "procurementMethod": "open", "awardCriteria": "priceOnly"}
    lots = [{"id": str(lot)} for lot in range(30)]
    return {
        "ocid": LOTS,
        "tender": {**tender, "lots": lots},
        "bids": {"details": bids},
        "awards": awards,
    }


@pytest.fixture
def analyst(db: None, market: Path) -> Iterator[Client]:
    user = create_user(Actor.console(), "analyst-of-views", "x" * 16, roles=[Role.ANALYST])
    client = Client()
    client.force_login(user)
    yield client
    user.delete()


def text_of(client: Client, address: str, **filters: str) -> str:
    answer = client.get(address, filters, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_flags_shows_flags_and_base_rates(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:flags"))
    for code in ("R003", "R018", "R036"):
        assert code in page
    assert "assessed" in page
    assert "guilt" not in page.lower()


def test_what_is_clear_is_no_finding_and_lists_say_what_they_leave_out(analyst: Client) -> None:
    address = reverse("procurement:flags")

    def counted(**filters: str) -> str:
        shown = text_of(analyst, address, **filters).partition('<section id="found"')[2]
        return shown.partition("</p>")[0]

    assert "finding" in counted(code="R018")
    for answer in ("clear", "not_assessed", "all"):
        assert "finding" not in counted(code="R018", answer=answer)
        assert "answers" in counted(code="R018", answer=answer)
    organisations = "Answers about an organisation are of no year"
    assert organisations in counted(year="2025")
    assert organisations not in counted()
    currency = "Sorted by the figure of the amount, whatever its currency."
    assert currency in counted(sort="largest")
    assert currency not in counted()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, True),
        ({"answer": "clear"}, True),
        ({"answer": "not_assessed", "code": "R036"}, True),
        ({"answer": "all", "sort": "largest", "page": "3"}, True),
        ({"answer": "all", "page": "999999"}, True),
        ({"text": "ocds-tarazydemo", "answer": "all", "year": "2024"}, True),
        ({"buyer": "аурухана", "sort": "buyer", "answer": "all"}, True),
        ({"buyer": "'; DROP VIEW findings; --", "answer": "all"}, True),
        ({"text": "' OR 2=2 --"}, False),
        ({"year": "0000", "code": "R999'", "sort": "x", "page": "-1", "answer": "raised"}, False),
        ({"year": "²²²²", "page": "٣"}, True),
    ],
)
def test_filters_are_in_the_address_and_harmless(
    analyst: Client, filters: dict[str, str], found: bool
) -> None:
    page = text_of(analyst, reverse("procurement:flags"), **filters)
    assert ("<td>" in page) is found


def test_where_pages_end_the_list_says_so(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address, told = reverse("procurement:flags"), "Pages show the first 100; filters lead to the"
    assert told not in text_of(analyst, address, answer="all")
    monkeypatch.setattr(queries, "REACHED_MAX", 100)
    page = text_of(analyst, address, answer="all", page="999")
    assert told in page
    assert "page 2 of 2" in page
    assert 'rel="next"' not in page
    assert told not in text_of(analyst, address, answer="raised", code="R036")


def test_what_to_open_first_says_why_and_that_it_is_no_verdict(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:first"))
    row = page.split("<td>")[1].split("</tr>")[0]
    assert row.count("<li><code>") > 1
    assert "no probability and no verdict" in page
    filters = {"buyer": "' OR 2=2 --", "code": "R999'", "page": "x", "year": "²²²²"}
    assert "Nothing fits these filters" in text_of(analyst, reverse("procurement:first"), **filters)


def test_a_process_shows_its_facts_and_evidence(analyst: Client, market: Path) -> None:
    page = text_of(analyst, reverse("procurement:flags"), code="R036")
    address = page.split('<td><a href="')[1].split('"')[0]
    shown = text_of(analyst, address)
    assert "bids.details.status" in shown
    assert "disqualified" in shown
    assert 'class="behind"' in shown
    assert reverse("card", args=["R036"]) in shown
    assert "assessed;" in shown  # the base rate beside the flag
    opened, _, folded = shown.partition('<details class="others">')
    assert "R036" in opened
    assert "not assessed" in folded


def test_a_bid_is_not_behind_a_flag_because_a_contract_has_its_number(analyst: Client) -> None:
    shown = text_of(analyst, reverse("procurement:process", args=[NUMBERED]))
    finding = shown.partition('"><code>R059</code>')[2].partition("</article>")[0]
    assert "needs checking" in finding
    records = finding.partition("<tbody>")[2].split("<tr>")[1:]
    told = [re.findall(r"[a-z]+[.][a-z_A-Z]+", one)[-1] for one in records[:2]]
    assert told == ["contracts.value", "awards.value"]  # each by itself, though both are "1"
    assert "Innocent" in shown
    assert 'class="behind"' not in shown


@pytest.mark.parametrize(
    ("language", "words"), [("en", "admitted"), ("ru", "допущена"), ("kk", "жіберілген")]
)
def test_codes_are_said_in_words(language: str, words: str, analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:flags"), code="R036")
    address = page.split('<td><a href="')[1].split('"')[0]
    shown = analyst.get(address, headers={"accept-language": language}).content.decode()
    assert f'<span title="valid">{words}</span>' in shown


def test_of_many_lots_no_flag_is_lost_and_what_is_cut_is_told(
    analyst: Client, market: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = process_queries.process(market, LOTS)
    monkeypatch.setattr(process_queries, "ROWS_MAX", 40)
    cut = process_queries.process(market, LOTS)
    assert whole is not None
    assert cut is not None
    for answer in (True, False, None):
        every = [row for row in whole.findings if row["raised"] is answer]
        shown = [row for row in cut.findings if row["raised"] is answer]
        assert {row["code"] for row in shown} == {row["code"] for row in every}
        assert {row["answers"] for row in (*every, *shown)} == {len(every)}
    raised = [row["code"] for row in whole.findings if row["raised"]]
    assert {raised.count(code) for code in ("R035", "R036")} == {30}
    page = text_of(analyst, reverse("procurement:process", args=[LOTS]))
    assert f"Only 40 of {len(raised)} are shown: of each indicator the first lots." in page
    assert page.count("Only the first 40 are shown.") == 1  # of 60 bids, not of 30 lots and awards


def test_a_code_of_nobody_stands_as_it_was_published() -> None:
    assert meaning("<b>", "bid") == "<b>"
    assert meaning(None, "bid") == "–"
    assert len(meaning("W" * 4000, "bid")) == 80
    assert meaning("valid", "award") == "valid"  # of bids only


def test_hostile_titles_names_and_ids_are_only_text(analyst: Client) -> None:
    places = (reverse("procurement:flags"), reverse("procurement:first") + "?text=ocds-nasty")
    for address in (reverse("procurement:process", args=[NASTY]), *places):
        page = text_of(analyst, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    assert "no time zone" in text_of(analyst, reverse("procurement:process", args=[NASTY]))


def test_of_a_persons_number_a_page_shows_the_end(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:process", args=[NASTY]))
    assert "KZ-IIN-••••••••0123" in page
    assert PERSON not in page
    assert "&amp;lt;" not in page  # nothing is escaped twice


def test_a_date_at_the_end_of_the_calendar_costs_no_page(analyst: Client) -> None:
    newest = text_of(analyst, reverse("procurement:flags"))
    row = newest.split("<td>")[1].split("</tr>")[0]
    assert "Endless" in row
    assert "31 December 9999" in row
    assert "31 December 9999" in text_of(analyst, reverse("procurement:first"), text="ocds-endless")
    page = text_of(analyst, reverse("procurement:process", args=[ENDLESS]))
    assert "31 December 9999, 23:59" in page
    assert "UTC+0000" in page
    assert PERSON not in page
    assert "For KZ-IIN-••••••••0123" in page


def test_ids_with_a_line_break_have_a_page(analyst: Client) -> None:
    for page, one in (("process", ENDLESS), ("buyer", "buyer\n1")):
        found = reverse(f"procurement:{page}", args=[one])
        assert "%0A" in found
        assert "Endless" in text_of(analyst, found)
        assert found in text_of(analyst, reverse("procurement:flags"), answer="not_assessed")


def test_a_year_of_three_digits_can_be_chosen(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:flags"), answer="all", year="0201")
    assert '<option value="0201" selected>0201</option>' in page
    assert "ocds-ancient" in page
    assert "Endless" not in page


@pytest.mark.parametrize("answer", ["clear", "not_assessed", "all"])
def test_an_indicator_that_came_after_the_run_has_no_answers_yet(
    answer: str, analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = partial(text_of, analyst, reverse("procurement:flags"))
    assert "have changed since these ran" not in page(code="R018", answer=answer)
    now = Folder.manifest

    def before(folder: Folder) -> Manifest:
        manifest = now(folder)
        assert manifest.findings is not None
        rates = [rate for rate in manifest.findings.base_rates if rate.code != "R018"]
        findings = msgspec.structs.replace(manifest.findings, base_rates=rates)
        return msgspec.structs.replace(manifest, findings=findings)

    monkeypatch.setattr(Folder, "manifest", before)
    shown = page(code="R018", answer=answer, year="2024", sort="largest")
    assert "have changed since these ran" in shown
    assert "Nothing fits these filters" in shown
    of_process = text_of(analyst, reverse("procurement:process", args=[LOTS]))
    assert "have changed since these ran" in of_process


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_one_thing_has_one_word(language: str, analyst: Client) -> None:
    for name in ("first", "flags", "quality", "buyers", "parties"):
        page = analyst.get(
            reverse(f"procurement:{name}"), headers={"accept-language": language}
        ).content.decode()
        # beside «индикатор»: monthly figures are called so
        assert "показател" not in page.lower()
        assert "көрсеткіш" not in page.lower()
        assert "ни один процесс" not in page  # beside «процедура»


def test_an_unknown_process_is_not_found(analyst: Client) -> None:
    assert analyst.get(reverse("procurement:process", args=["ocds-none"])).status_code == 404


def test_before_the_first_import_the_page_says_what_to_do(
    analyst: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tarazy.procurement.queries.Folder", lambda _path: Folder(tmp_path))
    assert "tarazy procurement import" in text_of(analyst, reverse("procurement:flags"))


def test_somebody_without_the_role_is_refused(db: None, market: Path) -> None:
    user = create_user(Actor.console(), "operator-of-views", "x" * 16, roles=[Role.OPERATOR])
    client = Client()
    client.force_login(user)
    assert client.get(reverse("procurement:flags")).status_code == 403


def test_a_finding_about_a_buyer_stands_with_its_evidence_in_the_list(analyst: Client) -> None:
    page = text_of(analyst, reverse("procurement:flags"), code="R040")
    assert "Loyal" in page
    assert "buyer.processes" not in page
    assert "Processes of the buyer" in page
    assert "/None" not in page
    page = text_of(analyst, reverse("procurement:flags"), code="R040", answer="clear")
    assert "Loyal" not in page
