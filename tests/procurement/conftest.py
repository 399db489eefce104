# SPDX-License-Identifier: EUPL-1.2
"""Files to import, and a folder to import them into."""

import json
from pathlib import Path
from typing import Any

import pytest
from procurement.imported import (
    Write,
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write releases, or raw bytes, as a file of lines."""

    def lines(name: str, *contents: dict[str, Any] | bytes) -> Path:
        path = tmp_path / name
        rows = (one if isinstance(one, bytes) else json.dumps(one).encode() for one in contents)
        path.write_bytes(b"\n".join(rows) + b"\n" if contents else b"")
        return path

    return lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "own"
