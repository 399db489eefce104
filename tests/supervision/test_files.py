# SPDX-License-Identifier: EUPL-1.2
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.files import CHUNK_BYTES, check_for_malware, content_type_of

PDF = b"%PDF-1.7 x %%EOF"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (PDF + b"\r\n", "application/pdf"),
        (b" " + PDF, None),
        (b"%PDF-1.7 cut", None),
        (PDF + b"x" * 2000, None),
        (b"\xff\xd8\xff\xe0 x \xff\xd9", "image/jpeg"),
        (b"\xff\xd8\xff\xe0 x", None),
        (b"\x89PNG\r\n\x1a\n x IEND\xaeB`\x82", "image/png"),
        (b"\x89PNG\r\n\x1a\n x", None),
        (b"GIF89a", None),
        (b"<svg/>", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_are(content: bytes, found: str | None) -> None:
    assert content_type_of(content) == found


@contextmanager
def daemon(answer: bytes, received: list[bytes]) -> Iterator[int]:
    """Speaks ClamAV's INSTREAM once: takes the chunks, gives this answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client, client.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while length := struct.unpack("!I", stream.read(4))[0]:
                    received.append(stream.read(length))
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_clamd_is_given_the_whole_file_in_chunks(tmp_path: Path) -> None:
    path, received = tmp_path / "scan.pdf", list[bytes]()
    path.write_bytes(PDF * 10_000)
    with daemon(b"stream: OK\0", received) as port:
        assert check_for_malware(f"clamd://127.0.0.1:{port}", path)
    assert b"".join(received) == path.read_bytes()
    assert max(map(len, received)) <= CHUNK_BYTES


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"stream: Eicar-Test-Signature FOUND\0", Refused),
        (b"INSTREAM size limit exceeded. ERROR\0", Temporary),
        (b"", Temporary),
    ],
)
def test_what_clamd_says_decides(tmp_path: Path, answer: bytes, error: type[Exception]) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(PDF)
    with daemon(answer, []) as port, pytest.raises(error):
        check_for_malware(f"clamd://127.0.0.1:{port}", path)


def test_a_scanner_that_is_away_lets_nothing_in(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(PDF)
    for scanner in (f"clamd://{tmp_path}/none", "clamd://127.0.0.1:1", f"{tmp_path}/none"):
        with pytest.raises(Temporary):
            check_for_malware(scanner, path)
    assert not check_for_malware("", path)
