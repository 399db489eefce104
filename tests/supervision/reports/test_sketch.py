# SPDX-License-Identifier: EUPL-1.2
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.reports.sketch import SIZE, Outline, sketch

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def seen(lat: float, lon: float, accuracy_m: float | None = 10.0) -> Sighting:
    return Sighting(NOW, lat, lon, accuracy_m)


def dots(svg: str) -> list[tuple[float, float]]:
    circles = ET.fromstring(svg).iter(f"{SVG}circle")
    return [
        (float(c.get("cx", "")), float(c.get("cy", ""))) for c in circles if c.get("r") == "2.6"
    ]


def test_north_is_up_and_east_is_right() -> None:
    here, there = dots(sketch([(1, seen(48.6, 66.9)), (2, seen(48.601, 66.901))], None))
    assert there[0] > here[0]
    assert there[1] < here[1]
    assert all(0 <= value <= SIZE for value in (*here, *there))


def test_it_is_drawn_to_scale() -> None:
    """A circle of 100 m reaches as far as a fix 100 m north of its centre."""
    north = seen(48.6 + 100 / 111_195, 66.9)
    svg = sketch([(1, north)], Outline((((66.9, 48.6),),), 100.0))
    zone = next(c for c in ET.fromstring(svg).iter(f"{SVG}circle") if c.get("stroke-dasharray"))
    (dot,) = dots(svg)
    top = float(zone.get("cy", "")) - float(zone.get("r", ""))
    assert dot[1] == pytest.approx(top, abs=0.2)


def test_the_180th_meridian_is_no_edge() -> None:
    west, east = dots(sketch([(1, seen(-17.0, 179.9999)), (2, seen(-17.0, -179.9999))], None))
    assert 0 < east[0] - west[0] < SIZE / 2


@pytest.mark.parametrize("accuracy_m", [None, 0.0, 5e6])
def test_any_accuracy_is_drawn_or_left_out(accuracy_m: float | None) -> None:
    assert len(dots(sketch([(7, seen(48.6, 66.9, accuracy_m))], None))) == 1


def test_a_polygon_with_a_hole_and_a_zone_to_keep_out_of() -> None:
    ring = ((66.9, 48.6), (66.91, 48.6), (66.91, 48.61), (66.9, 48.6))
    svg = sketch([], Outline((ring, ring), keep_out=True))
    way = next(ET.fromstring(svg).iter(f"{SVG}g")).find(f"{SVG}path")
    assert way is not None
    assert way.get("d", "").count("Z") == 2
    assert way.get("stroke-dasharray") == "6 3"


def test_nothing_gives_nothing() -> None:
    assert sketch([], None) == ""
