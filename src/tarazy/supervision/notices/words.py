# SPDX-License-Identifier: EUPL-1.2
"""What a notice says: how many of what, a reference, a link. Never who, where, or by which rule.

The channel belongs to others: a telephone company, a messenger, a mail server. A rule's title alone
may say that there is a victim. Only alerts about our own service, which concern nobody, say what.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, override

from tarazy.core.access import Role
from tarazy.core.catalogue import said
from tarazy.supervision import not_judged, own_outage
from tarazy.supervision.notices.routes import Occasion, Route

REFERENCES_MAX = 5
DESK = "supervision:desk"
OWN_TITLES = {one.CARD.code: one.CARD.title for one in (not_judged, own_outage)}
"""Of rules about no person."""

COUNTS: Mapping[tuple[Occasion, str], str] = {
    (Occasion.SERVICE, ""): said("Alerts about our own service: {count}"),
    (Occasion.RAISED, "critical"): said("New critical alerts: {count}"),
    (Occasion.RAISED, "high"): said("New alerts of high urgency: {count}"),
    (Occasion.RAISED, "low"): said("New alerts of low urgency: {count}"),
    (Occasion.RETURNED, ""): said("Alerts that were over and go on again: {count}"),
    (Occasion.ESCALATED, ""): said("Alerts that were escalated: {count}"),
    (Occasion.APPROVAL, ""): said("Orders that wait for approval: {count}"),
    (Occasion.APPOINTMENT, ""): said("Appointments within a day: {count}"),
    (Occasion.TEST, ""): said("This is a test. Nothing has happened."),
}
"""In reading order: the most urgent first."""


@dataclass(frozen=True, slots=True)
class Words:
    """One message."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell of: `rule` of what is about our own service alone."""

    occasion: Occasion
    severity: str
    subject: str
    rule: str = ""


def words(route: Route, told: Sequence[Told], pages_url: str, *, perhaps_twice: bool) -> Words:
    """The message for these, in the language of the route."""
    with override(route.language):
        lines = list(_lines(told))
        body = [*lines, *_references(route, told, pages_url)]
        if perhaps_twice:
            body.append(gettext("This may have come to you once already."))
        return Words(f"Tarazy: {lines[0]}", "\n".join(body))


def _lines(told: Iterable[Told]) -> Iterable[str]:
    # An alert that a person and then the clock escalate is one alert.
    counted = Counter(kind for kind, _ in {(_kind(one), one.subject) for one in told})
    for kind, sentence in COUNTS.items():
        if count := counted[kind]:
            yield gettext(sentence).format(count=count)
    rules = dict.fromkeys(one.rule for one in told if one.rule in OWN_TITLES)
    yield from (gettext(OWN_TITLES[rule]) for rule in rules)


def _kind(one: Told) -> tuple[Occasion, str]:
    return one.occasion, one.severity if one.occasion is Occasion.RAISED else ""


def _references(route: Route, told: Sequence[Told], pages_url: str) -> Iterable[str]:
    order = {kind: number for number, kind in enumerate(COUNTS)}
    ranked = sorted((one for one in told if one.subject), key=lambda one: order[_kind(one)])
    references = list(dict.fromkeys((one.occasion, one.subject) for one in ranked))
    for occasion, subject in references[:REFERENCES_MAX]:
        yield f"{subject} {pages_url}{_path(route, occasion, subject)}"
    if len(references) > REFERENCES_MAX:
        more = len(references) - REFERENCES_MAX
        yield gettext("And {number} more: {link}").format(number=more, link=f"{pages_url}/")


def _path(route: Route, occasion: Occasion, subject: str) -> str:
    """A page that asks who opens it: a link alone opens nothing."""
    if route.role is Role.ADMINISTRATOR:  # opens no alert
        return reverse("supervision:notices")
    match occasion:
        case Occasion.APPROVAL:
            # A forbidden contact that waits has no page of its own: the list of orders shows it.
            alone = subject.startswith("drf_")
            return reverse("supervision:draft", args=[subject]) if alone else reverse(DESK)
        case Occasion.APPOINTMENT:
            return reverse("supervision:appointment", args=[subject])
        case _:
            return reverse("supervision:alert", args=[subject])
