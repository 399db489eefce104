# SPDX-License-Identifier: EUPL-1.2
import httpx
import pytest

from tarazy.core.errors import Misconfigured
from tarazy.core.health import Turns


def test_a_process_is_live_at_once_and_ready_after_its_first_turn() -> None:
    turns = Turns()
    port = turns.serve(0, "TARAZY_METRICS_PORT")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        turns.done()
        assert client.get("/health/ready").status_code == 200
        assert "python_info" in client.get("/metrics").text
        assert client.get("/elsewhere").status_code == 404
    with pytest.raises(Misconfigured) as caught:
        turns.serve(port, "TARAZY_METRICS_PORT")
    assert caught.value.setting == "TARAZY_METRICS_PORT"
