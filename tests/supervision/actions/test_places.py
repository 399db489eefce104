# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterable, Iterator
from datetime import date

import pytest

from tarazy.core.access import Actor
from tarazy.core.audit import log
from tarazy.core.door import together
from tarazy.core.errors import Refused
from tarazy.supervision.actions.places import Extract, drop_places, replace_places
from tarazy.supervision.extracts.interface import PASSED_OVER, Found, Kind, Problem, Told
from tarazy.supervision.models import Place, PlaceExtract
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
HOUSE = Found(Kind.HOUSE, "Абай көшесі 12", "Алматы", (((76.9, 43.2),),))
STREET = Found(Kind.STREET, "Абай көшесі", "Алматы", (((76.9, 43.2), (76.91, 43.2)),))


def extract(rows: Iterable[Told], name: str = "osm") -> Extract:
    return Extract(name=name, format="geojson", dated_on=date(2026, 11, 1), rows=rows)


def test_rows_are_taken_refused_and_counted(console: Actor) -> None:
    rows: list[Told] = [HOUSE, Problem.COORDINATES, STREET, PASSED_OVER, Problem.COORDINATES]
    before = log.size()
    found = replace_places(console, extract(rows))
    assert found.places == 2
    assert found.refused == {"coordinates": 2, "passed_over": 1}
    assert log.size() == before + 1
    pieces = Place.objects.filter(kind="street")
    assert pieces.count() == 5  # 811 m, none longer than 200
    assert [one.search_key for one in pieces if one.search_key] == ["abai almati"]


def test_a_later_extract_of_the_name_takes_the_place_of_the_first(console: Actor) -> None:
    replace_places(console, extract([HOUSE, STREET]))
    replace_places(console, extract([HOUSE], name="geonames"))
    replace_places(console, extract([HOUSE]))
    assert list(PlaceExtract.objects.values_list("name", "places")) == [("geonames", 1), ("osm", 1)]
    assert Place.objects.count() == 2
    assert drop_places(console, "osm").places == 1
    assert Place.objects.count() == 1
    with pytest.raises(Refused) as caught:
        drop_places(console, "osm")
    assert caught.value.name == Refusal.EXTRACT_UNKNOWN


def broken_off() -> Iterator[Told]:
    yield HOUSE
    raise Refused(Refusal.EXTRACT_BROKEN)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], Refusal.EXTRACT_EMPTY),
        ([Problem.ENCODING] * 3, Refusal.EXTRACT_EMPTY),
        (broken_off(), Refusal.EXTRACT_BROKEN),
    ],
)
def test_what_fails_leaves_the_one_before(
    console: Actor, rows: Iterable[Told], why: Refusal
) -> None:
    replace_places(console, extract([HOUSE, STREET]))
    with pytest.raises(Refused) as caught, together():
        replace_places(console, extract(rows))
    assert caught.value.name == why
    assert PlaceExtract.objects.get().places == 2
    assert Place.objects.count() == 6


@pytest.mark.parametrize("name", ["", " ", "a" * 41, "a\nb"])
def test_an_extract_has_a_name(console: Actor, name: str) -> None:
    with pytest.raises(Refused) as caught:
        replace_places(console, extract([HOUSE], name=name))
    assert caught.value.name == Refusal.BAD_FIELD
