# SPDX-License-Identifier: EUPL-1.2
"""Episodes: what a rule finds at each moment becomes raised, changed and cleared alerts.

An episode is one person, one rule, one condition. Its id never comes from its beginning, so that a
better knowledge of the beginning is a new version of the same alert.
"""

from dataclasses import replace
from datetime import datetime

from tarazy.core.catalogue import said
from tarazy.supervision.engine.subjects import Cause, Episode, Subject, Turn, Watched
from tarazy.supervision.rules import RULES
from tarazy.supervision.rules.interface import Breach, Rule

ORDER_ENDED = said("The order is no longer in force.")
CONDITION_ENDED = said("The condition of the order no longer applies.")

RULES_BY_CODE = {rule.CARD.code: rule for rule in RULES}


class Episodes:
    """The running episodes of one subject while it is judged, and the turns that they took."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.running: dict[Cause, Episode] = dict(subject.running)
        self.turns: list[Turn] = []

    def weigh(
        self, rule: Rule, watched: Watched | None, moment: datetime, breach: Breach | None
    ) -> None:
        """Take in what a rule says at a moment."""
        if moment >= self.subject.in_force.until:
            return
        cause = (rule.CARD.code, watched.id if watched else None)
        episode = self.running.get(cause)
        if breach is None:
            # A moment before the episode's beginning says nothing about its end: stored fixes.
            if episode is not None and moment >= episode.since:
                ended = watched is not None and moment >= watched.period.until
                self.clear(cause, moment, CONDITION_ENDED if ended else rule.CLEARED)
        elif episode is None:
            self.running[cause] = Episode(breach.since, breach.sentence, breach.facts)
            self._turn("raised", cause, breach)
        elif _differs(episode, breach):
            since = min(episode.since, breach.since)
            self.running[cause] = replace(
                episode, since=since, sentence=breach.sentence, facts=breach.facts
            )
            self._turn("changed", cause, replace(breach, since=since))

    def clear(self, cause: Cause, until: datetime, sentence: str) -> None:
        """End an episode, with the reason in a sentence."""
        episode = self.running.pop(cause)
        reason = Breach(since=episode.since, sentence=sentence, facts=dict(episode.facts))
        self._turn("cleared", cause, reason, max(until, episode.since))

    def clear_all(self, until: datetime, sentence: str) -> None:
        """End whatever runs."""
        for cause in sorted(self.running, key=str):
            self.clear(cause, until, sentence)

    def drop_conditions(self, until: datetime) -> None:
        """End the episodes of conditions that are no longer among the subject's."""
        watched = {one.id for one in self.subject.watched}
        for cause in sorted(self.running, key=str):
            if cause[1] is not None and cause[1] not in watched:
                self.clear(cause, until, CONDITION_ENDED)

    def urgency(self) -> str | None:
        """`alert` where somebody's place needs checking, `unknown` where we cannot see it."""
        if any(cause[1] is not None and not one.resolved for cause, one in self.running.items()):
            return "alert"
        return "unknown" if any(cause[1] is None for cause in self.running) else None

    def _turn(self, kind: str, cause: Cause, breach: Breach, until: datetime | None = None) -> None:
        rule, subject = RULES_BY_CODE[cause[0]], self.subject
        self.turns.append(
            Turn(
                *(kind, subject.order_id, subject.person_id, cause),  # type: ignore[arg-type]
                *(rule.CARD.version, rule.SEVERITY, breach, until),
            )
        )


def _differs(episode: Episode, breach: Breach) -> bool:
    """Whether the same breach reads otherwise now; a shift in probability alone does not."""
    said_before = (episode.sentence, dict(episode.facts))
    return said_before != (breach.sentence, breach.facts) or breach.since < episode.since
