# SPDX-License-Identifier: EUPL-1.2
"""What a wheel of the project holds: `pip install` of it needs no Node and no compiler of texts."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.system


def test_a_wheel_holds_pages_texts_and_tables(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    vendor = "tarazy/site/static/vendor"
    assert {
        f"{vendor}/maplibre-gl.js",
        f"{vendor}/htmx.min.js",
        f"{vendor}/idiomorph.min.js",
        f"{vendor}/uPlot.iife.min.js",
        f"{vendor}/kazakhstan.json",
        f"{vendor}/licences/maplibre-gl.txt",
        "tarazy/site/locale/kk/LC_MESSAGES/django.mo",
        "tarazy/core/audit/schema.sql",
        "tarazy/supervision/migrations/fixes.sql",
        "tarazy/site/templates/base.html",
    } <= names
    assert not any("node_modules" in name or name.startswith("tests/") for name in names)
