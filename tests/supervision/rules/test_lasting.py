# SPDX-License-Identifier: EUPL-1.2
"""What an order may ask to last: nothing is raised before, and the rule asks to be asked then."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from supervision.rules import zoned
from supervision.rules.given import NOON, ago, alarms, facts
from supervision.rules.pair_facts import NEAR, UNKNOWN, of_pair
from supervision.rules.zoned import INSIDE, OUTSIDE

from tarazy.supervision.presence.interface import Change
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import (
    PAIR_RULES,
    PARAMETERS,
    RULES,
    app_restricted,
    buffer_entry,
    clock_fault,
    contact,
    curfew_absence,
    exclusion_entry,
    inclusion_exit,
    location_forbidden,
    missed_checkin,
    mock_location,
    pair_unjudged,
    power_cut,
    victim_approach,
    victim_proximity,
)
from tarazy.supervision.rules.interface import Alarmed, CheckIn, Facts, PairRule, Rule
from tarazy.supervision.rules.parameters import Parameter, Setting

HOME = replace(
    zoned.facts("home_curfew", INSIDE),
    changes=(Change(INSIDE, ago(120), NOON, 0.9), Change(OUTSIDE, NOON, NOON, 0.9)),
)
OFF = Alarmed("location_off", ago(1), NOON)
LASTING: tuple[tuple[Rule | PairRule, Parameter, Facts], ...] = (
    (curfew_absence, curfew_absence.ABSENCE_MIN, HOME),
    (
        inclusion_exit,
        inclusion_exit.EXIT_MIN,
        replace(
            zoned.facts("inclusion", OUTSIDE, hours=(Interval(NOON, ago(-600)),)),
            changes=(Change(OUTSIDE, NOON, NOON, 0.9),),
        ),
    ),
    (
        exclusion_entry,
        exclusion_entry.ENTRY_MIN,
        replace(zoned.facts("exclusion"), changes=(Change(INSIDE, NOON, NOON, 0.9),)),
    ),
    (
        buffer_entry,
        buffer_entry.BUFFER_MIN,
        replace(
            zoned.facts("inclusion_buffer", buffer_m=100.0),
            changes=(Change(OUTSIDE, NOON, NOON, 0.9),),
        ),
    ),
    (clock_fault, clock_fault.CLOCK_FAULT_MIN, facts(clock_fault_at=NOON)),
    (mock_location, mock_location.MOCK_MIN, facts(mock_at=NOON)),
    (power_cut, power_cut.POWER_CUT_MIN, facts(alarms=alarms(power_cut=0))),
    (
        location_forbidden,
        location_forbidden.LOCATION_OFF_MIN,
        facts(alarms=alarms(location_off=0), unplaced_at=NOON),
    ),
    (
        app_restricted,
        app_restricted.APP_RESTRICTED_MIN,
        facts(alarms=alarms(battery_optimisation=0)),
    ),
    (
        missed_checkin,
        missed_checkin.CHECKIN_GRACE_MIN,
        facts(check_ins=(CheckIn(ago(30), NOON),)),
    ),
    (victim_proximity, victim_proximity.DWELL_MIN, of_pair("victim_inner", (NEAR, 0), dwell=0)),
    (victim_approach, victim_approach.DWELL_MIN, of_pair("victim_outer", (NEAR, 0), dwell=0)),
    (contact, contact.DWELL_MIN, of_pair("co_accused", (NEAR, 0), dwell=0)),
    (pair_unjudged, pair_unjudged.UNJUDGED_MIN, of_pair("co_accused", (UNKNOWN, 0))),
)


@pytest.mark.parametrize(("rule", "least", "given"), LASTING, ids=lambda one: vars_name(one))
def test_nothing_before_the_order_s_time_is_over(rule: Any, least: Parameter, given: Facts) -> None:
    for value in {least.lowest, least.usual, least.highest} - {0}:
        known = replace(given, settings=(Setting(least.name, value, ago(9000)),))
        due = NOON + timedelta(minutes=value)
        assert rule.assess(known) is None
        assert rule.next_check(known) == due
        assert rule.assess(replace(known, now=due - timedelta(seconds=1))) is None
        breach = rule.assess(replace(known, now=due))
        assert breach is not None
        assert breach.since <= NOON
    if least.usual == 0 and rule not in PAIR_RULES:
        assert rule.assess(given) is not None


def vars_name(one: Any) -> str:
    return one.name if isinstance(one, Parameter) else ""


def test_a_state_that_is_told_again_counts_from_its_first_time() -> None:
    asked = (Setting("location_off_min", 10, ago(9000)),)
    again = Alarmed("location_off", ago(1), ago(1), 5, ago(20))
    known = facts(alarms=(again,), unplaced_at=ago(20), settings=asked)
    breach = location_forbidden.assess(known)
    assert breach is not None
    assert breach.since == ago(20)
    seen = replace(known, placed_at=ago(5))
    assert location_forbidden.assess(seen) is None
    assert location_forbidden.next_check(seen) == ago(-5)


def test_every_number_belongs_to_a_rule_and_is_cited_in_its_specification() -> None:
    every: tuple[Any, ...] = (*RULES, *PAIR_RULES)
    for rule in every:
        words = rule.__doc__ or ""
        own = {name: one for name, one in vars(rule).items() if isinstance(one, Parameter)}
        assert set(rule.PARAMETERS) >= {
            one for one in own.values() if one.name not in {"battery_low_percent"}
        }
        assert rule.PARAMETERS or "No number of it is an order's" in words, rule.CARD.code
    assert all(PARAMETERS[one.name] is one for rule in PAIR_RULES for one in rule.PARAMETERS)
