# SPDX-License-Identifier: EUPL-1.2
"""What stands a hundred times on a board: a time with its age, and how urgent an alert is.

Made here and not of smaller tags: that takes a third of the time.
"""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as dated
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext

from tarazy.core.catalogue import said

register = template.Library()

URGENCIES = {"critical": said("critical"), "high": said("high"), "low": said("low")}


@register.simple_tag
def moment(at: datetime | None, full: Any = False) -> SafeString:  # noqa: FBT002 - a template's word
    """`at` (aware) as `<time>`: today the clock alone, else with its day; never without one."""
    if not at:
        return format_html('<span class="quiet">{}</span>', gettext("never"))
    here = timezone.localtime(at)
    offset = dated(here, "O")
    if full:
        words = format_html(
            '{} <span class="quiet">UTC{}</span>', dated(here, "j E Y, H:i:s"), offset
        )
    else:
        today = here.date() == timezone.localdate()
        words = SafeString(dated(here, "H:i" if today else "j E H:i"))
    return format_html(
        '<time datetime="{}" title="{} UTC{}">{} <span class="age" data-age>{}</span></time>',
        here.isoformat(),
        dated(here, "j F Y, H:i:s"),
        offset,
        words,
        gettext("%(age)s ago") % {"age": timesince(at)},
    )


@register.simple_tag
def chip(severity: str) -> SafeString:
    """How urgent an alert is: shape, colour and word."""
    return format_html(
        '<span class="chip {0}"><span class="sign sign-{0}" aria-hidden="true"></span>{1}</span>',
        severity,
        gettext(URGENCIES.get(severity, URGENCIES["low"])),
    )
