# SPDX-License-Identifier: EUPL-1.2
"""The engine: fixes after its checkpoint -> presence -> rules on changes and timers -> alerts.

    sweep        have an order's terms changed? some thousands of orders a step
    batch        read the fix store after the checkpoint, in columns
    ahead        read the next batch while this one is judged, if much waits
    loading      read the orders that are not known yet
    demands      read what they demand: conditions, zones, timetables, permitted absences
    roster       everybody between steps: terms as objects, the last report in columns
    records      from objects to the columns' rows, and back
    rounds       quiet reports go through the compiled loop, all others are walked by the rules
    past         read the past of somebody whose reports came late
    pairs        pairs of people, in the same transaction
    writing      what a step found, on its way to the tables
    step         all of this, in one transaction with the checkpoint
    process      the process around it
    part, parts  all of this for a part of the people: where much waits, in helpers side by side

A fix that is older than what was judged, or comes two minutes late, is late. It counts as a sign of
life at once; a few seconds after the last one of an upload, its interval is judged again out of the
fix store (`past`). What was believed meanwhile stays provable.
"""

from datetime import datetime

from tarazy.supervision.engine.process import serve
from tarazy.supervision.engine.step import Engine, StepResult

__all__ = ["Engine", "StepResult", "serve", "step"]


def step(now: datetime) -> StepResult:
    """One step of an engine that has just started."""
    return Engine().step(now)
