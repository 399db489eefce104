# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest
from django.utils import translation

from tarazy.supervision.looks.words import certainty, percent, sentence_of, timetable_words
from tarazy.supervision.models import AlertVersion

ALL_DAYS = [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("timetable", "words"),
    [
        ([], ["always"]),
        ([{"days": ALL_DAYS, "from": "22:00", "until": "06:00"}], ["every day 22:00–06:00"]),
        (
            [{"days": ALL_DAYS, "from": "00:00", "until": "24:00"}],
            ["every day round the clock"],
        ),
        (
            [
                {"days": [4, 0, 1, 2, 3], "from": "22:00", "until": "06:00"},
                {"days": [5], "from": "20:00", "until": "08:00"},
            ],
            ["Mon–Fri 22:00–06:00", "Sat 20:00–08:00"],
        ),
        (
            [{"days": [0, 2, 3, 6], "from": "22:00", "until": "06:00"}],
            ["Mon, Wed–Thu, Sun 22:00–06:00"],
        ),
    ],
)
def test_a_timetable_reads_like_the_order(timetable: list[Any], words: list[str]) -> None:
    with translation.override("en"):
        assert timetable_words(timetable) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (None, ""),
        (1.0, "nearly certain"),
        (0.99, "nearly certain"),
        (0.989, "very likely"),
        (0.7, "likely"),
        (0.5, "more likely than not"),
        (0.49, "possible, but not likely"),
        (0.0, "possible, but not likely"),
    ],
)
def test_certainty_is_said_in_words(probability: float | None, words: str) -> None:
    with translation.override("en"):
        assert certainty(probability) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(None, ""), (0.0, "under 1 %"), (0.014, "1 %"), (0.97, "97 %"), (0.999, "over 99 %")],
)
def test_a_number_claims_no_more_than_it_can(probability: float | None, words: str) -> None:
    with translation.override("en"):
        assert percent(probability) == words


@pytest.mark.parametrize(
    ("sentence", "facts", "words"),
    [
        ("Outside {zone}.", {"zone": "home"}, "Outside home."),
        ("Outside {zone}.", {}, "Outside {zone}."),
        ("Broken {", {"zone": "home"}, "Broken {"),
    ],
)
def test_a_sentence_never_breaks_the_board(
    sentence: str, facts: dict[str, Any], words: str
) -> None:
    assert sentence_of(AlertVersion(sentence=sentence, facts=facts)) == words
