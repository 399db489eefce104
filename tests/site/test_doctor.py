# SPDX-License-Identifier: EUPL-1.2
"""The doctor's checks, each in its states by real means."""

import dataclasses
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from tarazy.site import doctor
from tarazy.site.doctor import NTP_EPOCH_S, State

NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


@contextmanager
def time_server(ahead_s: float, answer: bytes | None = None) -> Iterator[str]:
    """A time server whose clock is ahead of ours by so much."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def serve() -> None:
        _, caller = line.recvfrom(99)
        now_s = time.time() + ahead_s + NTP_EPOCH_S
        stamp = struct.pack(">II", int(now_s), int(now_s % 1 * 2**32))
        line.sendto(bytes(32) + stamp * 2 if answer is None else answer, caller)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{line.getsockname()[1]}"
    finally:
        thread.join()
        line.close()


@pytest.mark.parametrize(
    ("ahead_s", "state", "words"),
    [(0.0, State.OK, "0.0"), (-30.0, State.FAULT, "30.00 s ahead"), (5.5, State.FAULT, "behind")],
)
def test_the_clock_against_a_time_server(ahead_s: float, state: State, words: str) -> None:
    with time_server(ahead_s) as server:
        found = doctor.clock_finding(server)
    assert found.state is state
    assert words in found.words


def test_no_time_is_not_a_right_time() -> None:
    with time_server(0, b"?") as server:
        assert doctor.clock_finding(server).state is State.UNKNOWN
    assert doctor.clock_finding("").state is State.UNKNOWN
    assert doctor.clock_finding("127.0.0.1:1").state is State.UNKNOWN


def certificate(folder: Path, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gate.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=90))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    path = folder / "gate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("days", "state"), [(60, State.OK), (9, State.LOOK), (-2, State.FAULT)])
def test_certificates_near_their_end(tmp_path: Path, days: int, state: State) -> None:
    path = certificate(tmp_path, NOW + timedelta(days=days))
    assert doctor.certificate_finding(path, NOW).state is state


def test_what_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    found = doctor._tried("certificate", lambda: doctor.certificate_finding(broken, NOW))
    assert found.state is State.UNKNOWN


def test_ports_that_answer_and_that_do_not() -> None:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
        assert doctor.port_finding("127.0.0.1", port, "X").state is State.LOOK
        line.listen()
        assert doctor.port_finding("127.0.0.1", port, "X").state is State.OK


def test_the_disk_lasts_so_long(tmp_path: Path) -> None:
    assert "not known" in doctor.disk_finding(tmp_path / "not" / "there", None).words
    assert doctor.disk_finding(tmp_path, 1e3).state is State.OK
    assert doctor.disk_finding(tmp_path, 1e18).state is State.FAULT


def test_without_a_database_the_rest_is_still_told() -> None:
    away = dataclasses.replace(
        settings.TARAZY,
        database_url="postgresql://x@/x?host=/nowhere",
        ntp_server="",
        certificates=(),
    )
    found = {one.check: one.state for one in doctor.examine(away, NOW)}
    assert found["database"] is State.FAULT
    assert found["clock"] is State.UNKNOWN
    assert "disk" in found
