# SPDX-License-Identifier: EUPL-1.2
"""Captured frames of real trackers, and a run of them through a language as the gateway does it.

The capture lies beside the checkout, not in it; a test that needs it skips where it is not there.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.interface import Mark, Report
from tarazy.supervision.gateway.stream import Session, StreamLanguage, frames_in

CAPTURE = Path(__file__).parents[4] / "shared" / "data" / "trackers" / "frames.jsonl"
ARRIVED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One captured message, and what the Traccar project's own decoder makes of it."""

    number: int
    session: str
    data: bytes
    expected: list[dict[str, Any]]


def lines(protocol: str) -> list[Line]:
    """The captured messages of a protocol, in their order; skips the test without the capture."""
    if not CAPTURE.is_file():
        pytest.skip("the capture of real trackers is not beside this checkout")
    found = []
    for number, text in enumerate(CAPTURE.read_text().splitlines(), 1):
        row = json.loads(text)
        if row["protocol"] != protocol:
            continue
        told = row["expected"]
        expected = told if isinstance(told, list) else [told] if told else []
        data = bytes.fromhex(row["hex"])
        found.append(Line(number, row["session"], data, expected))
    return found


def decoded(language: StreamLanguage, protocol: str) -> Iterator[tuple[Line, list[Report] | str]]:
    """Each line with the reports that have a place, or with the name of its refusal."""
    sessions: dict[str, Session] = {}
    for line in lines(protocol):
        session = sessions.setdefault(line.session, Session())
        reports: list[Report] = []
        refusal = ""
        for frame in frames_in(language, line.data):
            try:
                told = language.decode(frame, session, ARRIVED)
            except Refused as refused:
                refusal = refused.name
                continue
            reports += told.reports
            refusal = refusal or "".join(told.refused[:1])
        placed = [report for report in reports if report.lat is not None]
        yield line, placed if placed or not refusal else refusal


def placed(line: Line) -> list[dict[str, Any]]:
    """The positions of a line that Traccar decoded itself, not copied from an earlier one."""
    return [one for one in line.expected if not one.get("outdated") and "latitude" in one]


def differences(report: Report, expected: dict[str, Any]) -> list[str]:
    """In what a report differs from the expectation: place, time, speed, course, validity."""
    told = report.at and report.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    pairs: list[tuple[str, Any, Any, float]] = [
        ("latitude", report.lat, expected["latitude"], 1e-6),
        ("longitude", report.lon, expected["longitude"], 1e-6),
        ("speed_kmh", report.speed_kmh or 0.0, expected.get("speed_kmh", 0.0), 0.01),
        ("course", report.course_deg or 0.0, expected.get("course", 0.0), 0.01),
        ("altitude", report.altitude_m or 0.0, expected.get("altitude", 0.0), 0.01),
    ]
    found = [
        f"{name}: {ours} instead of {theirs}"
        for name, ours, theirs, tolerance in pairs
        if abs(ours - theirs) > tolerance
    ]
    if told != expected["fixTime"]:
        found.append(f"at: {told} instead of {expected['fixTime']}")
    if (Mark.INVALID_FIX not in report.marks) != expected["valid"]:
        found.append(f"valid: not {expected['valid']}")
    return found
