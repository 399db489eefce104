# SPDX-License-Identifier: EUPL-1.2
import re
from typing import Any

import pytest
from supervision.rules.given import NOON, ago, facts

from tarazy.supervision.rules import PAIR_RULES, PARAMETERS, RULES
from tarazy.supervision.rules.pace import PACE
from tarazy.supervision.rules.parameters import Setting
from tarazy.supervision.rules.silence import SILENCE_MIN

UNITS = re.compile(r"_(min|h|days|s|m|percent|reports|checkins)$|^jumps$")


def test_each_number_has_a_unit_bounds_and_a_reason() -> None:
    for one in PARAMETERS.values():
        assert UNITS.search(one.name), one.name
        assert one.allows(one.usual)
        assert one.allows(one.lowest)
        assert one.allows(one.highest)
        assert one.title
        assert one.reason.endswith(".")


def test_one_name_is_one_number() -> None:
    for each in (
        *(rule.PARAMETERS for rule in RULES),
        *(rule.PARAMETERS for rule in PAIR_RULES),
        PACE,
    ):
        assert all(PARAMETERS[one.name] is one for one in each)


@pytest.mark.parametrize("value", [9, 241, 60.0, True, None, "60", -60])
def test_what_is_out_of_bounds_is_not_allowed(value: Any) -> None:
    assert not SILENCE_MIN.allows(value)


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ([], 60),
        ([(30, 10)], 30),
        ([(30, 0)], 30),
        ([(30, -1)], 60),
        ([(30, 20), (90, 10)], 90),
        ([(30, 20), (90, -10)], 30),
        ([(5, 20)], 10),
        ([(5000, 20)], 240),
    ],
)
def test_a_setting_holds_from_its_moment(settings: list[tuple[int, float]], value: int) -> None:
    set_ = tuple(Setting(SILENCE_MIN.name, one, ago(minutes)) for one, minutes in settings)
    other = Setting("jumps", 5, NOON)
    assert facts(settings=(*set_, other)).value(SILENCE_MIN) == value
