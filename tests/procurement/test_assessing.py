# SPDX-License-Identifier: EUPL-1.2
"""Indicators two at a time: what finds no memory beside another is answered by itself."""

import time

import duckdb
import pytest

from tarazy.procurement.assessing import at_once
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.store import BaseRate

SOME = INDICATORS[:4]


def too_much() -> None:
    """Ask a real engine for more memory than it may have."""
    with duckdb.connect() as engine:
        engine.execute("SET memory_limit = '10MB'")
        engine.execute("SET temp_directory = ''")
        engine.execute("SELECT list(range ORDER BY hash(range)) FROM range(2_000_000)")


def test_what_finds_no_memory_beside_another_is_answered_afterwards() -> None:
    tried: list[str] = []

    def assess(indicator: Indicator) -> BaseRate:
        code = indicator.CARD.code
        tried.append(code)
        if indicator is SOME[1] and tried.count(code) == 1:
            too_much()
        return BaseRate(code=code, version=1, raised=0, assessed=0, not_assessed={})

    found = [rate.code for rate in at_once(assess, SOME)]
    codes = [one.CARD.code for one in SOME]
    assert found == [codes[0], codes[2], codes[3], codes[1]]
    assert sorted(tried) == sorted([*codes, codes[1]])


def test_a_mistake_in_one_does_not_wait_for_all_the_others() -> None:
    tried: list[str] = []

    def assess(indicator: Indicator) -> BaseRate:
        tried.append(indicator.CARD.code)
        if indicator is not INDICATORS[0]:
            time.sleep(0.05)
        raise ArithmeticError(indicator.CARD.code)

    with pytest.raises(ArithmeticError):
        list(at_once(assess, INDICATORS))
    assert len(tried) < len(INDICATORS)


def test_what_finds_no_memory_by_itself_stops_the_run() -> None:
    def assess(indicator: Indicator) -> BaseRate:
        too_much()
        raise AssertionError(indicator)

    with pytest.raises(duckdb.OutOfMemoryException):
        list(at_once(assess, SOME[:1]))
