# SPDX-License-Identifier: EUPL-1.2
"""The commands: files are written, wrong input is explained, the feed ends cleanly when told to."""

import json
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from typer.testing import CliRunner
from typing_extensions import override

from tarazy.supervision.cli_simulate import app
from tarazy.supervision.replay.fixes import read_lines, trail_of
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.simulate.feed import Account, FeedPlan, write_plan
from tarazy.supervision.simulate.profiles import PROFILES

pytestmark = pytest.mark.system

SRC = Path(__file__).parents[2] / "src"


def arguments(folder: Path, start: str) -> list[str]:
    names = {"out": "f.jsonl", "truth": "t.jsonl", "orders": "o.json", "city": "c.json"}
    paths = [word for option, name in names.items() for word in (f"--{option}", str(folder / name))]
    return ["people", "--people", "5", "--days", "1", "--start", start, *paths]


def test_people_writes_all_four_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, "2025-03-03"))
    assert result.exit_code == 0, result.output
    lines = (tmp_path / "f.jsonl").read_text("utf-8").splitlines()
    assert result.output.startswith(f"{len(lines)} fixes")
    kinds = {
        f["geometry"]["type"] for f in json.loads((tmp_path / "c.json").read_bytes())["features"]
    }
    assert kinds == {"LineString", "Polygon"}


@pytest.mark.parametrize("noise", ["lying", "network", "unstated"])
def test_worse_receivers_are_published_with_their_data_and_can_be_judged(
    tmp_path: Path, noise: str
) -> None:
    words = [*arguments(tmp_path, "2025-03-03"), "--noise", noise, "--home-radius", "30", "40"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    text = (tmp_path / "o.json").read_bytes()
    told = json.loads(text)
    assert told["noise"] == json.loads(msgspec.json.encode(PROFILES[noise]))
    zones = [one["zone"] for person in told["people"] for one in person["order"]["conditions"]]
    homes = {zone["radius_m"] for zone in zones if zone.get("radius_m", 305) < 200}
    assert homes <= {30.0, 40.0}
    (order, *_) = read_orders(text)
    subject = subject_of(order, 0)
    with (tmp_path / "f.jsonl").open("rb") as file:
        trail = trail_of(read_lines(file), "p00000", subject.in_force)
    assert not trail.refused
    stated = [one.place.accuracy_m is not None for one in trail.arrivals if one.place]
    assert stated == [noise != "unstated"] * trail.lines


@pytest.mark.parametrize(
    "words",
    [
        ["--noise", "awful"],
        ["--home-radius", "90", "60"],
        ["--home-radius", "1", "60"],
        ["--home-radius", "25", "29"],
        ["--days", "9000000"],
        ["--out", "/nowhere/f.jsonl"],
        ["--truth", "/"],
    ],
)
def test_what_cannot_be_simulated_is_explained(tmp_path: Path, words: list[str]) -> None:
    result = CliRunner().invoke(app, [*arguments(tmp_path, "2025-03-03"), *words])
    assert result.exit_code == 2
    assert words[0] in result.output
    assert not list(tmp_path.iterdir())


def test_no_file_is_written_over_another(tmp_path: Path) -> None:
    words = [*arguments(tmp_path, "2025-03-03"), "--truth", str(tmp_path / "f.jsonl")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "given twice" in result.output
    assert not list(tmp_path.iterdir())


def test_files_stay_where_not_all_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text("mine")
    words = [*arguments(tmp_path, "2025-03-03"), "--city", "/dev/full"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert (tmp_path / "o.json").read_text() == "mine"
    assert list(tmp_path.iterdir()) == [tmp_path / "o.json"]


@pytest.mark.parametrize("start", ["2018-01-01", "9999-12-31", "yesterday"])
def test_a_wrong_start_is_explained(tmp_path: Path, start: str) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, start))
    assert result.exit_code == 2
    assert "--start" in result.output
    assert not list(tmp_path.iterdir())


def test_a_missing_plan_is_explained(tmp_path: Path) -> None:
    plan = str(tmp_path / "none.json")
    result = CliRunner().invoke(app, ["feed", "--plan", plan, "--gateway", "http://127.0.0.1:9"])
    assert result.exit_code == 2
    assert "fill the demo again" in result.output


class _Gateway(BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self) -> None:
        type(self).requests += 1
        self.send_response(200)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_the_feed_sends_until_told_to_stop(tmp_path: Path, told: signal.Signals) -> None:
    accounts = tuple(Account(n, "osmand", f"ulg-{n:05d}", f"{n:032x}") for n in range(50))
    write_plan(tmp_path / "plan.json", FeedPlan(seed=1, people=50, accounts=accounts))
    _Gateway.requests = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), _Gateway) as gateway:
        Thread(target=gateway.serve_forever, daemon=True).start()
        code = "from tarazy.supervision.cli_simulate import app; app()"
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", code, "feed"),
                *("--plan", str(tmp_path / "plan.json")),
                *("--gateway", f"http://127.0.0.1:{gateway.server_port}"),
            ],
            env={"PYTHONPATH": str(SRC)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 20
        while _Gateway.requests < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(told)
        output, errors = process.communicate(timeout=5)
        gateway.shutdown()
    assert process.returncode == 0, errors
    assert errors == ""
    assert output.startswith("accepted ")
