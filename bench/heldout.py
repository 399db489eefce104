# SPDX-License-Identifier: EUPL-1.2
"""The whole replay, as the command runs it, on worlds that nothing was tuned on (heldout/).

Files are written, and read again by the command's own code: lines, late data, outliers, rules and
all. What counts as false and as found is told in scoring/departures.py.

    python bench/heldout.py                       the figures in docs/judgement.md
    python bench/heldout.py --world third --seeds 8101,8102,8103           the third world's
    python bench/heldout.py --seeds 1 --noise all --people 2 --days 10     a look (seeds below 100)
"""

import argparse
import json
import tempfile
import time
from datetime import datetime, timedelta
from math import isnan
from pathlib import Path

import numpy as np
from heldout import third, world
from heldout.noise import HELD_OUT, Errors, Told
from peers import versions
from scoring.departures import Raised, Score, Widest, count, together, truth_of

from tarazy.supervision.cli_replay import records
from tarazy.supervision.replay.lines import Alert
from tarazy.supervision.simulate.reports import Fixes
from tarazy.supervision.simulate.truth import Happened, iso

OUT = Path(__file__).parent / "out" / "heldout.jsonl"
SEEDS = (7001, 7002, 7003)
PEOPLE, DAYS, MONTH_DAYS = 5, 30, 30.0
LOCATION = {"S-CURFEW-START", "S-CURFEW-ABSENCE", "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY"}


def write(one: world.Person, errors: Errors, folder: Path, days: int) -> tuple[Path, Path]:
    """The order and the fixes, as anybody would hand them in."""
    lat, lon = world.place(*one.shift_m)
    zone = {"kind": "circle", "lat": lat, "lon": lon, "radius_m": one.radius_m}
    order = {
        "person": "P",
        "in_force": {
            "since": world.START.isoformat(),
            "until": (world.START + timedelta(days=days)).isoformat(),
        },
        "time_zone": "Asia/Almaty",
        "report_interval_s": round(errors.interval_s),
        "conditions": [{"name": world.ZONE, "kind": "inclusion", "zone": zone}],
    }
    (folder / "order.json").write_text(json.dumps(order))
    told = one.told
    with (folder / "fixes.jsonl").open("w") as file:
        for n in np.lexsort((told.at, told.known_at)).tolist():
            lat, lon = world.place(float(told.east_m[n]), float(told.north_m[n]))
            line = {"at": world.moment(float(told.at[n])).isoformat(), "lat": lat, "lon": lon}
            line["known_at"] = world.moment(float(told.known_at[n])).isoformat()
            if not isnan(told.accuracy_m[n]):
                line["accuracy_m"] = round(float(told.accuracy_m[n]), 1)
            file.write(json.dumps(line) + "\n")
    return folder / "order.json", folder / "fixes.jsonl"


def raised(order: Path, fixes: Path, end: datetime) -> list[Raised]:
    """Each location alert that was ever raised, at its widest."""
    found = Widest()
    for one in records(str(order), str(fixes), None, None, []):
        if isinstance(one, Alert) and one.rule in LOCATION:
            since, known_at = (datetime.fromisoformat(at) for at in (one.since, one.known_at))
            until = end if one.until is None else datetime.fromisoformat(one.until)
            which = one.rule, one.condition, one.number
            found.turn(which, one.turn, Raised(str(one.condition), since, until, known_at))
    return found.alerts


def columns(told: Told) -> Fixes:
    """As the scoring takes them: it asks of places only whether they are told again."""
    begin, none = world.START.timestamp(), np.zeros(len(told.at))
    flags = none.astype(bool)
    whole = (told.north_m, told.east_m, told.accuracy_m, none, none, none.astype(np.int64), flags)
    return Fixes(begin + told.at, begin + told.known_at, *whole)


def happened(one: world.Person) -> list[Happened]:
    begin = world.START.timestamp()
    return [
        Happened(
            *("P", "left_inclusion", iso(begin + each.since), iso(begin + each.until)),
            zone=world.ZONE,
            farthest_m=each.farthest_m,
        )
        for each in one.breaches
    ]


def sigma_m(errors: Errors) -> float:
    """Of the error at home, in the world that the errors are of."""
    if isinstance(errors, third.Places):
        return third.sigma_m(errors)
    return world.sigma_m(errors)


def person(errors: Errors, days: int, seed: int) -> world.Person:
    """Somebody of that world."""
    if isinstance(errors, third.Places):
        return third.person(errors, days, seed)
    return world.person(errors, days, seed)


def run(errors: Errors, people: int, days: int, seed: int) -> tuple[Score, float]:
    """One seed: what came of it, and the seconds that a person's replay took at most."""
    score = Score(100 + 3 * sigma_m(errors), errors.interval_s)
    slowest = 0.0
    for number in range(people):
        one = person(errors, days, seed * 1000 + number)
        with tempfile.TemporaryDirectory() as folder:
            paths = write(one, errors, Path(folder), days)
            started = time.perf_counter()
            alerts = raised(*paths, world.START + timedelta(days=days))
            slowest = max(slowest, time.perf_counter() - started)
        score.months += days / MONTH_DAYS
        count(score, alerts, truth_of(score, columns(one.told), happened(one)))
    return score, slowest


HEAD = ("false/mo", "joined", "departed", "found %", "median s", "p95 s", "late", "found %")


WORLDS = {"second": HELD_OUT, "third": third.THIRD}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    options.add_argument("--people", type=int, default=PEOPLE)
    options.add_argument("--days", type=int, default=DAYS)
    options.add_argument("--world", choices=list(WORLDS), default="second")
    options.add_argument("--noise", action="append")
    options.add_argument("--out", type=Path, default=OUT)
    given = options.parse_args()
    versions.tell()
    given.out.parent.mkdir(exist_ok=True)
    print(
        f"{given.world} world, seeds {given.seeds}, {given.people} people x {given.days} days each"
    )
    print(f"{'':18}" + "".join(f"{one:>11}" for one in (*HEAD, "upload p95", "slowest s")))
    profiles = WORLDS[given.world]
    for name in given.noise or profiles:
        seeds = [int(one) for one in given.seeds.split(",")]
        runs = [run(profiles[name], given.people, given.days, seed) for seed in seeds]
        whole = together([score for score, _ in runs])
        line: dict[str, float | None] = whole.line()
        line["slowest_s"] = round(max(seconds for _, seconds in runs), 2)
        print(f"{name}: {profiles[name]}")
        figures = "".join(f"{'-' if one is None else one:>11}" for one in line.values())
        print(f"{name:18}{figures}", flush=True)
        with given.out.open("a") as file:
            row = {"profile": name, "months": whole.months, "seeds": seeds}
            file.write(json.dumps(row | line) + "\n")


if __name__ == "__main__":
    main()
