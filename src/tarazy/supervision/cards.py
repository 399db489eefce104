# SPDX-License-Identifier: EUPL-1.2
"""What raises alerts, by code: cards, severities, and which alerts a person must look at singly."""

from django.db.models import Q

from tarazy.supervision import not_judged, own_outage
from tarazy.supervision.rules import RULES

_ALL = (*RULES, own_outage, not_judged)
CARDS = {one.CARD.code: one.CARD for one in _ALL}
SEVERITIES = {one.CARD.code: one.SEVERITY for one in _ALL}
LATCHED = frozenset(rule.CARD.code for rule in RULES if rule.LATCHED)
"""Rules whose alerts a person must look at one by one: tamper, and the button for help."""

SAFE_TOGETHER = (Q(until__isnull=False) | Q(severity="low")) & ~Q(rule__in=LATCHED)
"""Alerts that may be resolved in one go: over, or not urgent, and no tamper."""
TOGETHER_MAX = 100
