# SPDX-License-Identifier: EUPL-1.2
"""Which reports change nothing that a rule may answer to, and need not be looked at one by one.

The engine takes such ones in by columns (presence/listening.py), and asks no rule. A report is
quiet where all of this holds:
1. it has no mark of LOUD_MARKS, no alarm, and a place that is not coarse
2. it comes within SILENT of the one before: rules ask whether the device was heard meanwhile
3. its battery is where it was in steps of PERCENT_STEP, and shows no charging that was not known
4. it comes in time from a place that can be reached, does not end a leap where it began, nor leaps
   on a device that was thrown before or into a zone to keep out of; or late, to wait to be judged
5. in time, it shows nothing new of the device: it moves while the device has not said that it
   rests (or says nothing), and it tells no speed at the very coordinates of the last
6. the way that it ends cannot have led through a zone to keep out of (presence/passage.py)
7. nothing about its wearer waits for the next report, whatever that says (`calm`)
8. no timer is due before it, but those that it puts off (PUT_OFF, and half of that silence)
One that changes a state of presence, or begins to speak against one that is asked for, is taken in,
and looked at then. Of what was heard more than an hour ago nobody need look at once: such changes,
and the timers of rules about a condition, are gathered, and walked together in the order in which
they came. That is right since such rules go by the clock and by the changes alone: a test holds
that they ask for nothing that was heard of the person.

`calm` is for whom that may be; everybody else's reports are walked one by one, which is right, and
slower:
a. the last place is known, was no wild one, and is also the last that the signs have
b. no clock is faulty, no place invented, none missing, and no sign of that gathers
c. nothing is suspected
d. no alert goes on that any report ends (those of PUT_OFF)
e. the device has made no leap that is doubted, nor just now one of which nothing else is known
   (presence/thrown.py)
f. it has not said of late that it is jammed: places end that (rules/jamming.py)
Whoever adds a fact that any report may change says so in `calm`. Whoever adds a rule to which mere
hearing matters names it in PUT_OFF, or in `knowing.told` what it goes by.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tarazy.supervision.judging.subjects import Cause, Episode, Wearer
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.rules import battery_not_charged, jamming, signal_lost, signal_lost_long

CLOCK_FAULT = "clock_fault"
MOCK = "mock"
LOUD_MARKS = UNUSABLE_MARKS | {CLOCK_FAULT, MOCK}
SILENT = timedelta(hours=battery_not_charged.NOT_CHARGED_H.lowest) / 2
"""No rule that asks whether the device was heard meanwhile asks for less, but location_lost and
motion_unseen, which go by each report while no place is known, and frozen_place, which asks again
by itself."""
PUT_OFF = frozenset(rule.CARD.code for rule in (signal_lost, signal_lost_long))
"""Rules that each report puts off, and whose alerts any report ends."""


def calm(wearer: Wearer, episodes: Mapping[Cause, Sequence[Episode]]) -> bool:
    """Whether the next report may be a quiet one."""
    signs, leap = wearer.signs, wearer.throws.leap
    if wearer.place is None or wearer.doubted is not None or signs.here != wearer.place:  # (a)
        return False
    if leap is not None and (leap.doubted or leap.place == wearer.place):  # (e)
        return False
    odd = (wearer.clock_fault_at, wearer.mock_at, wearer.unplaced_at, signs.blind, signs.frozen)
    if jamming.may_last(wearer.alarms, wearer.heard_at):  # (f)
        return False
    if any(one is not None for one in odd) or wearer.pending:  # (b) (c)
        return False
    return not any(  # (d)
        code in PUT_OFF and each and each[-1].until is None for (code, _), each in episodes.items()
    )
