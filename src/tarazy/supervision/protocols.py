# SPDX-License-Identifier: EUPL-1.2
"""The protocols that ship: what is done about an alert of each rule, until a supervisor says other.

A rule that is not named here gets the protocol of its severity. Times are minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tarazy.core.catalogue import said
from tarazy.supervision.models.duty import StepKind

STEPS_MAX = 12
MINUTES_MAX = 7 * 24 * 60
TEXT_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and within how many minutes of the one before."""

    kind: StepKind
    minutes: int
    text: str = ""
    """The supervisor's own words; empty: those of the kind."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A protocol as it is written down: when to take the alert, and the steps in order."""

    take_min: int
    steps: tuple[Step, ...]

    def rows(self) -> list[dict[str, Any]]:
        """The steps as the table keeps them."""
        return [{**asdict(step), "kind": step.kind.value} for step in self.steps]


def read_steps(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a table's row."""
    return tuple(Step(StepKind(row["kind"]), row["minutes"], row["text"]) for row in rows)


LOCATE, DEVICE = Step(StepKind.LOCATE, 3), Step(StepKind.CHECK_DEVICE, 3)
CALL, HOUSEHOLD = Step(StepKind.CALL_PERSON, 5), Step(StepKind.CALL_HOUSEHOLD, 10)
VIBRATE, VIDEO = Step(StepKind.VIBRATE, 5), Step(StepKind.VIDEO, 10)
PATROL, OFFICER = Step(StepKind.PATROL, 30), Step(StepKind.CALL_OFFICER, 30)
INVESTIGATOR = Step(StepKind.INVESTIGATOR, 60)

WARN = Step(StepKind.OTHER, 3, said("Warn the protected person first"))
ASK_OUTSIDE = Step(StepKind.CALL_PERSON, 5, said("Call the person, and ask them to step outside"))

AWAY = Plan(4, (CALL, VIBRATE, LOCATE, HOUSEHOLD, PATROL, INVESTIGATOR))
TAMPER = Plan(3, (CALL, VIDEO, HOUSEHOLD, PATROL, INVESTIGATOR))
UNSEEN = Plan(15, (DEVICE, CALL, HOUSEHOLD, OFFICER, PATROL))
LYING = Plan(10, (DEVICE, CALL, VIDEO, OFFICER, INVESTIGATOR))
EMPTYING = Plan(15, (CALL, HOUSEHOLD, Step(StepKind.CALL_OFFICER, 60)))
PAPER = Plan(8 * 60, (Step(StepKind.CALL_OFFICER, 24 * 60),))
LATER = Plan(60, (CALL, Step(StepKind.CALL_OFFICER, 24 * 60)))
OWN = Plan(3, (Step(StepKind.ADMINISTRATOR, 5),))

OF_RULES: Mapping[str, Plan] = {
    "S-CURFEW-START": AWAY,
    "S-CURFEW-ABSENCE": AWAY,
    "S-INCLUSION-EXIT": AWAY,
    "S-EXCLUSION-ENTRY": AWAY,
    "S-BUFFER-ENTRY": Plan(15, (CALL, LOCATE, Step(StepKind.CALL_OFFICER, 24 * 60))),
    "S-POSSIBLE-CROSSING": LATER,
    "S-VICTIM-PROXIMITY": Plan(2, (WARN, Step(StepKind.PATROL, 10), INVESTIGATOR)),
    "S-VICTIM-APPROACH": Plan(4, (WARN, OFFICER)),
    "S-CONTACT": Plan(15, (OFFICER, INVESTIGATOR)),
    "S-PAIR-UNJUDGED": Plan(15, (DEVICE, WARN, OFFICER)),
    "S-STRAP-TAMPER": TAMPER,
    "S-CASE-TAMPER": TAMPER,
    "S-REMOVAL": TAMPER,
    "S-SOS": Plan(2, (Step(StepKind.CALL_PERSON, 2), HOUSEHOLD, Step(StepKind.PATROL, 10))),
    "S-DEVICE-CHANGED": TAMPER,
    "S-MISSED-CHECKIN": Plan(15, (CALL, VIDEO, HOUSEHOLD, OFFICER)),
    "S-SIGNAL-LOST-LONG": Plan(5, (CALL, HOUSEHOLD, PATROL, INVESTIGATOR)),
    "S-SIGNAL-LOST": UNSEEN,
    "S-LOCATION-LOST": UNSEEN,
    "S-LOCATION-OFF": LYING,
    "S-APP-RESTRICTED": LYING,
    "S-MOTION-UNSEEN": Plan(15, (ASK_OUTSIDE, DEVICE, OFFICER)),
    "S-NO-MOTION": LATER,
    "S-MOCK-LOCATION": LYING,
    "S-IMPOSSIBLE-JUMP": LYING,
    "S-FROZEN-PLACE": LYING,
    "S-JAMMING": LYING,
    "S-CLOCK-FAULT": Plan(60, (DEVICE, CALL, Step(StepKind.CALL_OFFICER, 24 * 60))),
    "S-POWER-CUT": EMPTYING,
    "S-BATTERY-CRITICAL": EMPTYING,
    "S-BATTERY-NOT-CHARGED": EMPTYING,
    "S-BATTERY-LOW": Plan(60, (Step(StepKind.CALL_PERSON, 60),)),
    "S-ORDER-ENDING": PAPER,
    "S-OUTAGE": OWN,
    "S-NOT-JUDGED": OWN,
}
OF_SEVERITIES: Mapping[str, Plan] = {
    "critical": AWAY,
    "high": UNSEEN,
    "low": LATER,
}


def shipped(rule: str, severity: str) -> Plan:
    """What is done where no supervisor has written anything else."""
    return OF_RULES.get(rule) or OF_SEVERITIES.get(severity, AWAY)
