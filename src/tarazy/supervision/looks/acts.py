# SPDX-License-Identifier: EUPL-1.2
"""What people did about an alert and how it ended, in the words of a report."""

from django.utils.translation import gettext

from tarazy.supervision.looks.alerts import Chapter
from tarazy.supervision.looks.defence import Copy
from tarazy.supervision.looks.report_words import Clock
from tarazy.supervision.models import Alert, AlertState
from tarazy.supervision.models.duty import cause_choices


def done(one: Chapter, copy: Copy) -> str:
    """What one version says: an act, what it was about and its note; or what was found."""
    version, note = one.version, copy.note(one)
    if not version.act:
        return note or copy.sentence(version, version.alert.condition)
    act, about = _upper(gettext(version.get_act_display())), copy.about(one)
    return ". ".join(part for part in (f"{act}: {about}" if about else act, note) if part)


def cause_of(alert: Alert) -> str:
    """The cause with which it was resolved; empty where it was not."""
    return dict(cause_choices()).get(alert.cause, alert.cause)


def outcome(alert: Alert, clock: Clock) -> str:
    """How it stands with an alert, in one sentence."""
    if alert.state == AlertState.RESOLVED:
        return gettext("Resolved {moment}: {cause}.").format(
            moment=clock.moment(alert.resolved_at), cause=cause_of(alert) or gettext("no cause")
        )
    return {
        AlertState.ACTIVE: gettext("Not resolved: nobody has it in hand yet."),
        AlertState.CLEARED: gettext("Not resolved: it ended, and nobody has reviewed it yet."),
        AlertState.WITHDRAWN: gettext(
            "Withdrawn, for later reports deny it; nobody has reviewed that yet."
        ),
        AlertState.ACKNOWLEDGED: gettext("Not resolved yet: somebody has it in hand."),
    }[AlertState(alert.state)]


def became(one: Chapter, copy: Copy) -> str:
    """The same in a cell of a table: the cause, or the state and the last that was done."""
    alert, note = one.version.alert, copy.note(one)
    state = gettext(alert.get_state_display())
    said = cause_of(alert) if alert.state == AlertState.RESOLVED else ""
    if not said and one.version.act:
        return f"{state}; {done(one, copy)}"
    return ". ".join(part for part in (f"{state}: {said}" if said else state, note) if part)


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
