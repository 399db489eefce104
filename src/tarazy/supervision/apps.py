# SPDX-License-Identifier: EUPL-1.2
"""The supervision room as a Django application."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """People under a court order."""

    name = "tarazy.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
