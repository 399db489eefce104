# SPDX-License-Identifier: EUPL-1.2
"""The trade-off between false alerts and delay as a picture: docs/truth.svg, out of bench/out.

    python bench/truth.py --curve --people 20 && python bench/peers/truth_plot.py

One panel a profile of noise, one curve a way of judging, one point a setting. Down and to the left
is better. Nothing is drawn by hand: who runs both commands gets the same picture.
"""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tarazy.supervision.simulate.profiles import PROFILES

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "bench" / "out" / "truth.jsonl"
PICTURE = ROOT / "docs" / "truth.svg"
ACROSS, PANEL_W, PANEL_H = 3, 250, 210
LEFT, TOP, GAP_X, GAP_Y, FOOT = 62, 78, 34, 64, 72
INTERVAL_S_MAX = 60.0
DELAY_S_MAX, ASKED_S, ASKED_FALSE = 300.0, 180.0, 1.0
FALSE_MIN, FALSE_MAX = 0.03, 1000.0
"""None at all is drawn at the lower edge, with a hollow mark; what is slower at the right one."""
METHODS = {
    "kernel alone": ("ours", "Tarazy, at five thresholds (the large mark is the one in use)"),
    "points outside": ("points", "1, 2, 3, 4 points outside (1 is point in polygon)"),
    "minus 3x accuracy": ("accuracy", "beyond the fence by 3 accuracies, 1 to 4 in a row"),
    "crude sequential test": ("crude", "crude sequential test, four thresholds"),
}
OURS = ("kernel alone", "-4")
STYLE = """
.sheet { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e }
text { font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px }
.grid { stroke: #d8dee4 } .asked { stroke: #59636e; stroke-dasharray: 4 3 }
.curve { fill: none; stroke-width: 2 } .hollow { stroke-width: 2 }
.ours { stroke: #0550ae } .ours.dot { fill: #0550ae } .points { stroke: #bc4c00 }
.points.dot { fill: #bc4c00 } .accuracy { stroke: #116329 } .accuracy.dot { fill: #116329 }
.crude { stroke: #8250df } .crude.dot { fill: #8250df } .dot.hollow { fill: #ffffff }
@media (prefers-color-scheme: dark) {
.sheet { fill: #0d1117 } .ink { fill: #f0f6fc } .soft { fill: #9198a1 }
.grid { stroke: #3d444d } .asked { stroke: #9198a1 }
.ours { stroke: #79c0ff } .ours.dot { fill: #79c0ff } .points { stroke: #ffa657 }
.points.dot { fill: #ffa657 } .accuracy { stroke: #7ee787 } .accuracy.dot { fill: #7ee787 }
.crude { stroke: #d2a8ff } .crude.dot { fill: #d2a8ff } .dot.hollow { fill: #0d1117 }
}
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of one way of judging."""

    delay_s: float
    false: float
    setting: str


Panel = dict[str, list[Point]]


def panels(rows: Sequence[str]) -> dict[str, Panel]:
    """The last figures of each profile, way and setting; the settings in the order of a run."""
    found: dict[str, dict[tuple[str, str], Point]] = {}
    for text in rows:
        row = json.loads(text)
        if row["curve"] and row["delay_median_s"] is not None:
            point = Point(row["delay_median_s"], row["false_a_month_joined"], row["setting"])
            found.setdefault(row["profile"], {})[row["method"], row["setting"]] = point
    return {
        name: {
            method: [point for (other, _), point in found[name].items() if other == method]
            for method in METHODS
        }
        for name, noise in PROFILES.items()
        if name in found and noise.interval_s <= INTERVAL_S_MAX
    }


def x_of(delay_s: float) -> float:
    return PANEL_W * min(max(delay_s, 0.0), DELAY_S_MAX) / DELAY_S_MAX


def y_of(false: float) -> float:
    low, high = math.log10(FALSE_MIN), math.log10(FALSE_MAX)
    share = (math.log10(min(max(false, FALSE_MIN), FALSE_MAX)) - low) / (high - low)
    return PANEL_H * (1 - share)


def frame(name: str) -> Iterator[str]:
    """Grid, what was asked for, and the words along the edges."""
    yield f'<text class="ink title" x="0" y="-10">{escape(name)} noise</text>'
    for exponent in range(-1, 4):
        y = y_of(10.0**exponent)
        word = f"{10.0**exponent:g}"
        yield f'<line class="grid" x1="0" y1="{y:.1f}" x2="{PANEL_W}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="-6" y="{y + 4:.1f}" text-anchor="end">{word}</text>'
    for minute in range(6):
        x = x_of(60.0 * minute)
        yield f'<line class="grid" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{PANEL_H}"/>'
        where = f'x="{x:.1f}" y="{PANEL_H + 16}" text-anchor="middle"'
        yield f'<text class="soft" {where}>{minute}</text>'
    x, y = x_of(ASKED_S), y_of(ASKED_FALSE)
    yield f'<path class="asked" fill="none" d="M0 {y:.1f} H{x:.1f} V{PANEL_H}"/>'


def curve(method: str, points: Sequence[Point]) -> Iterator[str]:
    kind = METHODS[method][0]
    places = [(x_of(one.delay_s), y_of(one.false)) for one in points]
    if not places:
        return
    path = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    yield f'<path class="curve {kind}" d="M{path}"/>'
    for (x, y), one in zip(places, points, strict=True):
        size = 6 if (method, one.setting) == OURS else 3.5
        hollow = " hollow" if one.false < FALSE_MIN else ""
        told = f"{method} {one.setting}: {one.false:g} a month, {one.delay_s:.0f} s"
        yield f'<circle class="dot {kind}{hollow}" cx="{x:.1f}" cy="{y:.1f}" r="{size}">'
        yield f"<title>{escape(told)}</title></circle>"


def picture(found: dict[str, Panel]) -> str:
    down = math.ceil(len(found) / ACROSS)
    width = LEFT + ACROSS * PANEL_W + (ACROSS - 1) * GAP_X + 24
    height = TOP + down * PANEL_H + (down - 1) * GAP_Y + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>False location alerts against delay, by way of judging and noise</title>",
        f'<style>{STYLE}</style><rect class="sheet" width="{width}" height="{height}"/>',
    ]
    for n, (kind, words) in enumerate(METHODS.values()):
        x, y = LEFT + (n % 2) * 400, 22 + 20 * (n // 2)
        parts.append(f'<circle class="dot {kind}" cx="{x}" cy="{y - 4}" r="5"/>')
        parts.append(f'<text class="ink" x="{x + 12}" y="{y}">{escape(words)}</text>')
    for n, (name, panel) in enumerate(found.items()):
        x = LEFT + (n % ACROSS) * (PANEL_W + GAP_X)
        y = TOP + (n // ACROSS) * (PANEL_H + GAP_Y)
        inside = [
            *frame(name),
            *(one for method in METHODS for one in curve(method, panel[method])),
        ]
        parts += [f'<g transform="translate({x} {y})">', *inside, "</g>"]
    said = (
        "Across: median minutes from crossing the fence to the alert. Up: false location alerts.",
        "Of one person in a month, breaks of up to 30 minutes joined. Asked: inside the dashes.",
    )
    for n, words in enumerate(said):
        y = height - 32 + 18 * n
        parts.append(f'<text class="soft" x="{LEFT}" y="{y}">{escape(words)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    if not ROWS.exists():
        sys.exit(f"{ROWS} is not there: run bench/truth.py --curve first")
    PICTURE.write_text(picture(panels(ROWS.read_text().splitlines())))
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
