# SPDX-License-Identifier: EUPL-1.2
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.spent import Stretch
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.reports.strips import LEFT, WIDTH, Legend, strips

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {one: f"<{one.value}>" for one in Presence}
ALMATY, BERLIN = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Berlin")


INDOORS, AWAY = Legend(WORDS, "a & b"), Legend(WORDS, "a & b", keep_out=True)


def drawn(
    found: list[Stretch], hours: list[Interval], zone: ZoneInfo, legend: Legend = INDOORS
) -> ET.Element:
    return ET.fromstring(strips(found, hours, zone, legend))


def bars(root: ET.Element, look: str) -> list[tuple[float, float]]:
    """Left edge and width of each bar, without the legend's."""
    return [
        (float(one.get("x", "")), float(one.get("width", "")))
        for one in root.findall(f"{SVG}rect")
        if one.get("fill") == f"url(#{look})" and one.get("width") != "16"
    ]


def test_a_stay_over_midnight_is_drawn_on_both_days() -> None:
    since = datetime(2026, 11, 1, 18, 0, tzinfo=UTC)  # 23:00 in Almaty
    root = drawn([Stretch(Presence.OUTSIDE, since, since + timedelta(hours=2))], [], ALMATY)
    first, second = bars(root, "breached")
    assert first == (round(LEFT + WIDTH * 23 / 24, 2), WIDTH / 24)
    assert second == (LEFT, WIDTH / 24)


def test_a_day_of_25_hours_is_filled_and_not_more() -> None:
    midnight = datetime(2026, 10, 25, tzinfo=BERLIN).astimezone(UTC)
    whole = Stretch(Presence.INSIDE, midnight, midnight + timedelta(hours=25))
    (bar,) = bars(drawn([whole], [], BERLIN), "kept")
    assert bar == (LEFT, WIDTH)


def test_in_a_forbidden_zone_being_inside_is_what_stands_out() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    inside = [Stretch(Presence.INSIDE, since, since + timedelta(hours=1))]
    assert bars(drawn(inside, [], ALMATY, AWAY), "breached")
    assert bars(drawn(inside, [], ALMATY, INDOORS), "kept")


def test_words_are_escaped_and_nothing_gives_nothing() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    root = drawn([Stretch(Presence.UNKNOWN, since, since + timedelta(hours=1))], [], ALMATY)
    texts = [one.text for one in root.findall(f"{SVG}text")]
    assert "<inside>" in texts
    assert "a & b" in texts
    assert strips([], [], ALMATY, INDOORS) == ""
