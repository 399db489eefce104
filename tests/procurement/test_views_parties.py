# SPDX-License-Identifier: EUPL-1.2
"""The page of parties that may be one: evidence, an answer with its reason, the audit line."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from procurement.imported import NOW
from procurement.test_matching import PERSON, party

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.procurement import deciding
from tarazy.procurement.deciding import Answer, By, aliases, decisions
from tarazy.procurement.importing import import_files
from tarazy.procurement.matching import pair_id, propose
from tarazy.procurement.store import Folder

ADDRESS = reverse("procurement:parties")
HOSTILE = "<script>alert(1)</script>"
SAME = {"telephone": "+7 701 999 88 77", "region": "Алматы"}


@pytest.fixture
def market(tmp_path: Path) -> Iterator[str]:
    """Four parties of one telephone in the service's folder; the pair of two of them."""
    file = tmp_path / "a.jsonl"
    parties = [
        party(f"KZ-IIN-{PERSON}", f"ИП Иванов {HOSTILE}", **SAME),
        party("VP-B", f"ЖК Иванов {HOSTILE}", **SAME),
        party("VP-C", "ТОО Иное", **SAME),
        party("VP-D", f"ИП Иванов {HOSTILE}", streetAddress=f"ИИН {PERSON}", **SAME),
    ]
    releases = [{"ocid": f"vp{n}", "parties": [one]} for n, one in enumerate(parties)]
    file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in releases))
    folder: Path = settings.TARAZY.procurement_folder
    import_files(folder, [file], now=NOW)
    propose(folder)
    yield pair_id(f"KZ-IIN-{PERSON}", "VP-B", Folder(folder).salt())
    (folder / "parties" / "decisions.jsonl").unlink(missing_ok=True)


def signed_in(role: Role) -> Client:
    user = create_user(Actor.console(), f"parties-{role.value}", "x" * 16, roles=[role])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


pytestmark = pytest.mark.django_db


def test_a_pair_stands_side_by_side_and_no_persons_number_is_shown(market: str) -> None:
    analyst = signed_in(Role.ANALYST)
    page = analyst.get(ADDRESS).content.decode()
    assert market in page
    assert "ИИН ••••••••0123" in page
    assert PERSON not in page
    assert "KZ-IIN-••••••••0123" in page
    assert HOSTILE not in page
    assert "alike" in page
    assert 'data-key="1"' in page
    decide = reverse("procurement:decide", args=[market])
    analyst.post(decide, {"answer": "same", "why": f"both are {PERSON}"})
    decided = analyst.get(ADDRESS, {"state": "decided"}).content.decode()
    assert "both are ••••••••0123" in decided
    assert PERSON not in decided


def test_what_is_hidden_is_told_apart_from_what_is_not_published(market: str) -> None:
    page = signed_in(Role.ANALYST).get(ADDRESS).content.decode()
    # other tests have left parties in the service's folder, whose pairs stand here too
    rows = page.partition(f'id="{market}"')[2].partition("</article>")[0].split("<tr>")
    [telephone, *_] = [row for row in rows if "<td>Telephone</td>" in row]
    assert telephone.count("not shown") == 2
    assert "alike" in telephone
    [email, *_] = [row for row in rows if "<td>E-mail</td>" in row]
    assert "not shown" not in email
    assert "not published" in email


def test_an_organisation_is_named_in_kazakh_as_one(market: str) -> None:
    page = signed_in(Role.ANALYST).get(ADDRESS, headers={"accept-language": "kk"})
    assert "<td>Атауы</td>" in page.content.decode()
    assert "Аты-жөні" not in page.content.decode()  # the name of a person


def test_an_answer_merges_is_logged_with_who_and_why_and_is_taken_back(market: str) -> None:
    folder: Path = settings.TARAZY.procurement_folder
    analyst = signed_in(Role.ANALYST)
    decide = reverse("procurement:decide", args=[market])
    answer = analyst.post(decide, {"answer": "same", "why": "one person, two licences"})
    assert (answer.status_code, answer.headers["location"]) == (302, f"{ADDRESS}?state=open&page=1")
    assert aliases(folder)["VP-B"] == f"KZ-IIN-{PERSON}"
    assert decisions(folder)[market].who.startswith("usr_")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, convert_from(leaf, 'UTF8') FROM core_audit_entry ORDER BY seq DESC LIMIT 1"
        )
        seq, leaf = cursor.fetchone()
        cursor.execute("SELECT name, value FROM core_audit_detail ORDER BY name")
        details = cursor.fetchall()
    assert "procurement.parties.decide" in leaf
    assert market in leaf
    assert PERSON not in leaf
    assert {("answer", "same"), ("why", "one person, two licences")} <= set(details), seq
    decided = analyst.get(ADDRESS, {"state": "decided"}).content.decode()
    assert "one person, two licences" in decided
    analyst.post(decide, {"answer": "open", "why": "a mistake", "state": "decided"})
    assert "VP-B" not in aliases(folder)


@pytest.mark.parametrize("state", ["open", "decided"])
def test_after_an_answer_the_list_is_on_the_page_where_it_was(
    market: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "PAIRS_SHOWN", 1)
    folder: Path = settings.TARAZY.procurement_folder
    analyst = signed_in(Role.ANALYST)
    pairs = [one["pair"] for one in deciding.proposals(folder)]
    if state == "decided":
        for pair in pairs:
            deciding.decide(folder, pair, Answer.UNKNOWN, By("usr_1", "not known yet"), NOW)
    page = analyst.get(ADDRESS, {"state": state, "page": "2"}).content.decode()
    [(address, form)] = re.findall(r'action="([^"]*/pair-[^"]*)"(.*?)</form>', page, re.DOTALL)
    sent = dict(re.findall(r'type="hidden" name="(state|page)" value="(.*?)"', form))
    answer = "open" if state == "decided" else "unknown"
    after = analyst.post(address, {"answer": answer, "why": "some reason", **sent}, follow=True)
    assert after.redirect_chain == [(f"{ADDRESS}?state={state}&page=2", 302)]


def test_without_a_reason_it_says_so_and_nothing_is_decided(market: str) -> None:
    folder: Path = settings.TARAZY.procurement_folder
    decide = reverse("procurement:decide", args=[market])
    page = signed_in(Role.ANALYST).post(decide, {"answer": "same", "why": " "}, follow=True)
    assert "Say why" in page.content.decode()
    assert decisions(folder) == {}


def test_who_answers_after_another_is_told_so(market: str) -> None:
    folder: Path = settings.TARAZY.procurement_folder
    deciding.decide(folder, market, Answer.DIFFERENT, By("usr_1", "two brothers"), NOW)
    decide = reverse("procurement:decide", args=[market])
    page = signed_in(Role.ANALYST).post(decide, {"answer": "same", "why": "x"}, follow=True)
    assert "Somebody has decided this pair" in page.content.decode()
    assert decisions(folder)[market].answer is Answer.DIFFERENT


@pytest.mark.parametrize("asked", [{}, {"answer": ""}, {"answer": "SAME"}])
def test_without_an_answer_nothing_is_decided(market: str, asked: dict[str, str]) -> None:
    folder: Path = settings.TARAZY.procurement_folder
    decide = reverse("procurement:decide", args=[market])
    page = signed_in(Role.ANALYST).post(decide, {**asked, "why": "some reason"}, follow=True)
    assert "Choose one of the answers" in page.content.decode()
    assert decisions(folder) == {}


def test_who_may_only_read_sees_no_buttons_and_is_refused(market: str) -> None:
    auditor = signed_in(Role.AUDITOR)
    page = auditor.get(ADDRESS).content.decode()
    assert market in page
    assert "data-key" not in page
    answer = auditor.post(
        reverse("procurement:decide", args=[market]), {"answer": "same", "why": "x"}
    )
    assert answer.status_code == 403
    assert signed_in(Role.OPERATOR).get(ADDRESS).status_code == 403


def test_a_pair_of_nobody_is_not_found(market: str) -> None:
    answer = signed_in(Role.ANALYST).post(
        reverse("procurement:decide", args=["pair-none"]), {"answer": "same", "why": "x"}
    )
    assert answer.status_code == 404
