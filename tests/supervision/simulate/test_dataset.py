# SPDX-License-Identifier: EUPL-1.2
"""The files: the same bytes for the same seed, in the order of arrival, and readable again."""

from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from tarazy.supervision.simulate.dataset import FixLine, OrdersFile, Sample, Written, write
from tarazy.supervision.simulate.truth import Happened

HEARD_WITHIN_S = 3600.0
NAMES = ("fixes.jsonl", "truth.jsonl", "orders.json")


def written(folder: Path, seed: int) -> Written:
    folder.mkdir()
    sample = Sample(seed=seed, people=12, days=3, start=date(2025, 3, 3))
    return write(sample, *(folder / name for name in NAMES))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path / "a", 4) == written(tmp_path / "b", 4)
    written(tmp_path / "c", 5)
    for name in NAMES:
        first = (tmp_path / "a" / name).read_bytes()
        assert first == (tmp_path / "b" / name).read_bytes()
        assert first != (tmp_path / "c" / name).read_bytes()


def test_lines_can_be_read_and_come_in_the_order_of_arrival(tmp_path: Path) -> None:
    counts = written(tmp_path / "a", 4)
    fixes = msgspec.json.Decoder(FixLine).decode_lines((tmp_path / "a/fixes.jsonl").read_bytes())
    truth = msgspec.json.Decoder(Happened).decode_lines((tmp_path / "a/truth.jsonl").read_bytes())
    orders = msgspec.json.decode((tmp_path / "a/orders.json").read_bytes(), type=OrdersFile)
    assert counts == Written(len(fixes), len(truth))
    known = [datetime.fromisoformat(fix.known_at) for fix in fixes]
    assert known == sorted(known)
    assert all(fix.known_at > fix.at for fix in fixes)
    keys = {person.key for person in orders.people}
    assert {fix.person for fix in fixes} == keys
    assert {line.person for line in truth} <= keys
    for person in orders.people:
        order = person.order
        first = min(fix.at for fix in fixes if fix.person == person.key)
        worn_s = (datetime.fromisoformat(first) - person.monitored_since).total_seconds()
        assert 0 <= worn_s <= HEARD_WITHIN_S
        assert order.in_force_from <= known[0] <= known[-1] < order.in_force_until


def test_a_start_before_the_citys_clock_is_right_is_refused() -> None:
    with pytest.raises(ValueError, match="2019-01-01"):
        Sample(seed=1, people=1, days=1, start=date(2018, 12, 31))
