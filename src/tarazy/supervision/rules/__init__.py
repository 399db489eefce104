# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from tarazy.supervision.rules import clock_fault, curfew_absence, signal_lost, zone_breach
from tarazy.supervision.rules.interface import Rule

RULES: tuple[Rule, ...] = (curfew_absence, zone_breach, signal_lost, clock_fault)
