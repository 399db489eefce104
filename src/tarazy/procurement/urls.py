# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room. An id is as it was published, with slashes and line breaks in it."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from tarazy.procurement import views, views_export, views_imports, views_parties, views_quality


class PublishedId(StringConverter):
    """Any text. Django's own "path" has no address for a text with a line break."""

    regex = r"[\s\S]+"


register_converter(PublishedId, "published")
app_name = "procurement"
urlpatterns = [
    path("first", views.first, name="first"),
    path("first/table", views_export.first, name="first-export"),
    path("flags", views.flags, name="flags"),
    path("flags/table", views_export.flags, name="flags-export"),
    path("quality", views_quality.quality, name="quality"),
    path("buyers", views_quality.buyers, name="buyers"),
    path("buyers/<published:buyer>", views_quality.quality, name="buyer"),
    path("imports", views_imports.imports, name="imports"),
    path("parties", views_parties.parties, name="parties"),
    path("parties/<slug:pair>", views_parties.decide, name="decide"),
    path("processes/<published:ocid>", views.process, name="process"),
]
