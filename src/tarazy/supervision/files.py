# SPDX-License-Identifier: EUPL-1.2
"""What an uploaded file really is, and whether a scanner finds something in it.

What the browser says of a file is not believed. The scanner is the service's own: ClamAV's daemon
(`clamd`, its INSTREAM command), or a program that exits with 0 for clean and 1 for infected.
"""

import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.refusals import Refusal

FILE_BYTES_MAX = 20 * 1024 * 1024
SCAN_S_MAX = 60
CHUNK_BYTES = 64 * 1024
ANSWER_BYTES_MAX = 4096
CLAMD_PORT = 3310
TAIL_BYTES = 1024
CLEAN, INFECTED = 0, 1

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"


def content_type_of(content: bytes) -> str | None:
    """The type by the bytes: PDF, PNG or JPEG from the first to the last; None for all else."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-TAIL_BYTES:]:
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content.rstrip(b"\0").endswith(
        b"IEND\xaeB`\x82"
    ):
        return PNG
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-TAIL_BYTES:]:
        return JPEG
    return None


def check_for_malware(scanner: str, path: Path) -> bool:
    """Ask the scanner of the settings about a file; False where the service has none.

    Raises Refused where it finds something, Temporary where it cannot be asked.
    """
    if not scanner:
        return False
    infected = (
        _by_clamd(scanner, path) if scanner.startswith("clamd://") else _by_program(scanner, path)
    )
    if infected:
        raise Refused(Refusal.FILE_INFECTED)
    return True


def _by_program(program: str, path: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's own program
            [program, str(path)], capture_output=True, timeout=SCAN_S_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Temporary("the malware scanner is away") from error
    if done.returncode not in {CLEAN, INFECTED}:
        raise Temporary("the malware scanner has failed")
    return done.returncode == INFECTED


def _by_clamd(address: str, path: Path) -> bool:
    """INSTREAM: chunks, each with its length before it, and an empty one at the end."""
    try:
        with _connected(address) as daemon, path.open("rb") as file:
            daemon.sendall(b"zINSTREAM\0")
            read: Callable[[], bytes] = lambda: file.read(CHUNK_BYTES)  # noqa: E731
            for chunk in iter(read, b""):
                daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!I", 0))
            answer = daemon.recv(ANSWER_BYTES_MAX).rstrip(b"\0\n")
    except (OSError, ValueError) as error:
        raise Temporary("the malware scanner is away") from error
    if answer.endswith(b"FOUND"):
        return True
    if answer.endswith(b"OK"):
        return False
    raise Temporary("the malware scanner has failed")


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or CLAMD_PORT), SCAN_S_MAX)
    daemon = socket.socket(socket.AF_UNIX)
    daemon.settimeout(SCAN_S_MAX)
    try:
        daemon.connect(parts.path)
    except OSError:
        daemon.close()
        raise
    return daemon
