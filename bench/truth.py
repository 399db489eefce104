# SPDX-License-Identifier: EUPL-1.2
"""False location alerts, and departures found, against the ground truth of simulated people.

Ours is the replay: the code of the engine. Its peers, in the same run, on the same reports, stand
in peers/outside.py; scoring/departures.py says what is counted. Each profile of noise
(simulate/profiles.py) is printed with its parameters. Alerts that follow each other by up to 30
minutes are one alert with ours; the peers' are counted as they come, and joined in the same way.

    python bench/truth.py                        the figures in docs/judgement.md
    python bench/truth.py --curve --people 20    other thresholds, ours by the kernel alone: quick,
                                                 for peers/truth_plot.py
"""

import argparse
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from peers import versions
from peers.outside import (
    Way,
    alerts,
    crude_test,
    kernel_alone,
    minus_accuracy,
    points_outside,
    told_of,
)
from scoring.departures import Raised, Score, Widest, count, together, truth_of

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.presence import constants
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.replay.course import Replayed, replay
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.simulate.breaches import Planting
from tarazy.supervision.simulate.dataset import Sample, Simulation
from tarazy.supervision.simulate.noise import Noise
from tarazy.supervision.simulate.profiles import PROFILES
from tarazy.supervision.simulate.reports import Fixes
from tarazy.supervision.simulate.truth import happened

OUT = Path(__file__).parent / "out" / "truth.jsonl"
SEEDS = (101, 102, 103, 104, 105)
"""Never those that a constant was tuned on (1 to 9)."""
PEOPLE, DAYS = 4, 30
START = date(2025, 3, 3)
PLANTING = Planting(breach_chance=0.2)
MONTH_DAYS = 30.0
HOME_RADIUS_M = (30, 200)
LOCATION = {"S-CURFEW-START", "S-CURFEW-ABSENCE", "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY"}
OURS = "Tarazy"
KERNEL = "kernel alone"
EXITS = (-1.0, -2.5, constants.EXIT, -6.0, -8.0)
"""Thresholds for the curve, for two to five far fixes."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of judging at one setting."""

    method: str
    setting: str
    way: Way


PEERS = (
    *(Peer(KERNEL, f"{at:g}", kernel_alone(at)) for at in EXITS),
    *(Peer("points outside", str(n), points_outside(n)) for n in (1, 2, 3, 4)),
    *(Peer("minus 3x accuracy", str(n), minus_accuracy(n)) for n in (1, 2, 3, 4)),
    *(Peer("crude sequential test", f"{cut:g}", crude_test(cut)) for cut in (2.0, 4.0, 6.0, 9.0)),
)
TABLE = {
    (KERNEL, f"{constants.EXIT:g}"),
    ("minus 3x accuracy", "1"),
    ("crude sequential test", "4"),
}
"""Of those with a setting besides N points, the ones that stand in the table; the curve has all."""


def arrivals_of(fixes: Fixes) -> list[Arrival]:
    """The reports in the order in which they became known."""
    columns = (fixes.at, fixes.known_at, fixes.lat, fixes.lon, fixes.accuracy_m)
    rows = sorted(zip(*(one.tolist() for one in columns), strict=True), key=lambda row: row[1::-1])
    found = []
    for at, known, lat, lon, accuracy in rows:
        when, known_at = (datetime.fromtimestamp(round(s, 1), UTC) for s in (at, known))
        place = Sighting(when, lat, lon, None if math.isnan(accuracy) else accuracy)
        found.append(Arrival(0, when, known_at, place, None, None, frozenset()))
    return found


def ours(done: Replayed, end: datetime) -> list[Raised]:
    """Each location alert that was ever raised, at its widest."""
    names = {one.id: one.zone_name for one in done.subject.watched}
    found = Widest()
    for turn in done.turns:
        rule, condition = turn.cause
        if rule in LOCATION and condition is not None:
            times = turn.breach.since, turn.until or end, turn.known_at
            found.turn((turn.cause, turn.number), turn.kind, Raised(names[condition], *times))
    return found.alerts


def beyond_m(noise: Noise) -> float:
    """How far a departure reaches: 100 m and three sigma of the simulated error indoors."""
    flat = (noise.white_sigma_m, noise.open_sigma_m, noise.wander_sigma_m, noise.indoor_sigma_m)
    return 100 + 3 * math.hypot(*flat)


@dataclass(slots=True)
class Run:
    """All ways of judging over one seed."""

    scores: dict[tuple[str, str], Score]
    reports: int = 0
    seconds: float = 0.0


def run(sample: Sample, peers: Sequence[Peer], *, whole: bool) -> Run:
    """The replay is left out where the whole is not asked for."""
    simulation = Simulation(sample)
    orders = read_orders(msgspec.json.encode(simulation.orders()))
    names = [(OURS, "")] * whole + [(one.method, one.setting) for one in peers]
    fresh = (beyond_m(sample.noise), sample.noise.interval_s)
    done = Run({name: Score(*fresh) for name in names})
    for number, wearer in enumerate(simulation.population.wearers):
        track, silences = simulation.track(wearer)
        fixes = simulation.fixes(wearer, track, silences)
        truth = truth_of(Score(*fresh), fixes, happened(wearer, track, silences))
        subject = subject_of(orders[number], number)
        found: dict[tuple[str, str], list[Raised]] = {}
        if whole:
            arrivals = arrivals_of(fixes)
            end = arrivals[-1].known_at + timedelta(minutes=2)
            started = time.perf_counter()
            found[OURS, ""] = ours(replay(subject, arrivals, end), end)
            done.seconds += time.perf_counter() - started
        done.reports += len(fixes.at)
        conditions = told_of(subject, fixes)
        found |= {(one.method, one.setting): [*alerts(conditions, one.way)] for one in peers}
        for name, score in done.scores.items():
            score.months += sample.days / MONTH_DAYS
            count(score, found[name], truth)
    return done


HEAD = ("false/mo", "joined", "departed", "found %", "median s", "p95 s", "late", "found %")


def show(name: str, score: Score) -> None:
    line = score.line()
    figures = (f"{'-' if one is None else one:>11}" for one in line.values())
    print(f"{name:26}" + "".join(figures), flush=True)


def profile(name: str, samples: Sequence[Sample], *, curve: bool) -> None:
    """One profile of noise over all seeds, printed and kept."""
    noise = samples[0].noise
    changed = msgspec.json.encode(dict(_differences(noise)))
    print(f"\n{name} noise, besides the simulator's own: {changed.decode()}")
    print(f"homes of {samples[0].home_radius_m} m; departures reach {beyond_m(noise):.0f} m")
    print(f"{'':26}" + "".join(f"{one:>11}" for one in (*HEAD, "upload p95")))
    peers, found = [one for one in PEERS if curve or _in_table(one)], list[Run]()
    for sample in samples:
        found.append(run(sample, peers, whole=not curve))
        first = next(iter(found[-1].scores.items()))
        show(f"{first[0][0]}, seed {sample.seed}", first[1])
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as file:
        for way in found[0].scores:
            whole = together([one.scores[way] for one in found])
            show(f"{way[0]} {way[1]}", whole)
            row = {"profile": name, "method": way[0], "setting": way[1], "curve": curve}
            row |= {"seeds": [one.seed for one in samples], "months": whole.months}
            file.write(json.dumps(row | whole.line()) + "\n")
    reports, seconds = (sum(getattr(one, key) for one in found) for key in ("reports", "seconds"))
    print(f"{reports} reports; ours took {seconds:.1f} s, late data included", flush=True)


def _in_table(peer: Peer) -> bool:
    return peer.method == "points outside" or (peer.method, peer.setting) in TABLE


def _differences(noise: Noise) -> Mapping[str, object]:
    usual, this = (msgspec.to_builtins(one) for one in (PROFILES["usual"], noise))
    return {key: value for key, value in this.items() if value != usual[key]}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--days", type=int, default=DAYS)
    options.add_argument("--noise", choices=list(PROFILES), action="append")
    options.add_argument("--curve", action="store_true", help="with other thresholds, for a plot")
    given = options.parse_args()
    versions.tell()
    seeds = [int(one) for one in given.seeds.split(",")]
    print(f"seeds {seeds}, {given.people} people x {given.days} days each from {START}; {PLANTING}")
    for name in given.noise or PROFILES:
        sample = Sample(
            seed=0,
            people=given.people,
            days=given.days,
            start=START,
            noise=PROFILES[name],
            planting=PLANTING,
            home_radius_m=HOME_RADIUS_M,
        )
        profile(name, [replace(sample, seed=seed) for seed in seeds], curve=given.curve)


if __name__ == "__main__":
    main()
