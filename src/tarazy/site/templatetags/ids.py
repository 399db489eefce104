# SPDX-License-Identifier: EUPL-1.2
"""Public ids for eyes: the kind and the last digits, which differ; the whole stays in the title."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tarazy.core.ids import PUBLIC_ID

TAIL = 6

register = template.Library()


@register.filter
def short_id(text: str | None) -> str | SafeString:
    """`ord_…1a2b3c` with the whole id as its title; anything else as it is."""
    if not text or not PUBLIC_ID.match(text):
        return text or ""
    return format_html('<code title="{}">{}…{}</code>', text, text[:4], text[-TAIL:])
