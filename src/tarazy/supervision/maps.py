# SPDX-License-Identifier: EUPL-1.2
"""What every page with a map is told about it."""

from django.conf import settings


def map_facts() -> dict[str, object]:
    """The operator's own style or tiles, where the settings name one."""
    here = settings.TARAZY
    return {"map_style_url": here.map_style_url, "map_tiles": here.map_tiles is not None}
