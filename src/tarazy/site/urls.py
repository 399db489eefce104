# SPDX-License-Identifier: EUPL-1.2
"""Every address of the web process."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
