# SPDX-License-Identifier: EUPL-1.2
"""What raises alerts, by code: cards, severities, and which alerts a person must look at singly."""

from django.db.models import Q

from tarazy.core.catalogue import Card
from tarazy.supervision import not_judged, own_outage, retired
from tarazy.supervision.rules import PAIR_RULES, RULES
from tarazy.supervision.rules.interface import Severity

CARDS: dict[str, Card] = {
    **{rule.CARD.code: rule.CARD for rule in RULES},
    **{rule.CARD.code: rule.CARD for rule in PAIR_RULES},
    **{one.code: one for one in (own_outage.CARD, not_judged.CARD)},
}
EVER = {**CARDS, retired.CARD.code: retired.CARD}
"""With those that raised alerts once."""
SEVERITIES: dict[str, Severity] = {
    **{rule.CARD.code: rule.SEVERITY for rule in RULES},
    **{rule.CARD.code: rule.SEVERITY for rule in PAIR_RULES},
    own_outage.CARD.code: own_outage.SEVERITY,
    not_judged.CARD.code: not_judged.SEVERITY,
}
LATCHED = frozenset(rule.CARD.code for rule in RULES if rule.LATCHED)
"""Rules whose alerts a person must look at one by one: tamper, and the button for help."""

SAFE_TOGETHER = (Q(until__isnull=False) | Q(severity="low")) & ~Q(rule__in=LATCHED)
"""Alerts that may be resolved in one go: over, or not urgent, and no tamper."""
TOGETHER_MAX = 100
