# SPDX-License-Identifier: EUPL-1.2
"""The web process: the pages, and the static files beside them."""

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 4
STATIC_EXPIRES_S = 600


def serve() -> None:
    """Serve until told to stop."""
    here = settings.TARAZY
    here.static_folder.mkdir(parents=True, exist_ok=True)  # the application fills it (wsgi.py)
    Granian(
        "tarazy.site.wsgi:application",
        address=here.bind,
        port=here.web_port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        static_path_route=["/static"],
        static_path_mount=[here.static_folder],
        static_path_expires=STATIC_EXPIRES_S,
        log_level=LogLevels.warning,
    ).serve()
