# SPDX-License-Identifier: EUPL-1.2
"""Drives through a zone to keep out of, between reports: what is found of them, and what is false.

A drive is a true stay in the zone of three minutes at most. It is found as an entry where a report
or two lay in the zone, as a possible crossing where none did; one of both is enough, and neither is
said aloud. A possible crossing with no true stay in the zone between its two reports (two minutes
around them allowed) is false. The same for several intervals of reports, and with absences of some
days that are permitted: what is raised about a home or a zone to stay in meanwhile is false.

    python bench/truth_crossings.py --people 24 --days 20     some minutes
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from peers import versions
from scoring.departures import AROUND, moment
from truth import MONTH_DAYS, SEEDS, START, arrivals_of

from tarazy.supervision.judging.subjects import Turn
from tarazy.supervision.presence import passage
from tarazy.supervision.replay.course import replay
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.simulate.breaches import Planting
from tarazy.supervision.simulate.dataset import Sample, Simulation
from tarazy.supervision.simulate.noise import Noise
from tarazy.supervision.simulate.truth import Happened, happened

OUT = Path(__file__).parent / "out" / "truth_crossings.jsonl"
PLANTING = Planting(breach_chance=0.3, drive_share=0.8, absence_chance=0.3)
DRIVE = timedelta(minutes=3)
EVERY_S = (30.0, 60.0, 120.0, 300.0)
DETOURS = (1.0, 1.05)
ENTRY, CROSSING, STAYED = (
    "S-EXCLUSION-ENTRY",
    "S-POSSIBLE-CROSSING",
    {"S-INCLUSION-EXIT", "S-CURFEW-ABSENCE"},
)


def during(turn: Turn, one: Happened) -> bool:
    """Whether an alert, as it was at a turn, meets what truly happened."""
    until = turn.until or turn.known_at
    return moment(one.since) - AROUND <= until and turn.breach.since <= moment(one.until) + AROUND


def count(found: Counter[str], turns: Sequence[Turn], truth: Sequence[Happened]) -> None:
    """Add one person: drives and what is found of them, and what is false."""
    raised = [one for one in turns if one.kind in {"raised", "changed", "cleared"}]
    stays = [one for one in truth if one.kind == "entered_exclusion"]
    for one in stays:
        if moment(one.until) - moment(one.since) > DRIVE:
            continue
        rules = {turn.cause[0] for turn in raised if during(turn, one)}
        found["drives"] += 1
        found["as_entry"] += ENTRY in rules
        found["as_possible"] += CROSSING in rules and ENTRY not in rules
        found["not_found"] += not {ENTRY, CROSSING} & rules
    alerts = {(one.cause, one.number): one for one in raised}.values()
    for alert in alerts:
        if alert.cause[0] == CROSSING:
            found["possible"] += 1
            found["possible_false"] += not any(during(alert, one) for one in stays)
        if alert.cause[0] in STAYED:
            others = (one for one in truth if one.kind not in {"entered_exclusion", "silent"})
            found["stay_false"] += not any(during(alert, one) for one in others)


def run(seeds: Sequence[int], people: int, days: int, every_s: float) -> Counter[str]:
    """Everybody with a zone to keep out of, over all seeds."""
    noise = Noise(interval_s=every_s)
    found: Counter[str] = Counter()
    for seed in seeds:
        sample = Sample(
            seed=seed, people=people, days=days, start=START, noise=noise, planting=PLANTING
        )
        simulation = Simulation(sample)
        orders = read_orders(msgspec.json.encode(simulation.orders()))
        for number, wearer in enumerate(simulation.population.wearers):
            if wearer.forbidden is None:
                continue
            track, silences = simulation.track(wearer)
            arrivals = arrivals_of(simulation.fixes(wearer, track, silences))
            end = arrivals[-1].known_at + timedelta(minutes=2)
            done = replay(subject_of(orders[number], number), arrivals, end)
            count(found, done.turns, happened(wearer, track, silences))
            found["person_days"] += days
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", default=",".join(map(str, SEEDS[:2])))
    options.add_argument("--people", type=int, default=10)
    options.add_argument("--days", type=int, default=30)
    given = options.parse_args()
    versions.tell()
    seeds = [int(one) for one in given.seeds.split(",")]
    print(f"seeds {seeds}, {given.people} people x {given.days} days each; {PLANTING}")
    names = ["drives", "as_entry", "as_possible", "not_found"]
    names += ["possible", "possible_false", "stay_false"]
    print(
        f"{'report each':12}{'detour':>8}" + "".join(f"{one:>15}" for one in (*names, "false/mo"))
    )
    OUT.parent.mkdir(exist_ok=True)
    for every_s in EVERY_S:
        for passage.DETOUR in DETOURS:
            found = run(seeds, given.people, given.days, every_s)
            months = max(found["person_days"] / MONTH_DAYS, 1e-9)
            figures = [found[name] for name in names] + [round(found["possible_false"] / months, 2)]
            print(f"{every_s:10.0f} s{passage.DETOUR:8}" + "".join(f"{one:>15}" for one in figures))
            with OUT.open("a") as file:
                row = {"name": "truth_crossings", "every_s": every_s, "detour": passage.DETOUR}
                file.write(json.dumps(row | dict(found)) + "\n")


if __name__ == "__main__":
    main()
