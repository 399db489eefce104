# SPDX-License-Identifier: EUPL-1.2
"""A picture of days: each a strip of 24 local hours, by state, with the hours that applied framed.

States differ by pattern too, not by colour alone, so that a copy in black and white can be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from zoneinfo import ZoneInfo

from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.spent import Stretch
from tarazy.supervision.presence.timetable import Interval

LEFT, WIDTH, ROW, BAR, TOP = 74.0, 600.0, 15.0, 10.0, 18.0
HOURS_EACH = 3
LEGEND = 22.0
FONT = 'font-family="Libertinus Serif, Georgia, serif"'
KEPT, BREACHED, UNKNOWN = "kept", "breached", "unknown"
FILLS = {
    KEPT: '<rect width="6" height="6" fill="#8cc5b4"/>',
    BREACHED: '<rect width="6" height="6" fill="#d9643a"/>'
    '<path d="M0 6L6 0" stroke="#5c1d08" stroke-width="1.4"/>',
    UNKNOWN: '<rect width="6" height="6" fill="#e3e3e3"/>'
    '<circle cx="3" cy="3" r="0.9" fill="#777777"/>',
}


@dataclass(frozen=True, slots=True)
class Legend:
    """What is asked, and the words in the reader's language."""

    words: dict[Presence, str]
    applies: str
    keep_out: bool = False
    """Whether being inside is what the condition forbids."""

    def look(self, presence: Presence) -> str:
        """The pattern of a state: the same for what was asked, whichever that is."""
        if presence is Presence.UNKNOWN:
            return UNKNOWN
        return KEPT if (presence is Presence.OUTSIDE) == self.keep_out else BREACHED


def strips(
    found: Sequence[Stretch], hours: Sequence[Interval], zone: ZoneInfo, legend: Legend
) -> str:
    """SVG of the days of these stays, with the `hours` framed."""
    if not found:
        return ""
    days = _days(found[0].since, found[-1].until, zone)
    height = TOP + ROW * len(days) + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 8:g} {height:g}"'
        f' width="{LEFT + WIDTH + 8:g}" height="{height:g}" role="img">',
        "<defs>",
        *(_pattern(name, fill) for name, fill in FILLS.items()),
        "</defs>",
        *_scale(len(days)),
    ]
    for row, day in enumerate(days):
        parts += _row(
            row, _Day(day, zone), [(one, legend.look(one.presence)) for one in found], hours
        )
    parts += _legend(legend, height)
    return "".join([*parts, "</svg>"])


def _pattern(name: str, fill: str) -> str:
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">{fill}</pattern>'
    )


def _scale(rows: int) -> list[str]:
    lines = []
    for hour in range(0, 25, HOURS_EACH):
        x = LEFT + WIDTH * hour / 24
        lines.append(
            f'<text x="{x:.1f}" y="11" font-size="9" text-anchor="middle" fill="#666666" {FONT}>'
            f"{hour:02d}</text>"
            f'<path d="M{x:.1f} {TOP - 4:g}V{TOP + ROW * rows:g}" stroke="#cccccc"/>'
        )
    return lines


@dataclass(frozen=True, slots=True)
class _Day:
    """A local day; one of 23 or 25 hours is drawn as long as the others."""

    day: date
    zone: ZoneInfo

    def span(self) -> Interval:
        return Interval(
            _midnight(self.day, self.zone), _midnight(self.day + timedelta(days=1), self.zone)
        )


def _row(
    row: int, day: _Day, found: Sequence[tuple[Stretch, str]], hours: Sequence[Interval]
) -> list[str]:
    begin, end = day.span()
    y = TOP + ROW * row

    def x_of(moment: datetime) -> float:
        return LEFT + WIDTH * ((moment - begin) / (end - begin))

    parts = [
        f'<text x="{LEFT - 6:g}" y="{y + BAR - 1:.1f}" font-size="9" text-anchor="end"'
        f' fill="#444444" {FONT}>{day.day:%d.%m.%Y}</text>'
    ]
    for stay, look in found:
        since, until = max(stay.since, begin), min(stay.until, end)
        if since < until:
            parts.append(
                f'<rect x="{x_of(since):.2f}" y="{y:.1f}" height="{BAR:g}"'
                f' width="{x_of(until) - x_of(since):.2f}" fill="url(#{look})"/>'
            )
    for hour in hours:
        since, until = max(hour.since, begin), min(hour.until, end)
        if since < until:
            parts.append(
                f'<rect x="{x_of(since):.2f}" y="{y:.1f}" height="{BAR:g}" fill="none"'
                f' width="{x_of(until) - x_of(since):.2f}" stroke="#222222" stroke-width="0.9"/>'
            )
    return parts


def _legend(legend: Legend, height: float) -> list[str]:
    parts, y = [], height - 12
    step = (LEFT + WIDTH) / (len(legend.words) + 1)
    for column, (presence, text) in enumerate(legend.words.items()):
        parts.append(_sign(column * step, y, f'fill="url(#{legend.look(presence)})"', text))
    frame = 'fill="none" stroke="#222222" stroke-width="0.9"'
    return [*parts, _sign(len(legend.words) * step, y, frame, legend.applies)]


def _sign(x: float, y: float, look: str, text: str) -> str:
    return (
        f'<rect x="{x + 2:.1f}" y="{y:.1f}" width="16" height="9" {look}/>'
        f'<text x="{x + 22:.1f}" y="{y + 8:.1f}" font-size="9" fill="#444444" {FONT}>'
        f"{escape(text)}</text>"
    )


def _days(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    first = since.astimezone(zone).date()
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
