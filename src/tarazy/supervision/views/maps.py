# SPDX-License-Identifier: EUPL-1.2
"""What maps are drawn from: the demo city's streets, the operator's own tiles."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal

STREETS_AGE_S = 300
RANGE = re.compile(r"^bytes=(\d{1,15})-(\d{1,15})$", re.ASCII)
RANGE_BYTES_MAX = 16 * 1024 * 1024


@require_GET
def streets(_request: HttpRequest) -> HttpResponse:
    """The demo city's streets; a service without a demo has none."""
    path = settings.TARAZY.folder / "demo" / "streets.json"
    if not path.is_file():
        return JsonResponse({"type": "FeatureCollection", "features": []})
    answer = HttpResponse(path.read_bytes(), content_type="application/geo+json")
    answer.headers["Cache-Control"] = f"private, max-age={STREETS_AGE_S}"
    return answer


@require_GET
def tiles(request: HttpRequest) -> HttpResponse | FileResponse:
    """The operator's own map tiles: byte ranges of one PMTiles file."""
    path: Path | None = settings.TARAZY.map_tiles
    asked = RANGE.match(request.headers.get("Range", ""))
    if path is None or asked is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    size = path.stat().st_size
    first, last = int(asked[1]), min(int(asked[2]), size - 1)
    if first > last or last - first >= RANGE_BYTES_MAX:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(first)
        part = file.read(last - first + 1)
    answer = HttpResponse(part, status=206, content_type="application/octet-stream")
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer
