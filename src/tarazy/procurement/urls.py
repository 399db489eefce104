# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the procurement room."""

from django.urls import URLPattern

app_name = "procurement"
urlpatterns: list[URLPattern] = []
