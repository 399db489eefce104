# SPDX-License-Identifier: EUPL-1.2
"""What an order sets otherwise than usual, and its check-ins; part of the look at the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from tarazy.core.catalogue import said
from tarazy.supervision.models import CheckIn, CheckInPlan, CheckInState, Order, WearerState
from tarazy.supervision.numbers import settings_of
from tarazy.supervision.rules import PAIR_RULES, PARAMETERS, RULES
from tarazy.supervision.rules.parameters import Parameter, setting_at

CHECK_INS_SHOWN = 8
PACE_TITLE = said("How often the device reports")
RULE_OF = {
    one.name: title
    for title, each in reversed(
        [(rule.CARD.title, rule.PARAMETERS) for rule in RULES]
        + [(rule.CARD.title, rule.PARAMETERS) for rule in PAIR_RULES]
    )
    for one in each
}
"""The title of the first rule that goes by a number."""
SHOWN = (CheckInState.ASKED, CheckInState.ANSWERED, CheckInState.MISSED)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a rule, as it applies to an order now."""

    parameter: Parameter
    rule: str
    """The title of the rule that goes by it, the first one of several."""
    value: int
    coming: int | None = None
    """What was set and does not hold yet."""

    @property
    def unusual(self) -> bool:
        """Whether the order sets it otherwise."""
        return self.value != self.parameter.usual or self.coming is not None


@dataclass(frozen=True, slots=True)
class CheckIns:
    """How an order's person is asked, and the last times; never the coming ones."""

    plan: CheckInPlan | None
    asked: Sequence[tuple[CheckIn, str]]
    """Each with what became of it."""


def numbers_of(order: Order, now: datetime) -> list[Number]:
    """Every number that the order may set."""
    settings = settings_of(order.rule_settings)
    last = {one.name: one.value for one in settings if one.since > now}
    return [
        Number(
            one, RULE_OF.get(one.name, PACE_TITLE), setting_at(settings, one, now), last.get(name)
        )
        for name, one in PARAMETERS.items()
    ]


def check_ins_of(order: Order) -> CheckIns:
    """The plan and the last ones that were asked, newest first."""
    plan = CheckInPlan.objects.filter(order=order).exclude(windows=[]).first()
    asked = order.check_ins.filter(state__in=SHOWN).order_by("-asked_at", "-pk")
    return CheckIns(plan, [(one, became_of(one)) for one in asked[:CHECK_INS_SHOWN]])


def open_check_in(order: Order) -> CheckIn | None:
    """The one that waits for the wearer's answer: the last one, or one whose time is not over.

    Of an earlier one nothing waits any more; it stays missed.
    """
    shown = order.check_ins.filter(state__in=SHOWN).order_by("-asked_at", "-pk")
    last = shown.first()
    if last is not None and last.state == CheckInState.MISSED:
        return last
    return shown.filter(state=CheckInState.ASKED).first()


def became_of(asked: CheckIn) -> str:
    """What became of a check-in; an answer that came after its time says so."""
    late = asked.noted_at is not None and asked.until is not None and asked.noted_at > asked.until
    if asked.state == CheckInState.ANSWERED and late:
        return gettext("answered after its time")
    return gettext(asked.get_state_display())


def pending_of(state: WearerState | None) -> list[dict[str, Any]]:
    """What is suspected and no alert yet, in words."""
    rows = (state.pending if state is not None else None) or ()
    return [_in_words(**one) for one in rows]


def _in_words(*, rule: str, since: str, sentence: str, facts: dict[str, Any]) -> dict[str, Any]:
    words = gettext(sentence).format(**facts)
    return {"rule": rule, "since": datetime.fromisoformat(since), "sentence": words}
