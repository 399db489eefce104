# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest
from supervision.rules.given import NOON, ago, facts
from supervision.rules.pair_facts import ALL_DAY, APART, NEAR, UNKNOWN, of_pair

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import pair_unjudged as rule
from tarazy.supervision.rules.interface import Facts

YESTERDAY = (Interval(ago(3000), ago(1000)),)
RECENT = (Interval(ago(20), ago(-60)),)
AWAY = (Interval(ago(50), ago(20)),)


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (of_pair("victim_outer"), ALL_DAY.since),
        (of_pair("co_accused", hours=RECENT), None),
        (of_pair("co_accused", (UNKNOWN, 30)), ago(30)),
        (of_pair("co_accused", (UNKNOWN, 29)), None),
        (of_pair("co_accused", (APART, 90), (UNKNOWN, 31)), ago(31)),
        (of_pair("co_accused", (UNKNOWN, 90), (NEAR, 40)), None),
        (of_pair("co_accused", (UNKNOWN, 90), (APART, 40)), None),
        (of_pair("co_accused", (UNKNOWN, 90), hours=YESTERDAY), None),
        (of_pair("co_accused", (UNKNOWN, 60), outages=AWAY), None),
        (of_pair("co_accused", (UNKNOWN, 90), outages=AWAY), ago(90)),
        (of_pair("co_accused", monitored_since=None), None),
        (of_pair("co_accused", monitored_since=ago(29)), None),
        (of_pair("co_accused", monitored_since=ago(31)), ago(31)),
    ],
    ids=[
        *("no pair", "never heard", "the ban is new (3)", "unknown", "not long enough (3)"),
        *("lost", "near (2)", "apart (2)", "the ban is over (1)", "our own outage (3)"),
        "said before our own outage",
        *("no device (4)", "a device since lately (4)", "long enough since (4)"),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised


def test_it_is_asked_again_after_half_an_hour() -> None:
    assert rule.next_check(facts()) is None
    assert rule.next_check(of_pair("co_accused", (UNKNOWN, 10))) == NOON + timedelta(minutes=20)
    assert rule.next_check(of_pair("co_accused", (NEAR, 10))) == ALL_DAY.until


def test_it_is_no_breach() -> None:
    assert (rule.SEVERITY, rule.URGENCY) == ("low", "unknown")
