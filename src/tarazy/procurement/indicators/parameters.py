# SPDX-License-Identifier: EUPL-1.2
"""Thresholds of the indicators with their source and the time in which they hold. One table.

Give a country's own law as a further row with its period; the first row that covers the moment
applies. `valid_to` is exclusive. Raise the version of an indicator's card with its rows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

OWN = "Tarazy default, not of a law"
KYRGYZ = "Kyrgyz red-flags application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One threshold."""

    code: str
    name: str
    value: int
    source: str
    valid_from: datetime = ALWAYS
    valid_to: datetime | None = None


DOJ = "US Department of Justice, Horizontal Merger Guidelines (2010): highly concentrated"

PARAMETERS = (
    Parameter(code="R003", name="days_min", value=15, source="OCP default (Cardinal)"),
    Parameter(code="R008", name="percent_min", value=1, source=OWN),
    Parameter(code="R014", name="days_min", value=7, source=OWN),
    Parameter(code="R018", name="bidders_max", value=1, source="OCP default (Cardinal)"),
    Parameter(code="R019", name="percent_of_mean_max", value=70, source=KYRGYZ),
    Parameter(code="R019", name="as_few_percent_max", value=10, source=OWN),
    Parameter(code="R022", name="percent_min", value=30, source=KYRGYZ),
    Parameter(code="R031", name="percent_min", value=99, source=OWN),
    Parameter(code="R040", name="percent_min", value=50, source=OWN),
    Parameter(code="R042", name="sharing_min", value=10, source=OWN),
    Parameter(code="R049", name="awards_min", value=3, source=OWN),
    Parameter(code="R050", name="percent_min", value=50, source=OWN),
    Parameter(code="R051", name="points_min", value=2500, source=DOJ),
    Parameter(code="R052", name="times_min", value=10, source=OWN),
    Parameter(code="R055", name="awards_min", value=3, source=OWN),
    Parameter(code="R059", name="percent_max", value=10, source=OWN),
    Parameter(code="R061", name="days_min", value=1, source=OWN),
    Parameter(code="R071", name="percent_min", value=50, source=OWN),
    Parameter(code="K001", name="awards_min", value=3, source=OWN),
    Parameter(code="K002", name="percent_min", value=99, source=OWN),
    Parameter(code="K003", name="days_min", value=5, source=OWN),
    Parameter(code="K005", name="percent_max", value=110, source=OWN),
    Parameter(code="K006", name="months_min", value=6, source=OWN),
    Parameter(code="K007", name="agreements_min", value=3, source=OWN),
    Parameter(code="K010", name="percent_max", value=30, source=OWN),
    Parameter(code="K012", name="firms_min", value=3, source=OWN),
    Parameter(code="CRI", name="percent_min", value=50, source=OWN),
)


def in_force(code: str, name: str, at: ir.Value) -> ir.Value:
    """The threshold in force at a moment, row by row; null where none was."""
    return ibis.cases(
        *(
            (_covers(row, at), row.value)
            for row in PARAMETERS
            if (row.code, row.name) == (code, name)
        )
    )


def of(code: str) -> tuple[Parameter, ...]:
    """All thresholds of an indicator, for its page in the catalogue."""
    return tuple(row for row in PARAMETERS if row.code == code)


def _covers(row: Parameter, at: ir.Value) -> ir.Value:
    covers = at >= ibis.literal(row.valid_from)
    return covers if row.valid_to is None else covers & (at < ibis.literal(row.valid_to))
