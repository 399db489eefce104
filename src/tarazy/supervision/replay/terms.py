# SPDX-License-Identifier: EUPL-1.2
"""What an order file may say beside its conditions: rules' numbers, check-ins, asked intervals."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules import PARAMETERS
from tarazy.supervision.rules.interface import CheckIn
from tarazy.supervision.rules.parameters import Parameter, Setting

YEARS = (1980, 2200)
"""Earlier or later is a mistake, and the calendar's own ends could not be counted with."""
Meta = msgspec.Meta
Aware = Annotated[datetime, Meta(tz=True)]
Whole = Annotated[int, Meta(ge=0, le=1_000_000)]


class RuleSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number of a rule that the order sets otherwise than usual, inside its legal bounds."""

    name: Annotated[
        str,
        Meta(
            description="As in the catalogue, such as silence_min.",
            extra_json_schema={"enum": sorted(PARAMETERS)},
        ),
    ]
    value: Whole
    since: Annotated[Aware, Meta(description="It holds from then until the next one of its name.")]


def _bounds(one: Parameter) -> dict[str, Any]:
    """What a schema says of one number: its name, what it is, and what a court may set."""
    value = {"minimum": one.lowest, "maximum": one.highest, "default": one.usual}
    if one.step > 1:
        value["multipleOf"] = one.step
    return {"title": one.title, "properties": {"name": {"const": one.name}, "value": value}}


BoundedSetting = Annotated[
    RuleSetting,
    Meta(extra_json_schema={"oneOf": [_bounds(PARAMETERS[name]) for name in sorted(PARAMETERS)]}),
]
"""The same, with the bounds of each number in its schema."""


class AskedCheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check-in that was asked for. The device's answers are among its fixes, as alarms."""

    asked_at: Aware
    until: Annotated[Aware, Meta(description="By when it was to be answered.")]
    noted_at: Annotated[
        Aware | None, Meta(description="When an officer noted that it was answered.")
    ] = None
    by_call: bool = False


class AskedInterval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often the device was asked to report from a moment on."""

    since: Aware
    seconds: Annotated[int, Meta(ge=1, le=86_400)]


def settings_of(told: Sequence[RuleSetting]) -> tuple[Setting, ...]:
    """Oldest first. Raises Refused with the number of the one that no order may make."""
    for number, one in enumerate(told):
        parameter = PARAMETERS.get(one.name)
        if parameter is None:
            raise unreadable(f"$.rule_settings[{number}].name", "no rule has such a number")
        if not parameter.allows(one.value):
            reason = f"it is not from {parameter.lowest} to {parameter.highest}"
            if parameter.step > 1:
                reason += f" in steps of {parameter.step}"
            raise unreadable(f"$.rule_settings[{number}].value", reason)
    found = [
        Setting(one.name, one.value, moment_of(one.since, f"$.rule_settings[{number}].since"))
        for number, one in enumerate(told)
    ]
    return tuple(sorted(found, key=lambda one: one.since))


def check_ins_of(told: Sequence[AskedCheckIn]) -> tuple[CheckIn, ...]:
    """Oldest first. Raises Refused."""
    found = []
    for number, one in enumerate(told):
        field = f"$.check_ins[{number}]"
        if one.until <= one.asked_at:
            raise unreadable(f"{field}.until", "it ends before it begins")
        asked_at = moment_of(one.asked_at, f"{field}.asked_at")
        until = moment_of(one.until, f"{field}.until")
        noted_at = one.noted_at and moment_of(one.noted_at, f"{field}.noted_at")
        found.append(CheckIn(asked_at, until, noted_at, by_call=one.by_call))
    return tuple(sorted(found, key=lambda one: one.asked_at))


def intervals_of(told: Sequence[AskedInterval]) -> tuple[AskedInterval, ...]:
    """In UTC. Raises Refused."""
    return tuple(
        AskedInterval(moment_of(one.since, f"$.asked_intervals[{number}].since"), one.seconds)
        for number, one in enumerate(told)
    )


def stretches(
    usual_s: int, told: Sequence[AskedInterval], until: datetime
) -> list[tuple[int, datetime]]:
    """How often reports are due, and up to when, one after the other to the end."""
    found, seconds = [], usual_s
    for one in sorted(told, key=lambda one: one.since):
        if one.since < until:
            found.append((seconds, one.since))
            seconds = one.seconds
    return [*found, (seconds, until)]


def moment_of(at: datetime, field: str) -> datetime:
    """In UTC. Raises Refused with the field's name where it is in no possible year."""
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise unreadable(field, f"it is not from {YEARS[0]} to {YEARS[1]}")
    return at.astimezone(UTC)


def unreadable(field: str, reason: str) -> Refused:
    """The refusal of a field."""
    return Refused(Refusal.ORDER_UNREADABLE, field=field, reason=reason)
