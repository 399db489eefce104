# SPDX-License-Identifier: EUPL-1.2
"""INI text as Cardinal's library reads it.

"=" or ":" stands between a name and its value. Backslash escapes count in names, values and
sections, so that an escaped sign is no sign, and a backslash at the end of a line joins the next
one. Quotes around the beginning of a value are taken off; inside them a value may have several
lines, and blanks at its ends are lost all the same. Softer than the library in one thing: a comment
may be indented.
"""

import re

SHORT_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "r": "\r", "n": "\n", "\n": ""}
ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{4})|(.))", re.DOTALL)
SURROGATES = range(0xD800, 0xE000)
BLANKS = re.compile(r"\s*")
BLANKS_OF_THE_LINE = re.compile(r"[^\S\r\n]*")
COMMENT = re.compile(r"[^\n]*")
REST_OF_THE_LINE = re.compile(r"(?:\\.|[^\\\r\n])*", re.DOTALL)

Section = tuple[str | None, dict[str, str]]


class BadIni(Exception):
    """The text is no INI file; the message says why."""


def sections(text: str) -> list[Section]:
    """Each section with its names and values, in the order of the file; None before the first."""
    found: list[Section] = [(None, {})]
    name = ""
    place = _end(BLANKS, text, 0)
    while place < len(text):
        sign = text[place]
        if sign in ";#":
            place = _end(COMMENT, text, place)
        elif sign == "[":
            section, place = _until("]", text, place + 1)
            found.append((section.strip(), {}))
            place += 1
        elif sign in "=:":
            if not name:
                raise BadIni(f"missing key before {_shown(text[place:])}")
            found[-1][1][name], place = _value(text, place + 1)
            name = ""
        else:
            name, place = _until("=:", text, place)
            name = name.strip()
        place = _end(BLANKS, text, place)
    return found


def _value(text: str, start: int) -> tuple[str, int]:
    place = _end(BLANKS_OF_THE_LINE, text, start)
    inside, quote = "", text[place : place + 1]
    if quote in tuple("'\""):
        inside, place = _until(quote, text, place + 1)
        place += 1
    end = _end(REST_OF_THE_LINE, text, place)
    if text[end : end + 1] == "\\":
        raise BadIni(f"nothing follows the backslash of {_shown(text[place:])}")
    return (inside + _unescaped(text[place:end])).strip(), end


def _until(ends: str, text: str, start: int) -> tuple[str, int]:
    """The text before the first of `ends` that is not escaped, and where that is."""
    place = _end(re.compile(rf"(?:\\.|[^\\{re.escape(ends)}])*", re.DOTALL), text, start)
    if text[place : place + 1] not in tuple(ends):
        wanted = " or ".join(f'"{end}"' for end in ends)
        raise BadIni(f"expecting {wanted} after {_shown(text[start:])}")
    return _unescaped(text[start:place]), place


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern ends that begins here; all of them may be empty."""
    hit = pattern.match(text, start)
    return start if hit is None else hit.end()


def _shown(text: str) -> str:
    return repr(text.split("\n", 1)[0][:80])


def _unescaped(text: str) -> str:
    def replaced(hit: re.Match[str]) -> str:
        if hit[1]:
            return _character(int(hit[1], 16))
        if hit[2] == "x":
            raise BadIni(f"four hexadecimal digits are expected in {_shown(text[hit.start() :])}")
        return SHORT_ESCAPES.get(hit[2], hit[2])

    return ESCAPE.sub(replaced, text) if "\\" in text else text


def _character(number: int) -> str:
    if number in SURROGATES:
        raise BadIni(f"\\x{number:04x} is no character")
    return chr(number)
