# SPDX-License-Identifier: EUPL-1.2
import re
from math import cos, radians

import pytest

from tarazy.supervision.reports.sketch import METRES_A_DEGREE, SIZE, Outline
from tarazy.supervision.reports.survey import (
    PRINTED_M,
    SIGNS_MAX,
    Ground,
    Sign,
    plane_of,
    scale_number,
    survey,
)

CITY = (76.88, 43.20, 76.96, 43.26)


def signs(count: int, state: str = "calm") -> list[Sign]:
    return [Sign(76.90 + n * 0.0001, 43.23, state, n + 1, 12.0) for n in range(count)]


def test_each_sign_has_a_shape_a_number_and_its_accuracy() -> None:
    three = [
        Sign(76.90, 43.22, "alert", 1, 30.0),
        Sign(76.92, 43.23, "unknown", 2),
        Sign(76.94, 43.24, "calm", 3, 8.0),
    ]
    drawn = survey(plane_of(*CITY), Ground(), three)
    assert [drawn.count(f">{n}</text>") for n in (1, 2, 3)] == [1, 1, 1]
    assert drawn.count('Z" fill') == 1, "a triangle for whom needs checking"
    assert drawn.count('stroke-dasharray="2.4 1.6"') == 1, "a dashed ring where nothing is known"
    assert drawn.count("stroke-opacity") == 2, "a ring where the accuracy is known"


def test_many_share_a_ring_with_their_number_but_who_needs_checking_does_not() -> None:
    crowd = [*signs(SIGNS_MAX), Sign(76.9, 43.23, "unknown", 99), Sign(76.9, 43.23, "alert", 100)]
    drawn = survey(plane_of(*CITY), Ground(), crowd)
    numbers = [
        int(one) for one in re.findall(r'text-anchor="middle" fill="#17335c"[^>]*>(\d+)<', drawn)
    ]
    assert sum(numbers) == SIGNS_MAX + 1
    assert ">?1</text>" in drawn
    assert ">100</text>" in drawn


def test_coordinates_stand_at_round_degrees() -> None:
    drawn = survey(plane_of(*CITY), Ground(), [])
    lines = {float(one) for one in re.findall(r">(-?\d+\.\d+)°<", drawn)}
    assert {43.22, 43.24, 76.9, 76.92} <= lines
    across = survey(plane_of(179.9, 10.0, 180.1, 10.1), Ground(), [])
    assert "-179.95°" in across


def test_the_scale_is_what_a_ruler_says() -> None:
    plane = plane_of(*CITY)
    west, south, east, north = plane.box()
    metres = (east - west) * METRES_A_DEGREE * cos(radians((south + north) / 2))
    assert scale_number(plane) == pytest.approx(metres / PRINTED_M, rel=0.01)
    assert plane.points_a_metre == pytest.approx(SIZE / metres)


def test_the_ground_is_under_the_signs() -> None:
    ring = ((76.90, 43.22), (76.91, 43.22), (76.91, 43.23), (76.90, 43.22))
    ground = Ground(
        streets=(((76.89, 43.21), (76.95, 43.25)),),
        borders=([[76.0, 43.0], [77.0, 44.0]],),
        zones=(Outline((ring,), keep_out=True),),
        shared=(Outline((((76.92, 43.24),),), 150.0),),
    )
    drawn = survey(plane_of(*CITY), ground, signs(1))
    order = [drawn.index(one) for one in ("#8a8a8a", "#d4d1c7", "#b9c3cc", "1 2", "6 3", 'r="4"')]
    assert order == sorted(order)
