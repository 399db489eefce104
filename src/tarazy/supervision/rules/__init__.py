# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from tarazy.supervision.rules import (
    battery_critical,
    battery_low,
    buffer_entry,
    case_tamper,
    clock_fault,
    curfew_absence,
    exclusion_entry,
    inclusion_exit,
    jamming,
    location_forbidden,
    location_lost,
    mock_location,
    order_ending,
    possible_crossing,
    power_cut,
    removal,
    signal_lost,
    sos,
    strap_tamper,
)
from tarazy.supervision.rules.interface import Rule

RULES: tuple[Rule, ...] = (
    curfew_absence,
    inclusion_exit,
    exclusion_entry,
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
    buffer_entry,
    possible_crossing,
    order_ending,
)
