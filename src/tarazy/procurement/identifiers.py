# SPDX-License-Identifier: EUPL-1.2
"""The identifier of a party as it is compared: a BIN or IIN as its twelve digits alone.

Publishers and lists write words before a number (`БИН 971240001315`, `KZ-BIN-971240001315`).
Whatever compares two identifiers compares what this gives, in Python or by its pattern in SQL.

A number of a register abroad is compared with numbers of the same register only, which its scheme
names as org-id.guide does (`GB-COH`): without letter case, spaces, dashes, and the scheme before
it.
"""

import re

NUMBER = r"^\D*(\d{12})$"
"""As DuckDB and Spark read it: their digits are those of ASCII. Texts come without outer blanks."""
REGISTER = """
coalesce(nullif(upper(trim(scheme)), ''),
    regexp_extract(upper(trim(coalesce(identifier, party_id))), '^([A-Z]{2}-[A-Z]{2,})-', 1))
"""
"""The scheme of a party's row, in DuckDB's SQL; else what stands for one before its number."""
ABROAD = rf"regexp_matches({REGISTER}, '^[A-Z]{{2}}-[A-Z0-9]+$') AND {REGISTER} NOT LIKE 'KZ-%'"
_NUMBER = re.compile(NUMBER, re.ASCII)


def number(text: str) -> str:
    """The twelve digits at the end of a text that holds no other digit; else nothing."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else ""


def compared(text: str) -> str:
    """The number, or a text without one as it is."""
    return number(text) or text
