# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest
from django.utils import translation

from tarazy.supervision.looks.words import (
    certainty,
    percent,
    sentence_of,
    shape_of,
    timetable_words,
)
from tarazy.supervision.models import AlertVersion, Zone

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


def test_exceptions_stand_after_the_week() -> None:
    nights = [{"days": ALL_DAYS, "from": "22:00", "until": "06:00"}]
    days: list[dict[str, Any]] = [
        {"date": "2026-03-22", "hours": []},
        {"date": "2026-03-08", "hours": [{"from": "23:30", "until": "06:00"}]},
    ]
    with translation.override("en"):
        assert timetable_words(nights, days) == [
            *("every day 22:00–06:00", "03/08/2026: 23:30–06:00", "03/22/2026: no hours begin"),
        ]
        assert timetable_words([], days[:1])[0] == "always"


@pytest.mark.django_db
def test_a_corridor_is_drawn_by_its_outline_and_a_class_by_its_parts() -> None:
    line = [[76.9, 43.2], [76.95, 43.25]]
    way = Zone(name="way", kind="corridor", rings=[line], radius_m=200.0)
    drawn = shape_of(way)
    assert (drawn["kind"], drawn["rings"][0][0]) == ("polygon", drawn["rings"][0][-1])
    whole = Zone.objects.create(name="Schools", kind="places", place_class="school")
    shape = {"kind": "circle", "lat": 43.2, "lon": 76.9, "radius_m": 200.0}
    Zone.objects.create(name="No. 1", place_class="school", **shape)
    Zone.objects.create(name="Airport", place_class="airport", **shape)
    assert [part["name"] for part in shape_of(whole)["parts"]] == ["No. 1"]
