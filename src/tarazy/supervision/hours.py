# SPDX-License-Identifier: EUPL-1.2
"""A weekly timetable as people write it, one line each: `Mon-Fri 22:00-06:00`.

Days are said in the language of the screen, or as numbers with Monday as 1. What is written here is
what `looks.words.timetable_words` shows.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext, override

from tarazy.core.catalogue import said
from tarazy.supervision.presence.timetable import HOURS_MAX, WEEK_DAYS

LINE = re.compile(r"(?P<days>.+?)\s+(?P<start>\d{1,2}:\d\d)\s*[-–—]\s*(?P<end>\d{1,2}:\d\d)")
WHOLE_DAY = ("00:00", "24:00")
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
