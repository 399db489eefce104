# SPDX-License-Identifier: EUPL-1.2
from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.utils import translation
from supervision.factory import CONSOLE, user
from supervision.raised import actor

from tarazy.core.access import Actor, Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.supervision.actions.places import Extract, replace_places
from tarazy.supervision.extracts.interface import Found, Kind, Spot
from tarazy.supervision.looks.places import NEAR, name_place, near, search_places
from tarazy.supervision.models import PlaceKind
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.stays import distance_m

pytestmark = pytest.mark.django_db


def at(lat: float, lon: float) -> tuple[tuple[Spot, ...], ...]:
    return (((lon, lat),),)


def taken(*found: Found) -> None:
    replace_places(
        CONSOLE, Extract(name="osm", format="geojson", dated_on=date(2026, 11, 1), rows=found)
    )


def city() -> None:
    taken(
        Found(Kind.HOUSE, "Абай көшесі 12", "Алматы", at(43.2400, 76.9000)),
        Found(Kind.HOUSE, "Абай көшесі 120", "Алматы", at(43.2450, 76.9000)),
        Found(Kind.HOUSE, "Жақсылықов көшесі 7", "Алматы", at(43.2600, 76.9100)),
        Found(Kind.STREET, "Абай көшесі", "Алматы", (((76.9, 43.23), (76.9, 43.25)),)),
        Found(Kind.SETTLEMENT, "Алматы", "KZ", at(43.25, 76.92), "Alma-Ata Алма-Ата"),
    )


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


@pytest.mark.parametrize(
    ("lat", "lon", "said"),
    [
        (43.24005, 76.90010, "near Абай көшесі 12, Алматы, about 10 m away"),
        (43.2350, 76.90172, "nearest street: Абай көшесі, Алматы, 140 m away"),
        (43.2500, 77.1000, "nearest settlement: Алматы, KZ, 14.6 km away"),
        (51.1, 71.4, None),
        (None, None, None),
        (89.0, 10.0, None),
    ],
)
def test_what_is_near_is_said_with_its_distance(
    lat: float | None, lon: float | None, said: str | None
) -> None:
    city()
    with translation.override("en"):
        found = near(lat, lon)
        assert (found.said if found else None) == said


def test_without_an_extract_nothing_is_near() -> None:
    assert near(43.24, 76.9) is None


def test_the_nearest_is_that_of_all_lines() -> None:
    """Held against every line by arithmetic, for streets of any length and direction."""
    noise = np.random.default_rng(3)
    lines = []
    for number in range(300):
        lon, lat = 76.9 + noise.normal(0, 0.01), 43.2 + noise.normal(0, 0.01)
        turn, far = noise.uniform(0, 6.3), noise.uniform(0.0002, 0.01)
        end = (lon + far * np.cos(turn), lat + far * np.sin(turn))
        lines.append(Found(Kind.STREET, f"street {number}", "", (((lon, lat), end),)))
    taken(*lines)
    for _ in range(40):
        lon, lat = 76.9 + noise.normal(0, 0.012), 43.2 + noise.normal(0, 0.012)
        found = near(lat, lon)
        assert found is not None
        ends = [np.array(one.lines[0]) for one in lines]
        steps = np.linspace(0, 1, 400)[:, None]
        least = min(
            min(distance_m((lon, lat), (x, y)) for x, y in a + (b - a) * steps[::8])
            for a, b in ends
            if np.hypot(*(np.array([lon, lat]) - a)) < 0.013
        )
        assert found.distance_m <= least + 1


def test_nearness_is_asked_of_an_index() -> None:
    noise = np.random.default_rng(3)
    taken(
        *(
            Found(Kind.HOUSE, f"house {number}", "", at(43 + noise.random(), 76 + noise.random()))
            for number in range(3_000)
        )
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE supervision_place")
        cursor.execute("EXPLAIN " + NEAR.format(kind=PlaceKind.HOUSE), [0, 0, 0, 0, 16])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "houses_near" in plan


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Абай 12", "Абай көшесі 12"),
        ("abay st 12", "Абай көшесі 12"),
        ("ул. Абая 12", "Абай көшесі 12"),
        ("улица Абай", "Абай көшесі"),
        ("ABAI 120", "Абай көшесі 120"),
        ("Жаксылыков", "Жақсылықов көшесі 7"),
        ("Алма-Ата", "Алматы"),
        ("Алматы", "Алматы"),
        ("Алмтаы", "Алматы"),
    ],
)
def test_an_address_is_found_in_any_spelling(operator: Actor, text: str, first: str) -> None:
    city()
    assert [one.title for one in search_places(operator, text)][:1] == [first]


@pytest.mark.parametrize(
    "text", ["", "  ", "қққ қққ zz", "'; DROP TABLE x --", "':* | '", "&", "u" * 5_000, "\\", "%"]
)
def test_odd_searches_find_nothing_and_harm_nothing(operator: Actor, text: str) -> None:
    city()
    assert search_places(operator, text) == []


def test_asking_for_an_address_is_in_the_log(operator: Actor) -> None:
    city()
    before = log.size()
    search_places(operator, "Абай 12")
    name_place(operator, 43.24, 76.9)
    assert log.size() == before + 2
    with pytest.raises(Refused) as caught:
        name_place(operator, 95.0, 76.9)
    assert caught.value.name == Refusal.BAD_PLACE
    analyst = actor(user("analyst", Role.ANALYST))
    for act in (lambda: search_places(analyst, "Абай"), lambda: name_place(analyst, 43.2, 76.9)):
        with pytest.raises(Refused):
            act()
