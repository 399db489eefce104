# SPDX-License-Identifier: EUPL-1.2
"""What is stored, said in words: sentences of alerts, certainty, timetables, shapes for the map."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext

from tarazy.core.catalogue import said
from tarazy.supervision.classes import shared_zones
from tarazy.supervision.models import AlertVersion, Zone, ZoneKind
from tarazy.supervision.presence import geometry

WEEK = tuple(range(7))
PERCENT = 100
PARTS_MAX = 1_000
"""Shared zones of a class that a map is given."""

# From this probability on these words are used; the number always stands beside them.
CERTAINTY = (
    (0.99, said("nearly certain")),
    (0.9, said("very likely")),
    (0.7, said("likely")),
    (0.5, said("more likely than not")),
    (0.0, said("possible, but not likely")),
)


def sentence_of(version: AlertVersion, **instead: str) -> str:
    """What happened, in the language of the screen; `instead` takes the place of its own facts.

    A sentence whose facts do not fit is shown as it is: an alert must never break the board.
    """
    text = gettext(version.sentence)
    try:
        return text.format(**{**version.facts, **instead})
    except (KeyError, IndexError, ValueError):
        return text


def certainty(probability: float | None) -> str:
    """How sure we are, in words; empty where the rule measures time and not places."""
    if probability is None:
        return ""
    return gettext(next(words for least, words in CERTAINTY if probability >= least))


def percent(probability: float | None) -> str:
    """The probability as a number that claims no more than it can; empty where there is none."""
    if probability is None:
        return ""
    rounded = round(probability * PERCENT)
    if rounded >= PERCENT:
        return gettext("over 99 %")
    return f"{rounded} %" if rounded > 0 else gettext("under 1 %")


def span_words(span: timedelta | None) -> str:
    """A length of time in minutes and seconds, or in hours and minutes; empty for none."""
    if span is None:
        return ""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, rest = divmod(minutes, 60)
    if hours:
        return gettext("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    return gettext("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)


def claim_of(versions: Sequence[AlertVersion]) -> AlertVersion:
    """The newest version that says what happened, not that it is over; `versions` oldest first."""
    running = [version for version in versions if version.until is None]
    return running[-1] if running else versions[-1]


def timetable_words(
    timetable: Sequence[dict[str, Any]], exceptions: Sequence[dict[str, Any]] = ()
) -> list[str]:
    """A weekly timetable as lines such as 'Mon–Fri 22:00–06:00'; empty means always. Then its
    exceptions, by their dates."""
    lines = [f"{_days(row['days'])} {_hours(row)}" for row in timetable] or [gettext("always")]
    none = gettext("no hours begin")
    for day in sorted(exceptions, key=lambda one: str(one["date"])):
        hours = ", ".join(_hours(row) for row in day.get("hours", ()))
        when = date_format(date.fromisoformat(day["date"]), "SHORT_DATE_FORMAT")
        lines.append(f"{when}: {hours or none}")
    return lines


def _hours(row: dict[str, Any]) -> str:
    if (row["from"], row["until"]) == ("00:00", "24:00"):
        return gettext("round the clock")
    return f"{row['from']}–{row['until']}"


def _days(days: Sequence[int]) -> str:
    chosen = sorted(set(days))
    if chosen == list(WEEK):
        return gettext("every day")
    runs: list[list[int]] = []
    for day in chosen:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [str(WEEKDAYS_ABBR[run[0]]) for run in runs]
    lasts = [f"–{WEEKDAYS_ABBR[run[-1]]}" if len(run) > 1 else "" for run in runs]
    return ", ".join(name + last for name, last in zip(names, lasts, strict=True))


def shape_of(zone: Zone) -> dict[str, Any]:
    """A zone for the map: the circle in degrees and metres, or the rings of (lon, lat).

    A corridor is drawn by its outline; what stands for a class of shared zones has them as `parts`.
    """
    if zone.kind == ZoneKind.PLACES:
        return {
            "name": zone.name,
            "kind": zone.kind,
            "parts": [shape_of(one) for one in shared_zones(zone.place_class)[:PARTS_MAX]],
        }
    if zone.kind == ZoneKind.CORRIDOR:
        drawn = geometry.corridor((zone.rings or [()])[0], zone.radius_m or 0.0)
        return {"name": zone.name, "kind": "polygon", "rings": geometry.outline(drawn)}
    return {
        "name": zone.name,
        "kind": zone.kind,
        "lat": zone.lat,
        "lon": zone.lon,
        "radius_m": zone.radius_m,
        "rings": zone.rings,
    }
