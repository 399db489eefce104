# SPDX-License-Identifier: EUPL-1.2
"""The engine: fixes after its checkpoint -> presence -> rules on changes and timers -> alerts.

    batch        read the fix store after the checkpoint
    loading      read the orders that the step is about
    step         judging (see `judging/`) and what it found, in one transaction with the checkpoint
    process      the process around it

A fix that is not later than the last judged one of its person is late. It stays in the fix store
and counts as a sign of life, but moves no state backwards: judging its interval again is a replay.
"""

from datetime import datetime

from tarazy.supervision.engine.process import serve
from tarazy.supervision.engine.step import Engine, StepResult

__all__ = ["Engine", "StepResult", "serve", "step"]


def step(now: datetime) -> StepResult:
    """One step of an engine that has just started."""
    return Engine().step(now)
