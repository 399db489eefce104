# SPDX-License-Identifier: EUPL-1.2
"""The top floor as a Django application; at start it hands the policy and the wiring down."""

from django.apps import AppConfig
from typing_extensions import override


class SiteConfig(AppConfig):
    """Puts the rooms together."""

    name = "tarazy.site"
    label = "tarazy_site"

    @override
    def ready(self) -> None:
        from tarazy.site import wiring

        wiring.connect()
