# SPDX-License-Identifier: EUPL-1.2
import json
import sys
from types import FrameType

import pytest

from tarazy.core.errors import Refused
from tarazy.supervision.zone_files import BYTES_MAX, CORNERS_MAX, ZONES_MAX, zones_of

RING = [[66.9, 48.6], [66.91, 48.6], [66.91, 48.61], [66.9, 48.6]]
KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>школа</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
66.9,48.6,0 66.91,48.6,0 66.91,48.61,0 66.9,48.6,0</coordinates></LinearRing></outerBoundaryIs>
</Polygon></MultiGeometry></Placemark></Document></kml>"""


def geojson(*rings: object, kind: str = "Polygon") -> bytes:
    return json.dumps({"type": kind, "coordinates": list(rings)}).encode()


def reason(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        zones_of(content)
    assert caught.value.name == "zone_unreadable"
    return str(caught.value.facts["reason"])


def test_geojson_and_kml_give_the_same_zone() -> None:
    (of_json,) = zones_of(geojson(RING))
    (of_kml,) = zones_of(KML.encode())
    assert of_json.rings == of_kml.rings == [RING]
    assert of_kml.name == "школа"


def test_heights_are_passed_over_and_collections_opened() -> None:
    high = [[*point, 350.0] for point in RING]
    polygon = {"type": "Polygon", "coordinates": [high]}
    feature = {"type": "Feature", "properties": None, "geometry": polygon}
    whole = {"type": "FeatureCollection", "features": [feature, {**feature, "geometry": None}]}
    assert zones_of(b"\xef\xbb\xbf" + json.dumps(whole).encode())[0].rings == [RING]
    assert len(zones_of(geojson([RING], [RING], kind="MultiPolygon"))) == 2


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("a\x00b\x1b[2J", "a b [2J"),
        ("School\u202e5\nin two lines", "School 5 in two lines"),
        ("School\u00a0No. 5", "School No. 5"),
        ("\u200b", ""),
        (5, "5"),
        (None, ""),
    ],
)
def test_a_name_is_one_line_that_a_screen_shows(told: object, name: str) -> None:
    polygon = {"type": "Polygon", "coordinates": [RING]}
    feature = {"type": "Feature", "properties": {"name": told}, "geometry": polygon}
    (found,) = zones_of(json.dumps(feature).encode())
    assert found.name == name


def test_placemarks_in_placemarks_cost_no_more_than_their_length() -> None:
    """Each was searched whole: two megabytes of them kept a process of the pages for minutes."""
    deep, steps = 2_000, 0

    def counted(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal steps
        steps += event == "call"

    body = KML.partition("<Placemark>")[2].partition("</Document>")[0]
    content = "<kml>" + "<Placemark>" * deep + "<Placemark>" + body + "</Placemark>" * deep
    sys.setprofile(counted)
    try:
        found = zones_of((content + "</kml>").encode())
    finally:
        sys.setprofile(None)
    assert [(one.name, one.rings) for one in found] == [("школа", [RING])]
    assert steps < 20 * deep


def test_the_polygons_of_a_kml_keep_their_order_and_names() -> None:
    head, _, rest = KML.partition("<Placemark>")
    mark, _, foot = rest.partition("</Document>")
    second = mark.replace("школа", "2").replace("66.9,", "66.8,")
    folders = f"<Folder><Placemark>{mark}</Folder><Placemark>{second}"
    found = zones_of(f"{head}{folders}</Document>{foot}".encode())
    assert [one.name for one in found] == ["школа", "2"]


SWAPPED = [[lat, lon] for lon, lat in RING]
BOW = [[66.9, 48.6], [66.91, 48.61], [66.91, 48.6], [66.9, 48.61], [66.9, 48.6]]
FINE = [[66 + n / 1e5, 48.6 + (n % 2) / 1e5] for n in range(CORNERS_MAX)]
BOMB = '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "neither"),
        (b"PK\x03\x04", "neither"),
        (b"{", "no readable JSON"),
        (b'{"type": ' * 100_000, "no readable JSON"),
        (b'{"type": "Point", "coordinates": [66, 48]}', "no polygon"),
        (b'{"type": "Polygon", "coordinates": 5}', "a list"),
        (b'{"type": "Polygon", "coordinates": [[["a", 1]]]}', "a longitude and a latitude"),
        (b'{"type": "FeatureCollection", "features": [null]}', "no object"),
        (geojson(SWAPPED), "changed over"),
        (geojson([[66, 148], [67, 148], [67, 149], [66, 148]]), "not on earth"),
        (geojson(BOW), "cross"),
        (geojson(RING[:3]), "three corners"),
        (geojson([[10**400, 48.6], *RING[1:]]), "not on earth"),
        (geojson([*FINE, FINE[0]]), "corners"),
        (geojson(*[[RING]] * (ZONES_MAX + 1), kind="MultiPolygon"), "polygons"),
        (b"{" + b" " * BYTES_MAX, "larger than"),
        (KML.replace("<kml", f"{BOMB}<kml").encode(), "document type"),
        (KML[:200].encode(), "no readable KML"),
        (KML.replace("66.9,48.6,0", "here").encode(), "no pair"),
        (KML.replace("outerBoundaryIs", "x").encode(), "no outer ring"),
        (KML.encode("utf-16"), "neither"),
    ],
)
def test_a_hostile_file_is_refused_with_the_reason(content: bytes, part: str) -> None:
    assert part in reason(content)
