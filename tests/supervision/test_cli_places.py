# SPDX-License-Identifier: EUPL-1.2
import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarazy.core.errors import Misconfigured, Refused
from tarazy.supervision.cli_places import app
from tarazy.supervision.models import PlaceExtract

pytestmark = pytest.mark.django_db
ROW = {
    "type": "Feature",
    "properties": {"addr:street": "Абай", "addr:housenumber": "12"},
    "geometry": {"type": "Point", "coordinates": [76.9, 43.2]},
}


def run(*words: str) -> str:
    found = CliRunner().invoke(app, [*words])
    if found.exception:
        raise found.exception
    return found.output


def test_a_packed_extract_is_taken_in_listed_and_dropped(tmp_path: Path) -> None:
    file = tmp_path / "almaty.geojsonl.gz"
    file.write_bytes(gzip.compress((json.dumps(ROW) + "\n{\n").encode()))
    said = run("import", str(file), "--name", "almaty", "--dated", "2026-11-01")
    assert "almaty: 1 places taken in" in said
    assert "1 refused, json: 1" in said
    assert "2026-11-01" in run("list")
    assert "1 places forgotten" in run("drop", "almaty")
    assert not PlaceExtract.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "options", "wrong"),
    [
        ("a.txt", None, (), "FILE"),
        ("a.pbf", b"", (), "--format"),
        ("a.geojsonl.gz", b"no gzip at all", (), "FILE"),
        ("a.geojsonl.gz", gzip.compress(b"x" * 99)[:10] + b"\xff" * 99, (), "FILE"),
        ("a.geojson", b"", ("--dated", "yesterday"), "--dated"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, name: str, content: bytes | None, options: tuple[str, ...], wrong: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Misconfigured) as caught:
        run("import", str(file), *options)
    assert caught.value.setting == wrong


def test_a_file_without_an_address_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("no\ttable\n")
    with pytest.raises(Refused):
        run("import", str(file))
