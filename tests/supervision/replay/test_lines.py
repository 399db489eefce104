# SPDX-License-Identifier: EUPL-1.2
"""What a replay prints of the time in each state, and of stretches without monitoring."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from supervision.trails import HOME, MINUTE, at, condition, order
from typer.testing import CliRunner

from tarazy.supervision.cli import app


def printed(folder: Path, told: dict[str, Any], trail: Sequence[datetime]) -> list[dict[str, Any]]:
    """Of somebody who reports from home at these times."""
    paths = folder / "order.json", folder / "fixes.jsonl"
    place = {"lat": HOME[0], "lon": HOME[1], "accuracy_m": 10}
    paths[0].write_text(json.dumps(told))
    paths[1].write_text("\n".join(json.dumps({"at": one.isoformat()} | place) for one in trail))
    words = ["replay", "--order", str(paths[0]), "--fixes", str(paths[1])]
    return [json.loads(line) for line in CliRunner().invoke(app, words).output.splitlines()]


def test_what_was_before_a_device_was_fitted_is_not_counted(tmp_path: Path) -> None:
    told, trail = order(condition("inclusion")), [at("10:00") + n * MINUTE for n in range(120)]
    for fitted, begin in (("09:30", "09:30"), ("10:30", "10:00"), ("13:00", "10:00")):
        found = printed(tmp_path, told | {"monitored_since": at(fitted).isoformat()}, trail)
        first = next(one for one in found if one["record"] == "presence")
        assert first["since"] == f"2026-03-02T{begin}:00Z"  # from the first place at the latest
        times = next(one for one in found if one["record"] == "times")
        whole = sum(times[name] for name in ("inside_s", "outside_s", "unknown_s"))
        (end,) = (one["until"] for one in found if one["record"] == "summary")
        assert timedelta(seconds=whole) == datetime.fromisoformat(end) - at(begin)


def test_reports_as_rare_as_was_asked_leave_nothing_unmonitored(tmp_path: Path) -> None:
    told = order(condition("inclusion")) | {"monitored_since": at("10:00").isoformat()}
    each = [*(at("10:00") + n * MINUTE for n in range(60)), *(at(f"{n}:00") for n in range(11, 20))]
    hourly = {"since": at("11:00").isoformat(), "seconds": 3600}
    for asked in ([], [hourly]):
        found = printed(tmp_path, told | {"asked_intervals": asked}, each)
        gaps = [one for one in found if one["record"] == "unmonitored"]
        assert len(gaps) == (0 if asked else 8)
