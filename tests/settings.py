# SPDX-License-Identifier: EUPL-1.2
"""The service's own settings on a PostgreSQL of this test run's own (see conftest.py)."""

import os
import tempfile
from pathlib import Path

from tarazy.site import secrets

os.environ.update(
    {
        "TARAZY_MODE": "demo",
        "TARAZY_FOLDER": tempfile.mkdtemp(prefix="tarazy-test-"),
        **secrets.make("demo-"),
    }
)
os.environ.pop("DATABASE_URL", None)
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path.home() / ".cache"))  # not anew for each run

from tarazy.site.settings import *  # noqa: F403 - after the environment is set

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
