# SPDX-License-Identifier: EUPL-1.2
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarazy.core.errors import Misconfigured, Refused
from tarazy.supervision.cli_zones import app
from tarazy.supervision.models import Zone, ZoneKind

pytestmark = pytest.mark.django_db
RING = [[66.9, 48.6], [66.91, 48.6], [66.91, 48.61], [66.9, 48.6]]
BOW = [[66.9, 48.6], [66.91, 48.61], [66.91, 48.6], [66.9, 48.61], [66.9, 48.6]]


def run(*words: str) -> str:
    found = CliRunner().invoke(app, [*words])
    if found.exception:
        raise found.exception
    return found.output


def geojson(path: Path, *rings: list[list[float]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"No. {number}"} if number == 1 else {},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for number, ring in enumerate(rings, 1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def test_the_polygons_of_a_file_are_shared_and_listed(tmp_path: Path) -> None:
    file = geojson(tmp_path / "schools.geojson", RING, RING)
    assert "school: 2 zones shared" in run("share", "school", file, "--title", "Schools")
    names = Zone.objects.exclude(kind=ZoneKind.PLACES).order_by("pk").values_list("name", flat=True)
    assert list(names) == ["No. 1", "Schools 2"]
    listed = run("list")
    assert "Schools" in listed
    assert "2" in listed


def test_a_hostile_name_or_title_is_shared_in_one_line(tmp_path: Path) -> None:
    file = Path(geojson(tmp_path / "schools.geojson", RING))
    file.write_text(file.read_text().replace("No. 1", "No.\\u0000 1\\u001b[2J"))
    assert "school: 1 zones shared" in run("share", "school", str(file), "--title", "Sch\u202eools")
    assert sorted(Zone.objects.values_list("name", flat=True)) == ["No. 1 [2J", "Sch ools"]


def test_all_of_a_file_or_none(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        run("share", "school", geojson(tmp_path / "bow.geojson", RING, BOW))
    with pytest.raises(Refused):
        run("share", "No Class!", geojson(tmp_path / "good.geojson", RING))
    with pytest.raises(Misconfigured, match="FILE"):
        run("share", "school", str(tmp_path / "none.geojson"))
    assert not Zone.objects.exists()


def test_zones_are_removed_by_their_ids_or_as_a_class(tmp_path: Path) -> None:
    run("share", "school", geojson(tmp_path / "schools.geojson", RING, RING), "--title", "Schools")
    first = Zone.objects.get(name="No. 1").public_id
    assert first in run("list", "school")
    assert "school: No. 1 removed" in run("remove", first)
    assert first not in run("list", "school")
    assert "school: 1 zones removed, and the class" in run("remove", "school")
    assert "Schools" not in run("list")
    with pytest.raises(Refused):
        run("remove", "school")
