# SPDX-License-Identifier: EUPL-1.2
"""The procurement room as a Django application."""

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    """Public contracts and their red flags."""

    name = "tarazy.procurement"
    label = "procurement"
