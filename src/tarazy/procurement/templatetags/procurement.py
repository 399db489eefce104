# SPDX-License-Identifier: EUPL-1.2
"""How published figures and moments are written on a page: with separators, unit and currency."""

import math
from datetime import datetime
from decimal import Decimal

from django import template
from django.templatetags import tz
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from tarazy.core.money import exponent_of
from tarazy.procurement import deciding
from tarazy.procurement.codelists import MEANINGS

register = template.Library()
PLACES_MAX = 8
LEAST = 0.1  # with one place behind the point
CODE_LENGTH_MAX = 80  # of a publisher's own code


@register.filter
def amount(value: Decimal | None, currency: str | None) -> str:
    """`12 500,00 KZT`: the currency's places, or more where more were published."""
    if value is None:
        return "–"
    exponent = value.normalize().as_tuple().exponent
    published = -exponent if isinstance(exponent, int) else 0
    places = min(PLACES_MAX, max(exponent_of(currency or ""), published))
    figure = number_format(value, decimal_pos=places, force_grouping=True)
    unit = currency or gettext("no currency")
    return f"{figure}\N{NO-BREAK SPACE}{unit}"


@register.filter
def grouped(count: int) -> str:
    """`11 100 000`: a count of a country."""
    return number_format(count, force_grouping=True)


@register.filter
def figure(value: float | None, unit: str) -> str:
    """The value of a finding after its unit: `bidders: 1` needs no plural in any language."""
    if value is None:
        return ""
    places = 0 if value == int(value) else 1
    if 0 < abs(value) < LEAST:  # two prices a hundredth of a percent apart are not the same
        places = min(PLACES_MAX, 1 - math.floor(math.log10(abs(value))))
    shown = number_format(round(value, places), decimal_pos=places, force_grouping=True)
    return f"{gettext(unit)}: {shown}"


@register.filter
def meaning(code: str | None, kind: str) -> SafeString | str:
    """What a code of OCDS says, and the code itself for whoever points at it."""
    said = MEANINGS[kind].get(code or "")
    if said is None:
        return Truncator(code or "–").chars(CODE_LENGTH_MAX)
    return format_html('<span title="{}">{}</span>', code, gettext(said))


@register.filter
def quantity(value: Decimal | None) -> str:
    """A quantity as published, without the zeros that only fill the column."""
    if value is None:
        return "–"
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return number_format(value, decimal_pos=places, force_grouping=True)


@register.filter(is_safe=True)  # what `join` has escaped is not escaped again
def masked(text: object) -> str:
    """What was published, without the numbers (IIN) of persons; nothing stays nothing."""
    return "" if text is None else deciding.masked(str(text))


@register.filter
def local(at: datetime) -> datetime:
    """The moment here; in UTC where it would be outside the calendar here.

    A publisher without an end date may write the last second of the year 9999.
    """
    try:
        shown: datetime = tz.localtime(at)
    except OverflowError:
        shown = tz.utc(at)
    return shown


@register.filter
def share(part: int, whole: int) -> str:
    """`4,1 %`; what is not none is never `0,0 %`, and what is not all is never `100,0 %`."""
    if not whole:
        return "–"
    percent, sign = 100 * part / whole, ""
    if part and percent < LEAST:
        percent, sign = LEAST, "<\N{NO-BREAK SPACE}"
    if part < whole and percent > 100 - LEAST:
        percent, sign = 100 - LEAST, ">\N{NO-BREAK SPACE}"
    return f"{sign}{number_format(round(percent, 1), decimal_pos=1)}\N{NO-BREAK SPACE}%"
