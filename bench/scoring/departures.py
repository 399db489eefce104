# SPDX-License-Identifier: EUPL-1.2
"""False alerts and departures found, of anybody's alerts, against what truly happened.

A false alert overlaps no true breach of its condition, two minutes around each allowed. It counts
also where it was withdrawn later: somebody was called. A departure lasts at least 10 minutes (two
reports, where they are rarer) and truly reaches so far beyond the fence. It is on time where
usable reports came at once for its first ten minutes (no cell, no place told again); the others are
told apart, with their delay after the upload.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.presence.constants import COARSE_ACCURACY_M
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.simulate.reports import Fixes
from tarazy.supervision.simulate.truth import Happened

AROUND = timedelta(minutes=2)
DEPARTURE = timedelta(minutes=10)
ON_TIME_DELAY_S = 60.0
ON_TIME_INTERVALS = 130 / 60
REPORTS_LATE_MIN = 3


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert of anybody's: which condition, from when to when, and when it was raised."""

    condition: str
    since: datetime
    until: datetime
    known_at: datetime


class Widest:
    """Each alert that was ever raised, at its widest, out of its turns."""

    def __init__(self) -> None:
        self.alerts: list[Raised] = []
        self._current: dict[Hashable, int] = {}

    def turn(self, which: Hashable, kind: str, told: Raised) -> None:
        """One turn more, in the order of knowing."""
        if kind == "raised":  # also where the number of one that was withdrawn is given again
            self._current[which] = len(self.alerts)
            self.alerts.append(told)
            return
        n = self._current[which]
        before = self.alerts[n]
        since = min(before.since, told.since)
        self.alerts[n] = Raised(before.condition, since, told.until, before.known_at)


@dataclass(slots=True)
class Score:
    """What one way of judging came to."""

    beyond_m: float = 0.0
    interval_s: float = 60.0
    false: int = 0
    joined_false: int = 0
    months: float = 0.0
    departures: int = 0
    found: int = 0
    delays_s: list[float] = field(default_factory=list)
    late: int = 0
    late_found: int = 0
    after_upload_s: list[float] = field(default_factory=list)

    def line(self) -> dict[str, float | None]:
        """The figures that are printed."""
        return {
            "false_a_month": round(self.false / self.months, 3),
            "false_a_month_joined": round(self.joined_false / self.months, 3),
            "departures": self.departures,
            "found_percent": percent(self.found, self.departures),
            "delay_median_s": quantile(self.delays_s, 0.5),
            "delay_p95_s": quantile(self.delays_s, 0.95),
            "late_departures": self.late,
            "late_found_percent": percent(self.late_found, self.late),
            "after_upload_p95_s": quantile(self.after_upload_s, 0.95),
        }

    @property
    def departure(self) -> timedelta:
        """How long one lasts at least."""
        return max(DEPARTURE, timedelta(seconds=2 * self.interval_s))


def percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 1) if values else None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def joined(alerts: Iterable[Raised]) -> list[Raised]:
    """With breaks of up to 30 minutes joined, as ours are."""
    found: list[Raised] = []
    for one in sorted(alerts, key=lambda one: (one.condition, one.since)):
        before = found[-1] if found else None
        if before and before.condition == one.condition and one.since - before.until <= REOPEN:
            until = max(before.until, one.until)
            found[-1] = Raised(one.condition, before.since, until, before.known_at)
        else:
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Departure:
    """A breach that is to be found."""

    zone: str | None
    whole: Interval
    third_known_at: datetime | None
    """Where reports came late: when three of it were there. None where they came on time."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What one person truly did, as far as alerts are held against it."""

    spans: tuple[tuple[str | None, datetime, datetime], ...]
    """Each breach with what is allowed around it."""
    departures: tuple[Departure, ...]


def truth_of(score: Score, fixes: Fixes, truth: Sequence[Happened]) -> Truth:
    """The breaches, and the departures among them by what the score asks of one."""
    breaches = [one for one in truth if one.kind != "silent"]
    spans = [(one.zone, moment(one.since) - AROUND, moment(one.until) + AROUND) for one in breaches]
    departures = []
    for one in breaches:
        whole = Interval(moment(one.since), moment(one.until))
        far = one.farthest_m is not None and one.farthest_m >= score.beyond_m
        long = whole.until - whole.since >= score.departure
        if not long or not far or one.kind == "entered_exclusion":
            continue
        if _on_time(score, fixes, whole):
            departures.append(Departure(one.zone, whole, None))
            continue
        since, until = whole.since.timestamp(), whole.until.timestamp()
        within = np.sort(fixes.known_at[(fixes.at >= since) & (fixes.at < until)])
        if len(within) >= REPORTS_LATE_MIN:
            third = instant(float(within[REPORTS_LATE_MIN - 1]))
            departures.append(Departure(one.zone, whole, third))
    return Truth(tuple(spans), tuple(departures))


def count(score: Score, alerts: Sequence[Raised], truth: Truth) -> None:
    """Add one person's alerts."""
    score.false += sum(not _is_true(one, truth.spans) for one in alerts)
    score.joined_false += sum(not _is_true(one, truth.spans) for one in joined(alerts))
    for one in truth.departures:
        matching = [
            alert.known_at
            for alert in alerts
            if alert.condition == one.zone
            and one.whole.since - AROUND <= alert.until
            and alert.since <= one.whole.until
        ]
        if one.third_known_at is None:
            score.departures += 1
            score.found += bool(matching)
            delay = [(found - one.whole.since).total_seconds() for found in matching]
            score.delays_s += [min(delay)] if delay else []
        else:
            score.late += 1
            score.late_found += bool(matching)
            upload = [(found - one.third_known_at).total_seconds() for found in matching]
            score.after_upload_s += [max(0.0, min(upload))] if upload else []


def _is_true(alert: Raised, spans: Sequence[tuple[str | None, datetime, datetime]]) -> bool:
    return any(
        zone == alert.condition and since <= alert.until and alert.since <= until
        for zone, since, until in spans
    )


def _on_time(score: Score, fixes: Fixes, breach: Interval) -> bool:
    """Whether reports came at once, each in its time, for its beginning."""
    since, end = breach.since.timestamp(), (breach.since + score.departure).timestamp()
    prompt = (fixes.known_at - fixes.at <= ON_TIME_DELAY_S) & _usable(fixes)
    times = np.sort(fixes.at[prompt & (fixes.at >= since) & (fixes.at <= end)])
    gaps_s = np.diff(np.concatenate(([since], times, [end])))
    return bool(gaps_s.max() <= max(60.0, score.interval_s) * ON_TIME_INTERVALS)


def _usable(fixes: Fixes) -> npt.NDArray[np.bool_]:
    """Neither of a mobile network's cell nor the place before, told again."""
    again = np.zeros(len(fixes.at), dtype=np.bool_)
    order = np.argsort(fixes.at)
    again[order[1:]] = (np.diff(fixes.lat[order]) == 0) & (np.diff(fixes.lon[order]) == 0)
    return ~(again | (fixes.accuracy_m > COARSE_ACCURACY_M))


def together(scores: Sequence[Score]) -> Score:
    """Several seeds as one."""
    whole = Score(scores[0].beyond_m, scores[0].interval_s)
    for one in scores:
        for name, value in asdict(one).items():
            if name not in ("beyond_m", "interval_s"):
                setattr(whole, name, getattr(whole, name) + value)
    return whole
