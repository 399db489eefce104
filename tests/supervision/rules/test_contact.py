# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest
from supervision.rules.given import NOON, ago, facts
from supervision.rules.pair_facts import APART, NEAR, UNKNOWN, of_pair

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import contact as rule
from tarazy.supervision.rules.interface import Facts

YESTERDAY = (Interval(ago(3000), ago(1000)),)
SINCE_5 = (Interval(ago(5), ago(-60)),)


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (facts(), None),
        (of_pair("co_accused"), None),
        (of_pair("co_accused", (NEAR, 3)), ago(3)),
        (of_pair("co_accused", (NEAR, 1)), None),
        (of_pair("co_accused", (NEAR, 2)), ago(2)),
        (of_pair("co_accused", (NEAR, 0), dwell=0), NOON),
        (of_pair("co_accused", (UNKNOWN, 9)), None),
        (of_pair("co_accused", (APART, 9), (NEAR, 3)), ago(3)),
        (of_pair("co_accused", (NEAR, 9), (APART, 3)), None),
        (of_pair("co_accused", (NEAR, 9), (UNKNOWN, 3)), ago(9)),
        (of_pair("co_accused", (NEAR, 9), (APART, 5), (UNKNOWN, 3)), None),
        (of_pair("co_accused", (NEAR, 9), hours=YESTERDAY), None),
        (of_pair("co_accused", (NEAR, 9), hours=()), None),
        (of_pair("co_accused", (NEAR, 9), hours=SINCE_5), None),
    ],
    ids=[
        *("no pair", "nothing heard", "near", "not long enough", "just long enough"),
        *("no dwell", "unknown (2)", "came near", "parted (2)", "near, then unknown"),
        *("parted, then unknown", "the ban is over (1)", "no ban (1)", "near before the ban (2)"),
    ],
)
def test_assess(given: Facts, raised: object) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == raised
    if breach is not None:
        assert breach.facts == {"metres": 100}
        assert breach.sentence.format(**breach.facts)
        assert rule.CLEARED.format(**breach.facts)


def test_it_is_asked_again_when_the_dwell_is_over_and_at_the_ends_of_the_ban() -> None:
    assert rule.next_check(facts()) is None
    assert rule.next_check(of_pair("co_accused", (NEAR, 1))) == NOON + timedelta(minutes=1)
    assert rule.next_check(of_pair("co_accused", (NEAR, 9), hours=SINCE_5)) == ago(-60)


def test_the_probability_is_that_of_being_near_now() -> None:
    near, lost = (
        rule.assess(of_pair("co_accused", *told))
        for told in ([(NEAR, 5)], [(NEAR, 5), (UNKNOWN, 1)])
    )
    assert near is not None
    assert lost is not None
    assert (near.probability, len(near.evidence)) == (0.98, 1)
    assert lost.probability is None
