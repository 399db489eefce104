# SPDX-License-Identifier: EUPL-1.2
"""Thresholds by time: the first row that covers the moment applies."""

from datetime import UTC, datetime

import duckdb
import ibis
import pytest

from tarazy.procurement.indicators import INDICATORS, parameters
from tarazy.procurement.indicators.parameters import Parameter

LAW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), 15),
        (LAW, 10),
        (datetime(2030, 1, 1, tzinfo=UTC), 10),
        (datetime(1969, 1, 1, tzinfo=UTC), None),
        (None, None),
    ],
)
def test_the_threshold_of_the_time_applies(
    moment: datetime | None, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Parameter(code="X", name="days", value=15, source="old law", valid_to=LAW)
    new = Parameter(code="X", name="days", value=10, source="new law", valid_from=LAW)
    other = Parameter(code="Y", name="days", value=1, source="other")
    monkeypatch.setattr(parameters, "PARAMETERS", (other, old, new))
    at = ibis.literal(moment, type="timestamp('UTC')")
    query = ibis.to_sql(parameters.in_force("X", "days", at), dialect="duckdb")
    with duckdb.connect() as engine:
        assert engine.sql(query).fetchall() == [(expected,)]


def test_every_threshold_names_its_source_and_an_indicator() -> None:
    codes = {indicator.CARD.code for indicator in INDICATORS}
    assert all(row.source and row.code in codes for row in parameters.PARAMETERS)
    assert parameters.of("R003")[0].value == 15
