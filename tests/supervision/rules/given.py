# SPDX-License-Identifier: EUPL-1.2
"""Facts for the tables of rules: it is noon, and nothing else is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tarazy.supervision.rules.interface import Alarmed, Facts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def facts(**known: Any) -> Facts:
    usual: dict[str, Any] = {"now": NOON, "order_id": "ord_1", "report_interval_s": 60}
    return Facts(**(usual | known))


def alarms(**minutes_ago: float) -> tuple[Alarmed, ...]:
    """By name: how long ago the device said so; it became known at once."""
    return tuple(Alarmed(name, ago(minutes), ago(minutes)) for name, minutes in minutes_ago.items())
