# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import mock_location as rule
from tarazy.supervision.rules.interface import Facts


@pytest.mark.parametrize("since", [None, ago(5)])
def test_assess(since: object) -> None:
    given: Facts = facts(mock_at=since)
    breach = rule.assess(given)
    assert (breach.since if breach else None) == since
    assert rule.next_check(given) is None
