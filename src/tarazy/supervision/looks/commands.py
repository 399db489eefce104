# SPDX-License-Identifier: EUPL-1.2
"""What a person's device can be asked, and what became of it; part of the look at the person."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarazy.core.catalogue import said
from tarazy.supervision.gateway.commands import (
    INTERVAL_S_MAX,
    INTERVAL_S_MIN,
    TEXT_LENGTH_MAX,
    CommandKind,
)
from tarazy.supervision.gateway.languages import commands_of
from tarazy.supervision.models import DeviceCommand, Fitting

COMMANDS_SHOWN = 5

WORDS = {
    CommandKind.LOCATE: said("Report the place now"),
    CommandKind.INTERVAL: said("Report at another interval"),
    CommandKind.MESSAGE: said("Show a message"),
    CommandKind.VIBRATE: said("Vibrate"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One command and how far it came."""

    command: DeviceCommand
    words: str


@dataclass(frozen=True, slots=True)
class Worn:
    """A device on a person: what it can be asked, and the last that it was."""

    fitting: Fitting
    kinds: frozenset[CommandKind]
    asked: Sequence[Asked]
    interval_s_min: int = INTERVAL_S_MIN
    interval_s_max: int = INTERVAL_S_MAX
    text_length_max: int = TEXT_LENGTH_MAX


def worn_device(fitting: Fitting) -> Worn:
    """What the page of a person says about the device on them now."""
    since = fitting.period.lower
    last = fitting.device.commands.filter(queued_at__gte=since).order_by("-id")[:COMMANDS_SHOWN]
    asked = [Asked(one, WORDS[CommandKind(one.kind)]) for one in last]
    return Worn(fitting, commands_of(fitting.device.kind), asked)
