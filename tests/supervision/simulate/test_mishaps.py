# SPDX-License-Identifier: EUPL-1.2
"""Spells are as long, as many and as far as published, and known at any moment by itself."""

import numpy as np
import pytest

from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.mishaps import Mishap, Spells

START, DAYS = 1_740_000_000.0, 400
MISHAP = Mishap(a_day=2.0, mean_s=3600.0, away_m=(30.0, 150.0), claims_m=(10.0, 20.0))
AT = START + 60.0 * np.arange(DAYS * 1440.0)


def shifted(at: Floats, mishap: Mishap | None = MISHAP) -> tuple[Floats, Floats]:
    shift, claimed = Spells(mishap, (1, 9, 4)).shift(at, np.full(len(at), 99.0))
    return np.hypot(*shift), claimed


def test_they_are_as_published() -> None:
    away, claimed = shifted(AT)
    hit = away > 0
    assert np.mean(hit) == pytest.approx(1 - np.exp(-2 / 24), rel=0.15)
    assert (away[hit] >= 30).all()
    assert (away[hit] <= 150).all()
    assert (claimed[~hit] == 99).all()
    assert (claimed[hit] >= 10).all()
    assert (claimed[hit] <= 20).all()


def test_a_moment_needs_no_moments_before_it() -> None:
    away, claimed = shifted(AT[: 20 * 1440])
    for n in range(0, 20 * 1440, 977):
        alone = shifted(AT[n : n + 1])
        assert (alone[0][0], alone[1][0]) == (away[n], claimed[n])


def test_they_are_felt_only_where_told_to_be() -> None:
    felt = np.arange(len(AT)) % 2 == 0
    shift, _ = Spells(MISHAP, (1, 9, 4)).shift(AT, np.zeros(len(AT)), felt)
    assert not shift[:, ~felt].any()
    assert shift[:, felt].any()


def test_within_a_spell_the_first_report_is_told_again() -> None:
    found = Spells(MISHAP, (1, 9, 4)).first_of_each(AT[:14_400])
    again = found != np.arange(14_400)
    assert 0.02 < np.mean(again) < 0.2
    assert (found[again] < np.arange(14_400)[again]).all()
    assert (found[found[again]] == found[again]).all()


def test_no_mishap_is_none() -> None:
    away, claimed = shifted(AT[:10], None)
    assert not away.any()
    assert (claimed == 99).all()
    assert Spells(None, (1, 9, 4)).first_of_each(AT[:3]).tolist() == [0, 1, 2]
    assert shifted(AT[:0])[0].size == 0
