# SPDX-License-Identifier: EUPL-1.2
"""What a figure was measured with: a line that each benchmark prints first."""

import os
import platform
import subprocess
from importlib import metadata

from tarazy.site.postgres import binaries

OURS = (
    *("Django", "granian", "psycopg", "numpy", "numba", "shapely", "pyproj"),
    *("duckdb", "ibis-framework", "pyarrow", "msgspec", "lightgbm", "rapidfuzz"),
)
PEERS = ("sedonadb", "ocdscardinal", "pyspark", "pymerkle", "amqtt", "playwright")


def tell() -> None:
    """Print the versions of what is installed here, and how many processors there are."""
    server = subprocess.run(
        [str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    found = [f"Python {platform.python_version()}", f"PostgreSQL {server.stdout.split()[-1]}"]
    for name in (*OURS, *PEERS):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    print(f"measured with {', '.join(found)}; {os.cpu_count()} processors", flush=True)
