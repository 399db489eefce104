# SPDX-License-Identifier: EUPL-1.2
"""Pairs: meetings found, false alerts and delay against ground truth; and how fast it is.

Ours is `judging.pairs`, the code of the engine and of the replay. Its peer, in the same run on the
same reports, is the raw distance between the last reports of both, whenever either reports, as
Traccar judges proximity: neither the age nor the uncertainty of the other side is looked at.

A *meeting* is a stretch of 5 minutes or more in which the two truly are nearer than the radius. An
alert is false where they truly never were, from 2 minutes before it until 2 minutes after; it is a
*passing* where they were for less than a minute. Breaks of up to 30 minutes join alerts, of ours
and of the peer alike. Delay is from the true beginning until it was known; meetings with a
report in their first five minutes that came later than 60 s after its time, or more than 330 s
after the one before (phones at rest report each five minutes), are told apart as late ones.

    python bench/pairs.py            some minutes: the figures in docs/judgement.md
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from peers import versions

from tarazy.supervision.judging.bonds import Bond, radii_of_contact, radii_of_victim
from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.pairs import judge_pair, unheard
from tarazy.supervision.presence.geometry import ground_m
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.pairs import Placed
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.simulate.breaches import Planting
from tarazy.supervision.simulate.dataset import Sample
from tarazy.supervision.simulate.noise import Noise
from tarazy.supervision.simulate.pairs import Near, SimulatedPair, simulate_pairs
from tarazy.supervision.simulate.reports import Fixes

OUT = Path(__file__).parent / "out" / "pairs.jsonl"
SEEDS = (201, 202, 203)
"""Never those that a constant was tuned on (1 to 9)."""
PAIRS, DAYS, VISITS_A_DAY = 6, 10, 0.4
START = date(2025, 3, 3)
MONTH_DAYS = 30.0
MEETING_S, PASSING_S = 300.0, 60.0
ON_TIME_GAP_S, ON_TIME_DELAY_S = 330.0, 60.0
AROUND = timedelta(minutes=2)
NOISES = {
    "usual": Noise(),
    "harsh": Noise(
        urban_sigma_m=25.0,
        indoor_sigma_m=35.0,
        understating_share=0.5,
        understating_factor=0.3,
        outlier_share=0.03,
        rest_interval_s=60.0,
        gaps_a_day=2.0,
        offline_a_day=3.0,
    ),
}
RULES = {
    "S-VICTIM-PROXIMITY": (100, radii_of_victim(300, 100)),
    "S-VICTIM-APPROACH": (300, radii_of_victim(300, 100)),
    "S-CONTACT": (100, radii_of_contact(100)),
}
SPEED_PAIRS, SPEED_MINUTES = 2_000, 30


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert: from when to when, and when it was known."""

    since: datetime
    until: datetime
    known_at: datetime


@dataclass(slots=True)
class Score:
    """What one judge found of one kind of meeting."""

    months: float = 0.0
    false: int = 0
    passings: int = 0
    meetings: int = 0
    found: int = 0
    late_meetings: int = 0
    late_found: int = 0
    delays_s: list[float] = field(default_factory=list)

    def row(self) -> dict[str, float | None]:
        """As it is printed."""
        delays = sorted(self.delays_s)
        return {
            "false_a_month": round(self.false / self.months, 3),
            "passings_a_month": round(self.passings / self.months, 3),
            "found": self.found,
            "meetings": self.meetings,
            "late_found": self.late_found,
            "late_meetings": self.late_meetings,
            "delay_median_s": round(float(np.median(delays))) if delays else None,
            "delay_p95_s": round(float(np.percentile(delays, 95))) if delays else None,
        }


def placed(side: int, fixes: Fixes) -> list[Placed]:
    """As they are judged."""
    columns = (fixes.at, fixes.known_at, fixes.lat, fixes.lon, fixes.accuracy_m)
    return [
        Placed(side, Sighting(_moment(at), lat, lon, accuracy), _moment(max(at, known)))
        for at, known, lat, lon, accuracy in zip(*(one.tolist() for one in columns), strict=True)
    ]


def ours(pair: SimulatedPair, rule: str, report_s: float) -> list[Raised]:
    """Our alerts of one rule, as they are believed at the end; withdrawn ones too."""
    radii = RULES[rule][1]
    places = [*placed(0, pair.fixes[0]), *placed(1, pair.fixes[1])]
    begin, end = _span(pair)
    whole = Interval(begin, end)
    bond = Bond(1, "nct", 1, 1, whole, "PP", radii, (report_s, report_s), (whole,))
    judged = judge_pair(bond, unheard(bond), places, end)
    found: dict[int, Raised] = {}
    for turn in judged.turns:
        if turn.cause[0] == rule:
            known = found[turn.number].known_at if turn.number in found else turn.known_at
            until = turn.until or end
            found[turn.number] = Raised(turn.breach.since, until, known)
    return list(found.values())


def raw_distance(pair: SimulatedPair, radius_m: float) -> list[Raised]:
    """The peer: at each report, how far the last report of the other one is."""
    rows = sorted(
        (known, side, n)
        for side, fixes in enumerate(pair.fixes)
        for n, known in enumerate(fixes.known_at.tolist())
    )
    last: list[int | None] = [None, None]
    runs: list[Raised] = []
    near_since: datetime | None = None
    for known, side, n in rows:
        before, other = last[side], last[1 - side]
        if before is not None and pair.fixes[side].at[n] < pair.fixes[side].at[before]:
            continue  # Traccar raises nothing for what is older than the last one
        last[side], when = n, _moment(known)
        if other is None:
            continue
        if _apart_m(pair, (side, n), other) < radius_m:
            near_since = near_since or when
        elif near_since is not None:
            runs.append(Raised(near_since, when, near_since))
            near_since = None
    if near_since is not None:
        runs.append(Raised(near_since, _span(pair)[1], near_since))
    return _joined(runs)


def _apart_m(pair: SimulatedPair, told: tuple[int, int], other: int) -> float:
    side, n = told
    here, there = pair.fixes[side], pair.fixes[1 - side]
    one, two = slice(n, n + 1), slice(other, other + 1)
    return float(ground_m(here.lat[one], here.lon[one], there.lat[two], there.lon[two])[0])


def _joined(runs: Sequence[Raised]) -> list[Raised]:
    joined: list[Raised] = []
    for one in runs:
        if joined and one.since - joined[-1].until <= REOPEN:
            joined[-1] = Raised(joined[-1].since, one.until, joined[-1].known_at)
        else:
            joined.append(one)
    return joined


def judge(score: Score, pair: SimulatedPair, raised: Sequence[Raised], radius_m: float) -> None:
    """Hold alerts against the truth."""
    true = pair.near(radius_m)
    begin, end = _span(pair)
    score.months += (end - begin) / timedelta(days=MONTH_DAYS)
    for one in raised:
        beside = [near for near in true if _meet(near, one)]
        if not beside:
            score.false += 1
        elif max(near.lasted_s for near in beside) < PASSING_S:
            score.passings += 1
    for near in true:
        if near.lasted_s < MEETING_S:
            continue
        found = [one for one in raised if _meet(near, one)]
        if _on_time(pair, near):
            score.meetings += 1
            score.found += bool(found)
            if found:
                first = min(one.known_at for one in found)
                score.delays_s.append(max((first - near.since).total_seconds(), 0.0))
        else:
            score.late_meetings += 1
            score.late_found += bool(found)


def _on_time(pair: SimulatedPair, near: Near) -> bool:
    since, until = near.since.timestamp(), near.until.timestamp()
    for fixes in pair.fixes:
        inside = (fixes.at >= since - ON_TIME_GAP_S) & (fixes.at <= min(until, since + MEETING_S))
        at, known = fixes.at[inside], fixes.known_at[inside]
        if len(at) < 2:
            return False
        if np.diff(at).max() > ON_TIME_GAP_S or (known - at).max() > ON_TIME_DELAY_S:
            return False
    return True


def _meet(near: Near, one: Raised) -> bool:
    return near.since - AROUND <= one.until and one.since <= near.until + AROUND


def _span(pair: SimulatedPair) -> tuple[datetime, datetime]:
    return (
        _moment(max(float(track.at[0]) for track in pair.tracks)),
        _moment(min(float(track.at[-1]) for track in pair.tracks)),
    )


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def truth(pairs: int, days: int) -> None:
    """Print what was found under each noise, and add it to the file of results."""
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as out:
        for name, noise in NOISES.items():
            scores: dict[tuple[str, str], Score] = {}
            for seed in SEEDS:
                sample = Sample(
                    seed=seed, people=2 * pairs, days=days, start=START, noise=noise,
                    planting=Planting(breach_chance=0.0),
                )  # fmt: skip
                for pair in simulate_pairs(sample, VISITS_A_DAY):
                    for rule, (radius_m, _) in RULES.items():
                        mine = scores.setdefault((rule, "ours"), Score())
                        judge(mine, pair, ours(pair, rule, noise.interval_s), radius_m)
                        peer = scores.setdefault((rule, "raw distance"), Score())
                        judge(peer, pair, raw_distance(pair, radius_m), radius_m)
            for (rule, who), score in scores.items():
                line = {"noise": name, "rule": rule, "who": who, **score.row()}
                print(json.dumps(line))
                parameters = {"seeds": SEEDS, "pairs": pairs, "days": days, **asdict(noise)}
                out.write(json.dumps({**line, "parameters": parameters}) + "\n")


def speed(pairs: int, minutes: int) -> None:
    """2,000 pairs among 20,000 wearers: what judging them costs, a minute at a time."""
    rng = np.random.default_rng(1)
    begin = datetime(2026, 3, 2, 8, tzinfo=UTC)
    whole = Interval(begin, begin + timedelta(days=1))
    costs_s, places = 0.0, 0
    for number in range(pairs):
        bond = Bond(
            number, "nct", 1, 1, whole, "PP", radii_of_victim(300, 100), (60.0, 60.0), (whole,)
        )
        away, phase = rng.uniform(0, 0.05), rng.uniform(0, 60, 2)
        found = judge_pair(bond, unheard(bond), [], begin)
        for minute in range(minutes):
            fresh = []
            for side in (0, 1):
                when = begin + timedelta(seconds=60 * minute + float(phase[side]))
                lon = 76.9 + side * away + rng.normal(0, 1e-4)
                fresh.append(Placed(side, Sighting(when, 43.2, lon, 15.0), when))
            started = time.process_time()
            found = judge_pair(bond, found.after, fresh, begin + timedelta(minutes=minute + 1))
            costs_s += time.process_time() - started
            places += len(fresh)
    share = costs_s / (minutes * 60)
    line = {"pairs": pairs, "us_a_place": round(1e6 * costs_s / places), "cores": round(share, 3)}
    print(json.dumps(line))
    with OUT.open("a") as out:
        out.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--pairs", type=int, default=PAIRS)
    told.add_argument("--days", type=int, default=DAYS)
    told.add_argument("--speed-pairs", type=int, default=SPEED_PAIRS)
    chosen = told.parse_args()
    versions.tell()
    truth(chosen.pairs, chosen.days)
    speed(chosen.speed_pairs, SPEED_MINUTES)
