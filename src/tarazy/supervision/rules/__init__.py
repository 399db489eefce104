# SPDX-License-Identifier: EUPL-1.2
"""The rules, in the order in which people should read them: a file, a line and a test for each."""

from tarazy.core.catalogue import Card
from tarazy.supervision.rules import (
    clock_fault,
    curfew_absence,
    own_outage,
    signal_lost,
    zone_breach,
)
from tarazy.supervision.rules.interface import Rule

RULES: tuple[Rule, ...] = (curfew_absence, zone_breach, signal_lost, clock_fault)
CARDS: tuple[Card, ...] = (*(rule.CARD for rule in RULES), own_outage.CARD)
"""Every alert that there can be, for the catalogue."""
