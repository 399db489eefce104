# SPDX-License-Identifier: EUPL-1.2
"""The one place that reads the wall clock; everything else takes the time as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
