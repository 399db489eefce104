# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from tarazy.supervision.rules import (
    battery_critical,
    battery_low,
    case_tamper,
    clock_fault,
    curfew_absence,
    jamming,
    location_forbidden,
    location_lost,
    mock_location,
    order_ending,
    power_cut,
    removal,
    signal_lost,
    sos,
    strap_tamper,
    zone_breach,
)
from tarazy.supervision.rules.interface import Rule

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
