# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this room. An ocid may hold slashes, so it is a path."""

from django.urls import path

from tarazy.procurement import views

app_name = "procurement"
urlpatterns = [
    path("first", views.first, name="first"),
    path("flags", views.flags, name="flags"),
    path("processes/<path:ocid>", views.process, name="process"),
]
