# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import signal_lost as rule
from tarazy.supervision.rules.interface import Facts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def facts(
    heard: float | None,
    *,
    monitored: float | None = 600,
    report_interval_s: int = 60,
    outages: tuple[tuple[float, float], ...] = (),
) -> Facts:
    """Everything in minutes before noon."""
    return Facts(
        now=NOON,
        order_id="ord_1",
        report_interval_s=report_interval_s,
        heard_at=None if heard is None else ago(heard),
        monitored_since=None if monitored is None else ago(monitored),
        outages=tuple(Interval(ago(since), ago(until)) for since, until in outages),
    )


@pytest.mark.parametrize(
    ("given", "since"),
    [
        pytest.param(facts(10), 10, id="ten minutes for a phone that reports each minute"),
        pytest.param(facts(9.9), None, id="not yet"),
        pytest.param(facts(5, report_interval_s=15), 5, id="five minutes at least"),
        pytest.param(facts(4.9, report_interval_s=15), None, id="not yet, though 19 are missing"),
        pytest.param(facts(59, report_interval_s=600), None, id="an hour for a rare reporter"),
        pytest.param(facts(60, report_interval_s=600), 60, id="an hour is too long"),
        pytest.param(facts(119, report_interval_s=3600), None, id="two reports of an hourly one"),
        pytest.param(facts(120, report_interval_s=3600), 120, id="are too many"),
        pytest.param(facts(None), 600, id="never heard since the fitting"),
        pytest.param(facts(None, monitored=9), None, id="(1) only just fitted"),
        pytest.param(facts(30, monitored=9), None, id="(1) heard before, only just in force"),
        pytest.param(facts(30, monitored=None), None, id="(1) no device is fitted"),
        pytest.param(facts(None, monitored=None), None, id="(1) nothing is known"),
        pytest.param(facts(30, outages=((25, 5),)), None, id="(2) we were away"),
        pytest.param(facts(60, outages=((55, 12),)), 10, id="(2) counted again from our return"),
        pytest.param(facts(60, outages=((55, 11),)), None, id="(2) with a grace"),
        pytest.param(facts(60, outages=((40, 5),)), 60, id="(2) it was too long before already"),
        pytest.param(facts(20, outages=((60, 30),)), 20, id="(2) we were back before the silence"),
        pytest.param(
            facts(90, outages=((85, 70), (65, 5))), None, id="(2) two outages, one after the other"
        ),
    ],
)
def test_assess(given: Facts, since: float | None) -> None:
    breach = rule.assess(given)
    assert (breach.since if breach else None) == (None if since is None else ago(since))
    if breach:
        assert breach.sentence.format(**breach.facts)


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (facts(4), 6),
        (facts(12), None),
        (facts(4, monitored=None), None),
        (facts(30, outages=((25, 5),)), 7),
    ],
)
def test_next_check(given: Facts, due: float | None) -> None:
    assert rule.next_check(given) == (None if due is None else ago(-due))
