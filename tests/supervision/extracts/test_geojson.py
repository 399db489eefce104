# SPDX-License-Identifier: EUPL-1.2
import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused
from tarazy.supervision.extracts import geojson
from tarazy.supervision.extracts.interface import PASSED_OVER, Found, Kind, Problem, Told
from tarazy.supervision.refusals import Refusal

LINE = [[76.9, 43.2], [76.91, 43.2]]
ROAD = {"name": "a", "highway": "road"}
HOUSE = {"addr:street": "Абай даңғылы", "addr:housenumber": "12/3", "addr:city": "Алматы"}


def feature(tags: object, kind: str = "Point", coordinates: object = (76.9, 43.2)) -> Any:
    return {
        "type": "Feature",
        "properties": tags,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def read(content: bytes) -> list[Told]:
    return list(geojson.read(io.BufferedReader(io.BytesIO(content))))


def line(one: object) -> Told:
    (told,) = read(json.dumps(one).encode() + b"\n")
    return told


@pytest.mark.parametrize(
    ("one", "kind", "title"),
    [
        (feature(HOUSE), Kind.HOUSE, "Абай даңғылы 12/3"),
        (
            feature(HOUSE, "Polygon", [[[76, 43], [76.2, 43], [76.2, 43.2], [76, 43]]]),
            Kind.HOUSE,
            "Абай даңғылы 12/3",
        ),
        (
            feature({"name": "Abay", "highway": "residential"}, "LineString", LINE),
            Kind.STREET,
            "Abay",
        ),
        (
            feature({"name": "Abay", "highway": "primary"}, "MultiLineString", [LINE, LINE]),
            Kind.STREET,
            "Abay",
        ),
        (feature({"name": "Үлгікент", "place": "town"}), Kind.SETTLEMENT, "Үлгікент"),
    ],
)
def test_tags_become_places(one: Any, kind: Kind, title: str) -> None:
    found = line(one)
    assert isinstance(found, Found)
    assert (found.kind, found.title) == (kind, title)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (feature({"amenity": "cafe", "name": "Abay"}), PASSED_OVER),
        (feature({"highway": "residential"}, "LineString", LINE), PASSED_OVER),
        (feature({"highway": "footway", "name": "a"}, "LineString", LINE), PASSED_OVER),
        (feature(None), PASSED_OVER),
        (feature([1]), PASSED_OVER),
        (feature({"name": ["a"], "place": "town"} | {"name": ""}), PASSED_OVER),
        ([], Problem.JSON),
        ("abc", Problem.JSON),
        ({"type": "Point"}, Problem.JSON),
        ({"type": "Feature", "properties": HOUSE, "geometry": None}, Problem.GEOMETRY),
        (feature(HOUSE, coordinates=[43.2]), Problem.COORDINATES),
        (feature(HOUSE, coordinates=[None, 43.2]), Problem.COORDINATES),
        (feature(HOUSE, coordinates=["76", "43"]), Problem.COORDINATES),
        (feature(HOUSE, coordinates=[True, 43.2]), Problem.COORDINATES),
        (feature(HOUSE, coordinates=[76.9, 89.9]), Problem.COORDINATES),
        (feature(HOUSE, coordinates={"lat": 1}), Problem.COORDINATES),
        (feature(HOUSE, "Polygon", []), Problem.COORDINATES),
        (feature(ROAD, "Point"), Problem.GEOMETRY),
        (feature(ROAD, "LineString", [[1, 2]]), Problem.COORDINATES),
        (feature(ROAD, "LineString", [[-179, 2], [179, 2]]), Problem.GEOMETRY),
        (feature(ROAD, "LineString", [[1, 2], [60, 2]]), Problem.TOO_LONG),
        (feature({"name": "a" * 300, "place": "town"}), Problem.NAME),
        (feature({"name": "a\ufffdb", "place": "town"}), Problem.ENCODING),
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_by_name(one: Any, expected: Told) -> None:
    assert line(one) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{\n", Problem.JSON),
        (b"[" * 100_000 + b"\n", Problem.JSON),
        (b"9" * 5_000 + b"\n", Problem.JSON),
        (b"\xff\xfe{\n", Problem.ENCODING),
        (b'\x1e{"type": "Feature", "properties": {"a": NaN}}\n', PASSED_OVER),
    ],
)
def test_a_wrong_line_is_refused_alone(content: bytes, expected: Told) -> None:
    good = json.dumps(feature(HOUSE)).encode() + b"\n"
    first, wrong, last = read(good + content + good)
    assert isinstance(first, Found)
    assert isinstance(last, Found)
    assert wrong == expected


def collection(count: int, **more: object) -> bytes:
    features = [feature(HOUSE | {"addr:housenumber": str(number)}) for number in range(count)]
    whole = {"type": "FeatureCollection", **more, "features": features}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def test_a_collection_larger_than_a_chunk_is_read_as_a_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(geojson, "CHUNK", 77)  # letters of two bytes are cut in the middle
    told = read(collection(40, name="an extract"))
    assert [one.title for one in told if isinstance(one, Found)] == [
        f"Абай даңғылы {number}" for number in range(40)
    ]


def test_an_empty_collection_is_empty() -> None:
    assert read(collection(0)) == []


@pytest.mark.parametrize("cut", [60, 200, -3])
def test_a_collection_that_is_broken_off_is_refused_whole(cut: int) -> None:
    with pytest.raises(Refused) as caught:
        read(collection(5)[:cut])
    assert caught.value.name == Refusal.EXTRACT_BROKEN


def test_a_feature_without_an_end_is_refused_before_memory_is_full() -> None:
    endless = b'{"type": "FeatureCollection", "features": [{"a": "' + b"x" * (12 * 1024 * 1024)
    with pytest.raises(Refused):
        read(endless)


@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault(content: bytes) -> None:
    for start in (b"", b'{"type": "FeatureCollection", "features": [', b'{"type": "Feature", '):
        with suppress(Refused):
            read(start + content)
