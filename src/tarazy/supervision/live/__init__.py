# SPDX-License-Identifier: EUPL-1.2
"""The events process: feeds open pages with what changes, and closes them when rights end."""

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

STOP_S_MAX = 3


def serve() -> None:
    """Serve until told to stop. DJANGO_SETTINGS_MODULE names the settings, as for every process."""
    here = settings.TARAZY
    Granian(
        "tarazy.supervision.live.app:application",
        address=here.bind,
        port=here.events_port,
        interface=Interfaces.ASGI,
        workers=1,
        workers_kill_timeout=STOP_S_MAX,  # streams never end by themselves
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
