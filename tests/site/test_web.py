# SPDX-License-Identifier: EUPL-1.2
"""The web process by itself, as a unit of systemd starts it, in a folder that nobody has filled."""

from pathlib import Path

import httpx
import pytest
from free_ports import free_port
from supervision.running import Process

from tarazy.site.postgres import Postgres

pytestmark = [pytest.mark.system]
CODE = "from tarazy.site import service; service.web()"


def test_the_pages_have_their_style_where_the_process_runs_alone(
    postgres: Postgres, tmp_path: Path
) -> None:
    port = free_port()
    here = {"TARAZY_FOLDER": str(tmp_path / "var"), "TARAZY_WEB_PORT": str(port)}
    process = Process(postgres, port=port, settings=here, code=CODE).start()
    answer = httpx.get(f"{process.url}/static/tarazy/tarazy.css", timeout=5)
    assert process.stop() == 0
    assert answer.status_code == 200
