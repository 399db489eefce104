# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from tarazy.supervision.judging.unseen import Why
from tarazy.supervision.reports.chart import box_of, chart
from tarazy.supervision.reports.sketch import Outline
from tarazy.supervision.stays import Gap, Leg, Move, Stop

AT = datetime(2026, 3, 2, tzinfo=UTC)
LEGS: list[Leg] = [
    Stop(AT, AT, 43.2, 76.9, 30.0, 10),
    Move(AT, AT, ((76.9, 43.2), (76.905, 43.2), (76.91, 43.21)), 1_500.0),
    Gap(AT, AT, Why.BATTERY, ((76.91, 43.21), (76.92, 43.21))),
    Gap(AT, AT, Why.BATTERY, (None, (76.92, 43.21))),
    Stop(AT, AT, 43.21, 76.92, 30.0, 10),
]


def test_stops_are_numbered_and_gaps_are_dashed() -> None:
    svg = chart(LEGS, [Outline((((76.9, 43.2),),), 200.0)], [((76.9, 43.2), (76.91, 43.2))])
    drawn = ET.fromstring(svg)
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[:2] == ["1", "2"]
    assert svg.count('stroke-dasharray="3 5"') == 1
    assert svg.count("#c9c6bb") == 1
    assert "N" in texts


def test_nothing_is_drawn_of_nothing() -> None:
    nothing: list[Leg] = [Gap(AT, AT, Why.UNKNOWN, (None, None))]
    assert (chart(nothing, [], []), box_of(nothing)) == ("", None)


def test_the_box_holds_all_that_is_drawn() -> None:
    box = box_of(LEGS)
    assert box is not None
    west, south, east, north = box
    assert (west < 76.9, east > 76.92) == (True, True)
    assert (south < 43.2, north > 43.21) == (True, True)
