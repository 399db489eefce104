# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest

from tarazy.supervision.rules import clock_fault as rule
from tarazy.supervision.rules.interface import Facts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("since", [None, NOON])
def test_assess(since: datetime | None) -> None:
    given = Facts(now=NOON, order_id="ord_1", report_interval_s=60, clock_fault_at=since)
    breach = rule.assess(given)
    assert (breach.since if breach else None) == since
    assert rule.next_check(given) is None
