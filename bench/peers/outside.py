# SPDX-License-Identifier: EUPL-1.2
"""How others judge whether somebody is outside: each report as it comes, late ones passed over.

points outside      N reports in a row on the wrong side of the fence; N = 1 is point in polygon, as
                    Traccar judges, 2 to 4 as commercial centres do
minus 3x accuracy   N in a row that lie beyond the fence by more than three accuracies
crude sequential    log-odds of Phi(distance / sigma), each cut at 3, added up and cut at +-A
                    test: changes its mind at either end; no dwell, no clearance, no correlation

kernel alone        ours, with another threshold for outside: the presence kernel without all that
                    the engine does around it (late reports, outliers, the rule's own grace)

An accuracy that is not stated is taken as 50 m by the others. All know the hours of each condition.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scoring.departures import Raised, instant

from tarazy.supervision.judging.subjects import Subject, Watched
from tarazy.supervision.presence import rows
from tarazy.supervision.presence.compiled import loop
from tarazy.supervision.presence.geometry import measured
from tarazy.supervision.presence.hearing import INSIDE, OUTSIDE, UNKNOWN
from tarazy.supervision.presence.kernel import clearance_m, stale_after_s
from tarazy.supervision.presence.law import law, log_odds
from tarazy.supervision.simulate.reports import Fixes

ACCURACY_UNKNOWN_M = 50.0
SIGMA_M_MIN, SIGMAS_MAX, CUT = 5.0, 10.0, 3.0
ACCURACY_TO_SIGMA = 1 / 1.515

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Way = Callable[["Told"], Flags]
"""For each report whether the person is on the wrong side, as far as is believed after it."""
log_odds_of = loop(log_odds)


@dataclass(frozen=True, slots=True)
class Told:
    """Reports against one condition, in the order of arrival, without those that were late."""

    zone: str
    inside_is_wrong: bool
    at: Floats
    known: Floats
    wrong_m: Floats
    """How far on the wrong side of the fence; negative on the right one."""
    outer_m: float
    """How far the zone reaches from its middle."""
    accuracy_m: Floats
    stated: Flags
    """Whether the device states an accuracy."""
    hours_run: Flags


def points_outside(most: int) -> Way:
    return lambda told: _in_a_row(told.wrong_m > 0, most)


def minus_accuracy(most: int) -> Way:
    return lambda told: _in_a_row(told.wrong_m > 3 * told.accuracy_m, most)


def crude_test(cut: float) -> Way:
    def judge(told: Told) -> Flags:
        sigma_m = np.maximum(told.accuracy_m * ACCURACY_TO_SIGMA, SIGMA_M_MIN)
        sigmas = np.clip(told.wrong_m / sigma_m, -SIGMAS_MAX, SIGMAS_MAX)
        believed = np.zeros(len(sigmas), dtype=np.bool_)
        _add_up(np.clip(log_odds(sigmas), -CUT, CUT), cut, believed)
        return believed

    return judge


def kernel_alone(exit_at: float) -> Way:
    def judge(told: Told) -> Flags:
        times = [np.rint(column * 1e6).astype(np.int64) for column in (told.at, told.known)]
        distance_m = told.wrong_m if told.inside_is_wrong else -told.wrong_m
        accuracy_m = np.where(told.stated, told.accuracy_m, np.nan)
        whose = np.zeros(len(told.at), dtype=np.int64)
        clear_m = clearance_m(np.full(len(told.at), told.outer_m))
        fixes = rows.Rows(whose, distance_m, clear_m, accuracy_m, *times)
        _, turns = rows.judge(_nobody(told), fixes, law()._replace(exit=exit_at))
        seen = turns.presence != UNKNOWN
        turned, presence = turns.row[seen], turns.presence[seen]
        last = np.searchsorted(turned, np.arange(len(told.at)), side="right") - 1
        wrong = presence == (INSIDE if told.inside_is_wrong else OUTSIDE)
        return np.concatenate([wrong, [False]])[last]  # the last one stands for nothing seen yet

    return judge


def _nobody(told: Told) -> rows.States:
    """One state that has heard nothing."""
    zero, small = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int8)
    stale_s = stale_after_s(float(np.median(np.diff(told.at)))) if len(told.at) > 1 else 0.0
    stale = np.array([stale_s * 1e6], dtype=np.int64)
    parts = (
        small,
        small.copy(),
        zero,
        zero.copy(),
        np.zeros(1),
        zero.copy(),
        zero.copy(),
        stale,
        np.zeros(1),
        np.zeros(1),
    )
    return rows.States(*parts)


def told_of(subject: Subject, fixes: Fixes) -> list[Told]:
    """The reports of one person against each condition."""
    order = np.lexsort((fixes.at, fixes.known_at))
    at = fixes.at[order]
    fresh = order[at > np.concatenate(([-np.inf], np.maximum.accumulate(at)[:-1]))]
    at, known = fixes.at[fresh], fixes.known_at[fresh]
    stated = ~np.isnan(fixes.accuracy_m[fresh])
    accuracy_m = np.where(stated, fixes.accuracy_m[fresh], ACCURACY_UNKNOWN_M)
    found = []
    for watched in subject.watched:
        if watched.facet != "zone":
            continue
        distance_m, outer_m = measured(watched.zone, fixes.lat[fresh], fixes.lon[fresh])
        inside = watched.kind == "exclusion"
        wrong_m = distance_m if inside else -distance_m
        runs = np.zeros(len(at), dtype=np.bool_)
        for since, until in _hours(watched, at):
            runs |= (at >= since) & (at < until)
        columns = (at, known, wrong_m, outer_m, accuracy_m, stated, runs)
        found.append(Told(watched.zone_name, inside, *columns))
    return found


def alerts(conditions: Sequence[Told], way: Way) -> Iterator[Raised]:
    """All alerts of one person, as they come: stretches in which it is believed in the hours."""
    for told in conditions:
        bad, start = way(told) & told.hours_run, 0
        for value, group in groupby(bad.tolist()):
            end = start + len(list(group))
            if value:
                until = told.at[min(end, len(bad) - 1)]
                times = (told.at[start], until, told.known[start])
                yield Raised(told.zone, *(instant(float(one)) for one in times))
            start = end


def _hours(watched: Watched, at: Floats) -> set[tuple[float, float]]:
    """The hours of the condition over all days of the reports."""
    found, day = set[tuple[float, float]](), timedelta(days=1)
    moment: datetime = instant(float(at[0]))
    while moment < instant(float(at[-1])) + day:
        hours = watched.condition(moment).hours
        found |= {(one.since.timestamp(), one.until.timestamp()) for one in hours}
        moment += day
    return found


def _in_a_row(bad: Flags, most: int) -> Flags:
    places = np.arange(len(bad))
    last_good = np.maximum.accumulate(np.where(bad, -1, places))
    return np.asarray(places - last_good >= most)


@loop
def _add_up(evidence: Floats, cut: float, believed: Flags) -> None:
    total, wrong = 0.0, False
    for n in range(len(evidence)):
        total = min(max(total + evidence[n], -cut), cut)
        if total >= cut:
            wrong = True
        elif total <= -cut:
            wrong = False
        believed[n] = wrong
