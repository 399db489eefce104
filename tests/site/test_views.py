# SPDX-License-Identifier: EUPL-1.2
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tarazy.site import secrets

ASK = """
import django
django.setup()
from django.test import Client
for address in ("/supervision/", "/health/ready", "/health/live"):
    client = Client(raise_request_exception=False)
    if address == "/supervision/":
        client.cookies["__Host-session"] = "a" * 32
    answer = client.get(address)
    print(address, answer.status_code, answer.headers.get("Retry-After"))
"""


@pytest.mark.system
def test_while_the_database_is_away_pages_say_so(tmp_path: Path) -> None:
    """A process of its own, whose database is at a port where nobody listens."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/tarazy",
        "TARAZY_FOLDER": str(tmp_path),
        "TARAZY_HOSTS": "testserver",
        **secrets.make(),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TARAZY_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=kept | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "/supervision/ 503 5",
        "/health/ready 503 None",
        "/health/live 200 None",
    ]
