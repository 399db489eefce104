# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from tarazy.supervision.rules import (
    battery_critical,
    battery_low,
    case_tamper,
    clock_fault,
    contact,
    curfew_absence,
    jamming,
    location_forbidden,
    location_lost,
    mock_location,
    order_ending,
    pair_unjudged,
    power_cut,
    removal,
    signal_lost,
    sos,
    strap_tamper,
    victim_approach,
    victim_proximity,
    zone_breach,
)
from tarazy.supervision.rules.interface import PairRule, Rule

RULES: tuple[Rule, ...] = (
    curfew_absence,
    zone_breach,
    strap_tamper,
    case_tamper,
    removal,
    sos,
    signal_lost,
    location_lost,
    location_forbidden,
    mock_location,
    jamming,
    clock_fault,
    power_cut,
    battery_critical,
    battery_low,
    order_ending,
)

PAIR_RULES: tuple[PairRule, ...] = (victim_proximity, victim_approach, contact, pair_unjudged)
"""Rules about two people."""

SECRET_RULES = frozenset(rule.CARD.code for rule in PAIR_RULES if rule.SECRET)
"""What the wearer must not learn, by no page, no signal and no change of the reporting rate."""
