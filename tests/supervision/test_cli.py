# SPDX-License-Identifier: EUPL-1.2
"""`tarazy supervision decode`: what captured messages say, without a database."""

import json
from pathlib import Path

import pytest
from supervision.gateway.frames import FRAMES, H02, watch
from typer.testing import CliRunner

from tarazy.core.errors import Misconfigured
from tarazy.supervision.cli import app
from tarazy.supervision.gateway.languages import STREAMS


def printed(protocol: str, text: str) -> list[object]:
    """Each line's answer."""
    result = CliRunner().invoke(app, ["decode", protocol], input=text)
    assert result.exception is None
    return [json.loads(line) for line in result.stdout.splitlines()]


def line(frame: bytes, session: str = "one") -> str:
    return json.dumps({"session": session, "hex": frame.hex()})


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_frame_of_the_tests_is_read(name: str) -> None:
    answers = printed(name, "\n".join(line(frame) for frame in FRAMES[name]))
    assert len(answers) == len(FRAMES[name])
    assert all(isinstance(answer, list) for answer in answers)


def test_a_fix_is_printed_in_our_units() -> None:
    assert printed("h02", line(H02[0])) == [
        [
            {
                "at": "2026-05-01T12:30:15Z",
                "lat": 43.25,
                "lon": 76.9,
                "valid": True,
                "speed_kmh": 5.0004,
                "course_deg": 90.0,
                "altitude_m": None,
                "accuracy_m": None,
                "battery_percent": None,
                "alarms": [],
                "stored": False,
            }
        ]
    ]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ('{"hex": "zz"}', "bad_field"),
        ('{"hex": ""}', "not_a_frame"),
        ("[]", "bad_field"),
        ("{", "not_json"),
        (line(watch("AL,000000,000000,V,0,N,0,E,0,0,0,0,60,80,0,0,00010000,0")), "bad_time"),
    ],
)
def test_what_is_no_fix_has_the_name_of_its_refusal(text: str, refusal: str) -> None:
    good = line(watch("LK,120,0,80"))
    assert printed("watch", f"{text}\n\n{good}") == [{"refused": refusal}, []]


def test_what_cannot_be_read_is_said_before_anything_is_printed(tmp_path: Path) -> None:
    for arguments, name in (
        (["decode", "foo"], "PROTOCOL"),
        (["decode", "h02", str(tmp_path)], "FILE"),
    ):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, Misconfigured)
        assert result.exception.setting == name
