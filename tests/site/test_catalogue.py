# SPDX-License-Identifier: EUPL-1.2
"""The catalogue, as a page and for programs: open to everybody, by what answers are about."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from tarazy.core.access import POLICY
from tarazy.procurement.indicators.interface import Subject
from tarazy.procurement.indicators.unanswerable import UNANSWERABLE
from tarazy.procurement.references import keep
from tarazy.site.catalogue import CARDS, about, laws
from tarazy.site.wiring import verbs
from tarazy.supervision.rules import RULES

pytestmark = pytest.mark.django_db


def test_the_json_says_what_the_cards_say() -> None:
    known = Client(headers={"accept-language": "en"}).get("/catalogue/rules.json").json()
    assert [one["code"] for one in known["rules"]] == list(CARDS)
    by_code = {one["code"]: one for one in known["rules"]}
    assert by_code["R040"]["subjects"] == ["buyer"]
    assert by_code["R024"]["subjects"] == ["lot", "process"]
    assert by_code["R003"]["thresholds"] == {"days_min": 15}
    assert by_code["R003"]["unit"] == "days"
    assert by_code[RULES[0].CARD.code]["subjects"] == []
    assert [flag["code"] for flag in known["unanswerable"]] == [flag.code for flag in UNANSWERABLE]


def test_its_words_are_in_the_language_asked_for() -> None:
    russian = Client(headers={"accept-language": "ru"}).get("/catalogue/rules.json").json()
    english = Client(headers={"accept-language": "en"}).get("/catalogue/rules.json").json()
    assert russian["rules"][0]["code"] == english["rules"][0]["code"]
    assert russian["rules"][0]["title"] != english["rules"][0]["title"]


@pytest.mark.parametrize("subject", [one.value for one in Subject])
def test_a_subject_leaves_the_indicators_about_it(subject: str) -> None:
    known = Client().get("/catalogue/rules.json", {"subject": subject}).json()
    assert known["rules"]
    assert all(subject in one["subjects"] for one in known["rules"])
    page = Client().get("/catalogue/", {"subject": subject}).content.decode()
    shown = [code for code in CARDS if f'href="/catalogue/{code}"' in page]
    assert shown == [one["code"] for one in known["rules"]]


@pytest.mark.parametrize("subject", ["", "nobody", "'; --", "PROCESS"])
def test_another_word_leaves_all(subject: str) -> None:
    assert len(about(subject)) == len(CARDS)
    assert Client().get("/catalogue/", {"subject": subject}).status_code == 200


def test_the_page_of_an_indicator_says_its_subject_and_numbers() -> None:
    page = Client(headers={"accept-language": "en"}).get("/catalogue/R040").content.decode()
    assert "a buyer" in page
    assert "percent_min" in page


def test_the_page_shows_what_the_law_sets(tmp_path: Path) -> None:
    english = Client(headers={"accept-language": "en"})
    assert "Article 10 (4)" in english.get("/catalogue/R011").content.decode()
    assert "Article 10 (4)" not in english.get("/catalogue/R049").content.decode()
    file = tmp_path / "own.csv"
    rows = ("Narnia|N,open,,submission_days,20,XNA,2025-01-01,,x", "A,,,direct,5,XNA,2025-01-01,,x")
    columns = "country,method,category,limits,amount,currency,valid_from,valid_to,source"
    file.write_text("\n".join((columns, *rows)))
    keep(tmp_path, "thresholds", file)
    assert [row["country"] for row in laws(tmp_path, "R003")] == ["Narnia"]
    assert [row["amount"] for row in laws(tmp_path, "R055")] == [5]
    assert laws(tmp_path, "R018") == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_each_verb_does_is_said_in_the_language_of_the_page(language: str) -> None:
    said = {escape(verbs()[verb].sentence) for verb in POLICY.grants}
    pages = {
        one: Client(headers={"accept-language": one}).get("/catalogue/access").content.decode()
        for one in ("en", language)
    }
    assert [one for one in said if one not in pages["en"]] == []
    assert [one for one in said if one in pages[language]] == []
