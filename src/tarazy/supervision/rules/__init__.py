# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from collections.abc import Mapping

from tarazy.supervision.rules import (
    app_restricted,
    battery_critical,
    battery_low,
    battery_not_charged,
    buffer_entry,
    case_tamper,
    clock_fault,
    contact,
    curfew_absence,
    curfew_start,
    device_changed,
    exclusion_entry,
    frozen_place,
    impossible_jump,
    inclusion_exit,
    jamming,
    location_forbidden,
    location_lost,
    missed_checkin,
    mock_location,
    motion_unseen,
    no_motion,
    order_ending,
    pair_unjudged,
    possible_crossing,
    power_cut,
    removal,
    signal_lost,
    signal_lost_long,
    sos,
    strap_tamper,
    victim_approach,
    victim_proximity,
)
from tarazy.supervision.rules.interface import PairRule, Rule
from tarazy.supervision.rules.pace import PACE
from tarazy.supervision.rules.parameters import Parameter

RULES: tuple[Rule, ...] = (
    curfew_start,
    curfew_absence,
    inclusion_exit,
    exclusion_entry,
    strap_tamper,
    case_tamper,
    removal,
    device_changed,
    sos,
    missed_checkin,
    signal_lost_long,
    signal_lost,
    location_lost,
    location_forbidden,
    app_restricted,
    motion_unseen,
    no_motion,
    mock_location,
    impossible_jump,
    frozen_place,
    jamming,
    clock_fault,
    power_cut,
    battery_critical,
    battery_not_charged,
    battery_low,
    buffer_entry,
    possible_crossing,
    order_ending,
)

PAIR_RULES: tuple[PairRule, ...] = (victim_proximity, victim_approach, contact, pair_unjudged)
"""Rules about two people."""
PARAMETERS: Mapping[str, Parameter] = {
    one.name: one
    for each in (
        *(rule.PARAMETERS for rule in RULES),
        *(rule.PARAMETERS for rule in PAIR_RULES),
        PACE,
    )
    for one in each
}
"""Everything that an order may set otherwise than usual, by name."""

SECRET_RULES = frozenset(rule.CARD.code for rule in PAIR_RULES if rule.SECRET)
"""What the wearer must not learn, by no page, no signal and no change of the reporting rate."""
