# SPDX-License-Identifier: EUPL-1.2
"""Where the bytes of scans, photos and signatures lie: outside the web root, by their digest."""

from pathlib import Path

from django.conf import settings


def path_of(sha256: str) -> Path:
    """Where the bytes with this digest lie."""
    folder: Path = settings.TARAZY.papers_folder
    return folder / sha256[:2] / sha256
