# SPDX-License-Identifier: EUPL-1.2
"""The web process's application, for granian or any WSGI server.

It collects the pages' style and scripts as it starts: whoever serves the one has the other.
"""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from tarazy.site import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tarazy.site.settings")
logs.configure("web")
application = get_wsgi_application()
call_command("collectstatic", interactive=False, verbosity=0)
