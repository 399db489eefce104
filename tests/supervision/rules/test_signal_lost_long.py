# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import signal_lost
from tarazy.supervision.rules import signal_lost_long as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.parameters import Setting

DUE = {"monitored_since": ago(6000)}
HALF_HOUR = (Setting("silence_long_min", 30, ago(9000)),)


@pytest.mark.parametrize(
    ("given", "since"),
    [
        pytest.param(facts(**DUE, heard_at=ago(120)), 120, id="two hours"),
        pytest.param(facts(**DUE, heard_at=ago(119.9)), None, id="not yet"),
        pytest.param(facts(**DUE, heard_at=ago(30), settings=HALF_HOUR), 30, id="as the order has"),
        pytest.param(
            facts(**DUE, heard_at=ago(150), report_interval_s=3600), None, id="not before twice"
        ),
        pytest.param(
            facts(**DUE, heard_at=ago(240), report_interval_s=3600), 240, id="of a rare reporter"
        ),
        pytest.param(facts(**DUE), 6000, id="never heard since the fitting"),
        pytest.param(facts(heard_at=ago(500)), None, id="(1) no device is fitted"),
        pytest.param(facts(), None, id="(1) nothing is known"),
        pytest.param(
            facts(**DUE, heard_at=ago(200), outages=(Interval(ago(190), ago(100)),)),
            None,
            id="(2) we were away",
        ),
        pytest.param(
            facts(**DUE, heard_at=ago(200), outages=(Interval(ago(60), ago(5)),)),
            200,
            id="(2) it was too long before already",
        ),
    ],
)
def test_assess(given: Facts, since: float | None) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == (None if since is None else ago(since))
    assert breach is None or breach.sentence.format(**breach.facts)
    assert breach is None or signal_lost.assess(given) is not None


def test_next_check() -> None:
    assert rule.next_check(facts(**DUE, heard_at=ago(20))) == ago(-100)
    assert rule.next_check(facts(**DUE, heard_at=ago(120))) is None
    assert rule.next_check(facts()) is None
