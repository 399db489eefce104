# SPDX-License-Identifier: EUPL-1.2
"""Each mark by a table of trails, nulls included; then on real and on simulated trails."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision import quality
from tarazy.supervision.gateway.interface import Mark
from tarazy.supervision.quality import MARKS
from tarazy.supervision.quality.interface import CLEAR, MARKED, NOT_ASSESSED, Trail, distances_m

NAN = float("nan")
BY_NAME = {one.CARD.name: one for one in MARKS}
KM = 0.009  # of latitude, in degrees: about a kilometre


def trail(count: int, **columns: Any) -> Trail:
    """A calm trail, a fix a minute, each known two seconds later, with some columns changed."""
    at_s = np.arange(count) * 60.0
    calm: dict[str, Any] = {
        "at_s": at_s,
        "known_s": np.asarray(columns.get("at_s", at_s), dtype=float) + 2,
        "lat": 43.25 + np.arange(count) * 1e-5,
        "lon": np.full(count, 76.9),
        "accuracy_m": 5.0 + np.arange(count) % 7,
        "speed_kmh": np.full(count, NAN),
        "satellites": np.full(count, NAN),
    }
    told = {
        name: np.asarray(value, dtype=float) if name != "said" else value
        for name, value in {**calm, **columns}.items()
    }
    told.setdefault("said", {})
    return Trail(**told)  # type: ignore[arg-type]  # columns are arrays, `said` is a table of them


def flag(count: int, *marked: int) -> list[int]:
    return [MARKED if n in marked else CLEAR for n in range(count)]


def said(name: str, count: int, *where: int) -> dict[str, Any]:
    flags = np.zeros(count, dtype=bool)
    flags[list(where)] = True
    return {"said": {name: flags}}


def moved(count: int, away_km: float, *where: int) -> dict[str, Any]:
    lat = 43.25 + np.arange(count) * 1e-5
    lat[list(where)] += away_km * KM
    return {"lat": lat}


@pytest.mark.parametrize(
    ("name", "count", "columns", "expected"),
    [
        ("duplicate", 3, {"at_s": [0, 0, 60], "lat": [1, 1, 1]}, flag(3, 1)),
        ("duplicate", 3, {"at_s": [0, 0, 0], "lat": [1, 2, 1]}, flag(3, 2)),
        ("duplicate", 2, {"at_s": [0, 0], "lat": [1, 1], "known_s": [9, 3]}, flag(2, 0)),
        ("duplicate", 1, {}, [CLEAR]),
        ("stale", 3, {"known_s": [901, 61, 120 + 900]}, flag(3, 0)),
        ("stale", 3, said("stale", 3, 1), flag(3, 1)),
        ("future", 3, {"known_s": [-31, 60 - 30, 500]}, flag(3, 0)),
        ("rolled_over", 3, said("rolled_over", 3, 2), flag(3, 2)),
        ("clock_fault", 2, {}, flag(2)),
        ("mock", 3, said("mock", 3, 0, 2), flag(3, 0, 2)),
        (
            "few_satellites",
            4,
            {"satellites": [0, 3, 4, NAN]},
            [MARKED, MARKED, CLEAR, NOT_ASSESSED],
        ),
        ("impossible_jump", 5, moved(5, 50, 2), flag(5, 2)),
        ("impossible_jump", 5, moved(5, 5, 2), flag(5)),
        ("impossible_jump", 5, moved(5, 50, 2, 3, 4), flag(5)),
        ("impossible_jump", 3, moved(3, 50, 2), [CLEAR, CLEAR, NOT_ASSESSED]),
        ("impossible_jump", 3, moved(3, 50, 0), [NOT_ASSESSED, CLEAR, CLEAR]),
        ("impossible_jump", 5, {**moved(5, 8, 2), "accuracy_m": [5, 5, 900, 5, 5]}, flag(5)),
        ("impossible_jump", 5, {**moved(5, 7.5, 2), "accuracy_m": [NAN] * 5}, flag(5)),
        ("impossible_jump", 5, {**moved(5, 9, 2), "accuracy_m": [NAN] * 5}, flag(5, 2)),
        ("impossible_jump", 1, {}, [CLEAR]),
        ("constant_accuracy", 25, {"accuracy_m": [7.3] * 25}, flag(25)),
        (
            "constant_accuracy",
            25,
            {"accuracy_m": [7.3] * 25, "lat": 43.25 + np.arange(25) * KM},
            flag(25, *range(25)),
        ),
        (
            "constant_accuracy",
            25,
            {"accuracy_m": [20.0] * 25, "lat": 43.25 + np.arange(25) * KM},
            flag(25),
        ),
        (
            "constant_accuracy",
            19,
            {"accuracy_m": [7.3] * 19, "lat": 43.25 + np.arange(19) * KM},
            flag(19),
        ),
        ("constant_accuracy", 3, {"accuracy_m": [NAN, 7.3, NAN]}, [-1, 0, -1]),
        ("frozen_position", 12, {"lat": [43.0] * 12}, [NOT_ASSESSED] * 12),
        ("frozen_position", 12, {"lat": [43.0] * 12, "speed_kmh": [0] * 12}, flag(12)),
        (
            "frozen_position",
            12,
            {"lat": [43.0] * 12, "speed_kmh": [40] * 12},
            flag(12, *range(12)),
        ),
        ("frozen_position", 12, {"speed_kmh": [40] * 12}, flag(12)),
        ("frozen_position", 9, {"lat": [43.0] * 9, "speed_kmh": [40] * 9}, flag(9)),
    ],
)
def test_each_mark(name: str, count: int, columns: dict[str, Any], expected: list[int]) -> None:
    assert BY_NAME[name].assess(trail(count, **columns)).tolist() == expected


def test_the_list_is_the_folder_and_the_gateway_s_names() -> None:
    folder = Path(quality.__path__[0])
    files = {path.stem for path in folder.glob("*.py") if "\nCARD = " in path.read_text()}
    assert set(BY_NAME) == files
    assert {"mock", "stale", "rolled_over", "clock_fault"} <= {mark.value for mark in Mark}


@given(st.data())
def test_any_trail_gets_an_answer_for_each_fix(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 30))
    numbers = st.lists(st.floats(-1e6, 1e6) | st.just(NAN), min_size=count, max_size=count)
    columns = {
        name: data.draw(numbers) for name in ("at_s", "accuracy_m", "speed_kmh", "satellites")
    }
    columns["at_s"] = np.nan_to_num(np.array(columns["at_s"], dtype=float)).tolist()
    for mark in MARKS:
        answers = mark.assess(trail(count, **columns))
        assert answers.shape == (count,)
        assert set(answers.tolist()) <= {MARKED, CLEAR, NOT_ASSESSED}


def test_distances_are_those_of_the_sphere() -> None:
    (metres,) = distances_m(np.array([0.0, 1.0]), np.array([0.0, 0.0]))
    assert metres == pytest.approx(111_195, abs=1)
    (antipode,) = distances_m(np.array([0.0, 0.0]), np.array([0.0, 180.0]))
    assert antipode == pytest.approx(20_015_115, abs=1)


JUDGED = ("impossible_jump", "duplicate", "constant_accuracy", "frozen_position")


def test_calm_real_trails_are_rarely_marked(shared_data: Path) -> None:
    file = shared_data / "trails" / "geolife_sample.csv"
    if not file.is_file():
        pytest.skip("no trails of GeoLife beside this checkout")
    by_trail: dict[str, list[dict[str, str]]] = {}
    with file.open() as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            by_trail.setdefault(row["trajectory_id"], []).append(row)
    marked = dict.fromkeys(JUDGED, 0)
    for told in by_trail.values():
        real = trail(
            len(told),
            at_s=[datetime.fromisoformat(row["t"]).timestamp() for row in told],
            lat=[float(row["Y"]) for row in told],
            lon=[float(row["X"]) for row in told],
            accuracy_m=[NAN] * len(told),
        )
        for name in JUDGED:
            marked[name] += int((BY_NAME[name].assess(real) == MARKED).sum())
    fixes = sum(len(told) for told in by_trail.values())
    assert fixes > 5_000
    assert max(marked.values()) <= fixes // 1000, marked
