# SPDX-License-Identifier: EUPL-1.2
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from supervision.rules.zoned import ALWAYS, HOUR, INSIDE, NOON, NOTHING, SCHOOL, UNKNOWN, facts

from tarazy.supervision.presence.interface import Change, Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import possible_crossing as rule
from tarazy.supervision.rules.interface import Facts

MINUTE = timedelta(minutes=1)
BEGIN, END = NOON - MINUTE, NOON + MINUTE
EVIDENCE = (Sighting(BEGIN, 43.2, 76.9, 10.0), Sighting(END, 43.2, 76.92, 10.0))
WAY = (Change(INSIDE, BEGIN, END + MINUTE, None, EVIDENCE),)
OVER = (*WAY, Change(UNKNOWN, END, END + MINUTE))
LATER = (Interval(END + HOUR, END + 2 * HOUR),)


def crossing(
    changes: tuple[Change, ...] = WAY, hours: tuple[Interval, ...] = ALWAYS, now: datetime = NOON
) -> Facts:
    return replace(facts("exclusion_passage", hours=hours), changes=changes, now=now)


@pytest.mark.parametrize(
    ("given", "since"),
    [
        pytest.param(crossing(), BEGIN, id="on the way"),
        pytest.param(crossing(hours=SCHOOL), NOON, id="hours begin on the way"),
        pytest.param(crossing(hours=LATER), None, id="(1) it does not apply then"),
        pytest.param(crossing(hours=()), None, id="(1) no hours"),
        pytest.param(NOTHING, None, id="(1) no condition"),
        pytest.param(crossing(()), None, id="(2) no way through"),
        pytest.param(crossing(OVER, now=END), None, id="(2) over"),
        pytest.param(crossing((replace(WAY[0], evidence=()),)), None, id="(3) places deleted"),
        pytest.param(crossing((replace(WAY[0], evidence=EVIDENCE[:1]),)), None, id="(3) one left"),
    ],
)
def test_assess(given: Facts, since: datetime | None) -> None:
    breach = rule.assess(given)
    if since is None:
        assert breach is None
        return
    assert breach is not None
    assert (breach.since, breach.probability, breach.evidence) == (since, None, EVIDENCE)
    assert breach.facts == {"zone": "school", "seconds": 120, "kmh": 49}
    assert breach.sentence.format(**breach.facts).startswith("Possibly through school")


def test_it_is_of_a_lower_grade_than_an_entry() -> None:
    assert (rule.SEVERITY, rule.URGENCY, rule.LATCHED) == ("low", "calm", False)


def test_next_check_is_the_next_edge_of_the_hours() -> None:
    assert rule.next_check(crossing(hours=SCHOOL)) == NOON + 3 * HOUR
    assert rule.next_check(NOTHING) is None
