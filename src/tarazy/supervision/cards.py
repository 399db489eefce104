# SPDX-License-Identifier: EUPL-1.2
"""What raises alerts, by code: cards, severities, and which alerts a person must look at singly."""

from django.db.models import Q

from tarazy.supervision import not_judged, own_outage
from tarazy.supervision.rules import RULES

_OWN = (own_outage, not_judged)
CARDS = {rule.CARD.code: rule.CARD for rule in RULES} | {one.CARD.code: one.CARD for one in _OWN}
SEVERITIES = {rule.CARD.code: rule.SEVERITY for rule in RULES} | {
    one.CARD.code: one.SEVERITY for one in _OWN
}
LATCHED = frozenset(rule.CARD.code for rule in RULES if rule.LATCHED)
"""Rules whose alerts a person must look at one by one: tamper, and the button for help."""

SAFE_TOGETHER = (Q(until__isnull=False) | Q(severity="low")) & ~Q(rule__in=LATCHED)
"""Alerts that may be resolved in one go: over, or not urgent, and no tamper."""
TOGETHER_MAX = 100
