# SPDX-License-Identifier: EUPL-1.2
"""The identifier of a party as it is compared: a BIN or IIN as its twelve digits alone.

Publishers and lists write words before a number (`БИН 971240001315`, `KZ-BIN-971240001315`).
Whatever compares two identifiers compares what this gives, in Python or by its pattern in SQL.
"""

import re

NUMBER = r"^\D*(\d{12})$"
"""As DuckDB and Spark read it: their digits are those of ASCII. Texts come without outer blanks."""
_NUMBER = re.compile(NUMBER, re.ASCII)


def number(text: str) -> str:
    """The twelve digits at the end of a text that holds no other digit; else nothing."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else ""


def compared(text: str) -> str:
    """The number, or a text without one as it is."""
    return number(text) or text
