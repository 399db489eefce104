# SPDX-License-Identifier: EUPL-1.2
"""The ground floor as a Django application."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Tables and commands of the ground floor."""

    name = "tarazy.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
