# SPDX-License-Identifier: EUPL-1.2
"""The engine: fixes after its checkpoint -> presence -> rules on changes and timers -> alerts.

    batch        read the fix store after the checkpoint
    loading      read the orders that the step is about
    demands      read what they demand: conditions, zones, timetables, permitted absences
    past         read the past of somebody whose reports came late
    step         judging (see `judging/`) and what it found, in one transaction with the checkpoint
    process      the process around it

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
