# SPDX-License-Identifier: EUPL-1.2
"""A weekly timetable as people write it, one line each: `Mon-Fri 22:00-06:00`.

Days are said in the language of the screen, or as numbers with Monday as 1. What is written here is
what `looks.words.timetable_words` shows. Exceptions stand apart, a date each: `2026-03-08
23:00-06:00`, or `31.12.2026: no hours begin`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext, override

from tarazy.core.catalogue import said
from tarazy.supervision.presence.timetable import EXCEPTIONS_MAX, HOURS_MAX, WEEK_DAYS

LINE = re.compile(r"(?P<days>.+?)\s+(?P<start>\d{1,2}:\d\d)\s*[-–—]\s*(?P<end>\d{1,2}:\d\d)")
DATED = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)\.(\d\d?)\.(\d{4}))\s*:?\s+(.+)", re.ASCII)
SPAN = re.compile(r"(\d{1,2}:\d\d)\s*[-–—]\s*(\d{1,2}:\d\d)", re.ASCII)
WHOLE_DAY = ("00:00", "24:00")
NO_HOURS = said("no hours begin")
EVERY_DAY, AROUND_THE_CLOCK, ALWAYS = said("every day"), said("round the clock"), said("always")
LINE_LENGTH_MAX = 200


class UnreadableLine(ValueError):
    """A line that is no hours; its number and text are the arguments."""


def week_days() -> list[str]:
    """The short names of the days, Monday first, in the language of the screen."""
    return [str(WEEKDAYS_ABBR[day]) for day in range(WEEK_DAYS)]


def read_hours(text: str) -> list[dict[str, object]]:
    """The lines of a condition's timetable; empty text means always. Raises UnreadableLine."""
    lines = [line.strip(" ;.") for line in text.splitlines() if line.strip(" ;.")]
    if len(lines) > HOURS_MAX:
        raise UnreadableLine(HOURS_MAX + 1, lines[HOURS_MAX])
    if len(lines) == 1 and lines[0].casefold() in _said(ALWAYS):
        return []
    return [_line(number, line) for number, line in enumerate(lines, 1)]


def read_exceptions(text: str) -> list[dict[str, object]]:
    """Dates with other hours than their day of the week, one a line. Raises UnreadableLine."""
    lines = [line.strip(" ;.") for line in text.splitlines() if line.strip(" ;.")]
    if len(lines) > EXCEPTIONS_MAX:
        raise UnreadableLine(EXCEPTIONS_MAX + 1, lines[EXCEPTIONS_MAX])
    found = [_dated(number, line) for number, line in enumerate(lines, 1)]
    dates = [one["date"] for one in found]
    for number, one in enumerate(dates):
        if one in dates[:number]:
            raise UnreadableLine(number + 1, lines[number])
    return found


def exceptions_text(exceptions: Sequence[Mapping[str, Any]]) -> str:
    """Exceptions as `read_exceptions` reads them, in the language of the screen."""
    spans = {
        str(one["date"]): ", ".join(_span(row) for row in one.get("hours", ()))
        for one in exceptions
    }
    return "\n".join(f"{day}: {spans[day] or gettext(NO_HOURS)}" for day in sorted(spans))


def _span(row: Mapping[str, str]) -> str:
    whole = (row["from"], row["until"]) == WHOLE_DAY
    return gettext(AROUND_THE_CLOCK) if whole else f"{row['from']}–{row['until']}"


def _dated(number: int, line: str) -> dict[str, object]:
    found = DATED.fullmatch(line) if len(line) <= LINE_LENGTH_MAX else None
    if found is None:
        raise UnreadableLine(number, line[:LINE_LENGTH_MAX])
    parts = found.groups()
    year, month, day = parts[:3] if parts[0] else (parts[5], parts[4], parts[3])
    try:
        told = date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise UnreadableLine(number, line) from None
    return {"date": told, "hours": _spans(number, line, parts[6])}


def _spans(number: int, line: str, text: str) -> list[dict[str, str]]:
    if text.casefold() in _said(NO_HOURS):
        return []
    found = []
    for part in text.split(","):
        span = SPAN.fullmatch(part.strip())
        start, end = span.groups() if span else ("", "")
        if part.strip().casefold() in _said(AROUND_THE_CLOCK):
            start, end = WHOLE_DAY
        if not start or not (_is_clock(start) and _is_clock(end)) or start.startswith("24"):
            raise UnreadableLine(number, line)
        found.append({"from": start.zfill(5), "until": end.zfill(5)})
    return found


def _line(number: int, line: str) -> dict[str, object]:
    whole = next((w for w in _said(AROUND_THE_CLOCK) if line.casefold().endswith(w)), None)
    if len(line) > LINE_LENGTH_MAX:
        raise UnreadableLine(number, line[:LINE_LENGTH_MAX])
    if whole is not None:
        days, (start, end) = line[: -len(whole)].strip(" :"), WHOLE_DAY
    elif found := LINE.fullmatch(line):
        days, start, end = found["days"].strip(" :"), found["start"], found["end"]
    else:
        raise UnreadableLine(number, line)
    chosen = _days(days.casefold())
    if not chosen or not (_is_clock(start) and _is_clock(end)) or start.startswith("24"):
        raise UnreadableLine(number, line)
    return {"days": chosen, "from": start.zfill(5), "until": end.zfill(5)}


def _is_clock(text: str) -> bool:
    hour, minute = (int(part) for part in text.split(":"))
    return (hour < 24 and minute < 60) or (hour, minute) == (24, 0)  # noqa: PLR2004 - a clock


def _days(text: str) -> list[int]:
    """Numbers of days, Monday 0; empty where one is not understood."""
    if text in _said(EVERY_DAY):
        return list(range(WEEK_DAYS))
    names, chosen = _day_names(), set[int]()
    for part in re.split(r"[,\s]+", re.sub(r"\s*[-–—]\s*", "-", text)):
        first, dash, last = part.partition("-")
        begin, end = names.get(first), names.get(last if dash else first)
        if begin is None or end is None:
            return []
        chosen |= {(begin + n) % WEEK_DAYS for n in range((end - begin) % WEEK_DAYS + 1)}
    return sorted(chosen)


@lru_cache(maxsize=8)
def _said(text: str) -> frozenset[str]:
    found = {text}
    for language, _ in settings.LANGUAGES:
        with override(language):
            found.add(gettext(text))
    return frozenset(one.casefold() for one in found)


def _day_names() -> dict[str, int]:
    return _names_in(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=8)
def _names_in(screen: str) -> dict[str, int]:
    """Short names in the language of the screen and in English alone, whole ones in any language.

    Kazakh's short Tuesday is Russian's short Saturday: no other language may be guessed.
    """
    names = {str(day + 1): day for day in range(WEEK_DAYS)}
    for language, _ in settings.LANGUAGES:
        with override(language):
            short = WEEKDAYS_ABBR if language in {screen, "en"} else {}
            for words in (short, WEEKDAYS):
                names |= {str(words[day]).casefold(): day for day in words}
    return names
