# SPDX-License-Identifier: EUPL-1.2
"""What a device says of its SIM card: the number printed on it (ICCID), or nothing that is sure.

It is only ever compared with what the same device said before, so no more than a keyed digest of it
is kept (actions/intake.py). A number that was read wrongly would be a change that never was:

1. what follows the digits is filler (F, ?), up to 20 digits
2. digits alone have to end with their check digit (ITU-T E.118, Luhn's); captured frames of H02
   have the same card with two digits read wrongly, a day apart
3. some operators' numbers have letters up to F, and no check digit: they are taken as they are
"""

import re

LETTERED = re.compile(r"89[0-9A-F]{18}", re.ASCII)
DIGITS = re.compile(r"89\d{16,18}", re.ASCII)


def card(text: str) -> str | None:
    """The number of a card, or None where it cannot be believed."""
    told = text.strip().upper().rstrip("?").rstrip("F")  # (1)
    if DIGITS.fullmatch(told):
        return told if _checked(told) else None  # (2)
    return told if not told.isdecimal() and LETTERED.fullmatch(told) else None  # (3)


def _checked(digits: str) -> bool:
    doubled = (2 * int(one) for one in digits[-2::-2])
    total = sum(int(one) for one in digits[::-2]) + sum(one - 9 * (one > 9) for one in doubled)
    return total % 10 == 0
