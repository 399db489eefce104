# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room. An ocid may hold slashes, so it is a path."""

from django.urls import path

from tarazy.procurement import views, views_parties, views_quality

app_name = "procurement"
urlpatterns = [
    path("first", views.first, name="first"),
    path("flags", views.flags, name="flags"),
    path("quality", views_quality.quality, name="quality"),
    path("buyers", views_quality.buyers, name="buyers"),
    path("buyers/<path:buyer>", views_quality.quality, name="buyer"),
    path("parties", views_parties.parties, name="parties"),
    path("parties/<slug:pair>", views_parties.decide, name="decide"),
    path("processes/<path:ocid>", views.process, name="process"),
]
