# SPDX-License-Identifier: EUPL-1.2
"""When devices report, how late, and what never comes."""

from dataclasses import replace

import numpy as np

from tarazy.supervision.simulate.breaches import Silence
from tarazy.supervision.simulate.city import CENTRE_LAT, CENTRE_LON
from tarazy.supervision.simulate.geo import Plane
from tarazy.supervision.simulate.noise import Noise, Sensor
from tarazy.supervision.simulate.reports import Fixes, fix_times, lose_and_delay, observe
from tarazy.supervision.simulate.tracks import Track

PLANE = Plane(CENTRE_LAT, CENTRE_LON)
START = 1_740_000_000.0
HOUR_S = 3600.0
# at home for two hours, half an hour eastward at 1.5 m/s, five hours there
TRACK = Track(
    at=START + HOUR_S * np.array([0, 2, 2, 2.5, 2.5, 7.5]),
    east_m=np.array([0.0, 0, 0, 2700, 2700, 2700]),
    north_m=np.zeros(6),
    indoors=np.array([True, True, False, True, True, True]),
    moving=np.array([False, False, True, False, False, False]),
)
RELIABLE = replace(Noise(), gaps_a_day=0.0, offline_a_day=0.0, outlier_share=0.0)


def observed(noise: Noise, index: int, silences: list[Silence]) -> Fixes:
    sensor, rng = Sensor(1, index, noise), np.random.default_rng(index)
    at = fix_times(TRACK, noise, sensor.rest_shift_s)
    return lose_and_delay(observe(TRACK, at, sensor, PLANE, rng), silences, sensor, rng)


def test_a_fix_a_minute_on_the_move_and_one_in_ten_after_ten_minutes_at_rest() -> None:
    at = fix_times(TRACK, Noise(), 17.0) - START
    assert set(np.diff(at[(at >= 2 * HOUR_S) & (at < 2.5 * HOUR_S)]).tolist()) == {60.0}
    assert set(np.diff(at[(at >= 600) & (at < 2 * HOUR_S)]).tolist()) <= {600.0, 577.0, 60.0, 17.0}
    assert 55 < len(at) < 100


def test_speed_and_course_follow_the_way() -> None:
    fixes = observed(RELIABLE, 3, [])
    walking = (fixes.at > START + 2 * HOUR_S) & (fixes.at < START + 2.5 * HOUR_S)
    assert np.allclose(fixes.speed_kmh[walking].mean(), 5.4, atol=0.3)
    assert np.all(np.abs(fixes.course_deg[walking] - 90) < 20)
    assert np.all(fixes.speed_kmh[~walking] == 0)
    assert all(report.course_deg is None for report in fixes.reports() if report.speed_kmh == 0)


def test_nothing_is_reported_in_silence_and_a_dying_battery_shows() -> None:
    silence = Silence(START + 3 * HOUR_S, START + 5 * HOUR_S, "battery")
    fixes = observed(RELIABLE, 4, [silence])
    assert not ((fixes.at >= silence.since) & (fixes.at < silence.until)).any()
    dying = fixes.battery_percent[(fixes.at > silence.since - 600) & (fixes.at < silence.since)]
    assert (dying <= 2).all()
    assert fixes.battery_percent[fixes.at >= silence.until].min() > 20


def test_without_a_network_fixes_wait_and_come_late_in_either_order() -> None:
    noise = replace(RELIABLE, offline_a_day=12.0, newest_first_share=0.5)
    orders = set()
    for index in range(12):
        fixes = observed(noise, index, [])
        late = fixes.known_at - fixes.at
        assert (late > 0).all()
        assert (late[~fixes.stored] < 7).all()
        if fixes.stored.sum() > 2:
            held = np.flatnonzero(fixes.stored)
            run = held[held - held[0] == np.arange(len(held))]
            steps = np.diff(fixes.known_at[run])
            orders.add(bool((steps[:2] > 0).all()))
            assert Sensor(1, index, noise).newest_first or (steps > 0).all()
    assert orders == {True, False}


def test_gaps_lose_fixes() -> None:
    whole = sum(len(observed(RELIABLE, index, []).at) for index in range(10))
    gappy = replace(RELIABLE, gaps_a_day=24.0, gap_mean_s=1800.0)
    assert sum(len(observed(gappy, index, []).at) for index in range(10)) < 0.9 * whole
