# SPDX-License-Identifier: EUPL-1.2
"""What was believed when: spells of a cause become alerts, each with its versions.

Judged again, the alerts that were believed are matched with those that are found now, by overlap in
time. One that is found no more is withdrawn, with the reason; nothing is overwritten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from tarazy.core.catalogue import said
from tarazy.supervision.judging.spells import Question, differs, walk_spells
from tarazy.supervision.judging.subjects import Cause, Episode, Spell, Subject, Turn, TurnKind
from tarazy.supervision.presence.interface import Change
from tarazy.supervision.rules import missed_checkin
from tarazy.supervision.rules.interface import RESOLVED, Breach, Facts

REOPEN = timedelta(minutes=30)
"""A cause that comes back this soon goes on with its alert: one alert, not a storm of them."""

SETTLED = timedelta(days=1)
"""An alert that ended so long before a moment is not touched by what is judged from there on."""

WITHDRAWN = said("Withdrawn: reports that came later do not show it.")
JOINED = said("Withdrawn: reports that came later show one stretch; it goes on in another alert.")


class Ledger:
    """One cause of one subject: what is believed of it, and the turns that it took."""

    def __init__(self, subject: Subject, asked: Question, begin: datetime) -> None:
        self.subject, self.asked = subject, asked
        watched = asked.watched
        self.cause: Cause = (asked.rule.CARD.code, watched.condition_id if watched else None)
        self.episodes = tuple(subject.episodes.get(self.cause, ()))
        self.turns: list[Turn] = []
        self.denial = WITHDRAWN
        """Why an alert that is found no more is withdrawn."""
        self.over: tuple[datetime, str] | None = None
        """Where the order has ended before: when that was, and the sentence that says so."""
        self.due = begin
        self.moment = max([begin, *(one.last.found for one in self.episodes)])
        """How far it has judged."""

    @property
    def running(self) -> Episode | None:
        """The alert that goes on."""
        found = self.episodes[-1] if self.episodes else None
        return found if found and found.until is None else None

    def learn(
        self, facts: Facts, changes: Sequence[Change], altered_from: datetime, known_at: datetime
    ) -> None:
        """Judge from a moment on, by what is known now."""
        happened = [changes[-1].at] if changes else []
        self.moment = until = max([self.moment, known_at, altered_from, *happened])
        settled = self._settled(altered_from)
        kept, running = self._before(altered_from, settled)
        closed = self._closed_by_person(altered_from)
        if closed is not None:
            anew = replace(facts, check_ins=missed_checkin.later(facts, closed.last.breach))
            if closed.until is not None:
                facts = anew
            else:
                more = walk_spells(self.asked, anew, changes, (altered_from, until), None)
                if more.spells:
                    ended = replace(closed.last, until=more.spells[0].since, ended=RESOLVED)
                    kept, facts, running = [*kept, ended], anew, None
        walked = walk_spells(self.asked, facts, changes, (altered_from, until), running)
        self.due = walked.due
        self._believe([*kept, *self._closed_at_end(walked.spells)], settled, until)

    def _closed_by_person(self, moment: datetime) -> Episode | None:
        """The last alert of missed check-ins that a person has closed: one that is missed after
        that is another alert, which begins with it."""
        if self.asked.rule is not missed_checkin:
            return None
        found = (one for one in reversed(self.episodes) if one.resolved)
        return next((one for one in found if one.last.found < moment), None)

    def _closed_at_end(self, spells: Sequence[Spell]) -> list[Spell]:
        """None goes on after the order's end but what only a person resolves."""
        if self.over is None or self.asked.rule.LATCHED or not spells or spells[-1].until:
            return list(spells)
        end, sentence = self.over
        last = replace(spells[-1], until=max(end, spells[-1].since), ended=sentence)
        return [*spells[:-1], last]

    def reached(self, moment: datetime) -> datetime:
        """From where to judge again what is altered from a moment on: an alert that goes over it is
        judged from its beginning, for its tables do not keep the breaks in it."""
        if self.asked.rule.LATCHED:
            return moment
        over = (one for one in self.episodes if one.until is None or one.until >= moment)
        return min([moment, *(one.since for one in over)])

    def advance(self, facts: Facts, changes: Sequence[Change], until: datetime) -> None:
        """Judge at each due moment up to one, that one included."""
        while self.due <= until:
            self.learn(facts, changes, self.due, self.due)

    def end(self, until: datetime, sentence: str) -> None:
        """End what runs, with the reason in a sentence."""
        running = self.running
        if running is not None and not self.asked.rule.LATCHED:
            last = replace(running.last, until=max(until, running.last.since), ended=sentence)
            self.moment = max(self.moment, until)
            self._believe([*running.spells[:-1], last], len(self.episodes) - 1, self.moment)

    def _settled(self, moment: datetime) -> int:
        """How many of the first alerts ended long before a moment."""
        count = len(self.episodes)
        while count:
            until = self.episodes[count - 1].until
            if until is not None and until < moment - SETTLED:
                break
            count -= 1
        return count

    def _before(self, moment: datetime, settled: int) -> tuple[list[Spell], Spell | None]:
        """The spells that were over before a moment, and the one that goes on at it.

        What is latched goes on whatever is judged again, until a person has resolved it.
        """
        spells = _spells(self.episodes[settled:])
        if self.asked.rule.LATCHED:
            if self.running is None:
                return spells, None
            if self.running.resolved:
                closed = replace(spells[-1], until=self.moment, ended=self.asked.rule.CLEARED)
                return [*spells[:-1], closed], None
            return spells[:-1], spells[-1]
        earlier = [spell for spell in spells if spell.found < moment]
        if earlier and (earlier[-1].until is None or earlier[-1].until >= moment):
            return earlier[:-1], replace(earlier[-1], until=None, ended="")
        return earlier, None

    def _believe(self, spells: list[Spell], settled: int, known_at: datetime) -> None:
        """What ends or is withdrawn is told first: no two alerts of a cause go on at once."""
        recent = self.episodes[settled:]
        if spells == _spells(recent):
            return
        groups = _grouped(spells, recent)
        unmatched = list(recent)
        born = max((one.number for one in self.episodes), default=0)
        pairs: list[tuple[Episode | None, Episode]] = []
        for group in groups:
            before = next((one for one in unmatched if _overlap(one.spells, group)), None)
            if before is None:
                born += 1
                pairs.append((None, Episode(group, number=born)))
            else:
                unmatched.remove(before)
                pairs.append((before, replace(before, spells=group)))
        for one in unmatched:
            joined = any(_overlap(one.spells, group) for group in groups)
            self._withdrawn(one, JOINED if joined else self.denial, known_at)
        for before, now in sorted(pairs, key=lambda pair: pair[1].until is None):
            if before is None:
                self._write("raised", now, now.last.breach, now.until, known_at)
            else:
                self._compared(before, now, known_at)
        self.episodes = (*self.episodes[:settled], *(now for _, now in pairs))

    def _compared(self, before: Episode, now: Episode, known_at: datetime) -> None:
        if now.until is not None and before.until is None:
            if now.since != before.since:
                self._turn("changed", now, None, known_at)
            self._turn("cleared", now, now.until, known_at)
        elif now.until is None and before.until is not None:
            self._turn("reopened", now, None, known_at)
        elif (
            (before.since, before.until) != (now.since, now.until)
            or (now.until is None and differs(before.last.breach, now.last.breach))
            or before.last.ended != now.last.ended
        ):
            self._turn("changed", now, now.until, known_at)

    def _withdrawn(self, episode: Episode, sentence: str, known_at: datetime) -> None:
        breach = _plain(episode, sentence)
        self._write("withdrawn", episode, breach, episode.until or known_at, known_at)

    def _turn(
        self, kind: TurnKind, episode: Episode, until: datetime | None, known_at: datetime
    ) -> None:
        breach = episode.last.breach
        if until is not None:
            breach = _plain(episode, episode.last.ended)
        self._write(kind, episode, breach, until, known_at)

    def _write(
        self,
        kind: TurnKind,
        episode: Episode,
        breach: Breach,
        until: datetime | None,
        known_at: datetime,
    ) -> None:
        subject, rule = self.subject, self.asked.rule
        breach = replace(breach, since=episode.since)
        about = (subject.order_id, subject.person_id, self.cause, episode.number, episode.key)
        card = (rule.CARD.version, rule.SEVERITY)
        begun = episode.last.since
        self.turns.append(Turn(kind, *about, *card, breach, until, known_at, begun))


def _spells(episodes: Sequence[Episode]) -> list[Spell]:
    return [spell for one in episodes for spell in one.spells]


def _grouped(spells: Sequence[Spell], believed: Sequence[Episode]) -> list[tuple[Spell, ...]]:
    """Spells with short breaks between them together; a resolved alert takes in no new one."""
    groups: list[tuple[Spell, ...]] = []
    for spell in spells:
        last = groups[-1][-1].until if groups else None
        if last is None or spell.since - last > REOPEN or _closed(groups[-1], believed):
            groups.append((spell,))
        else:
            groups[-1] = (*groups[-1], spell)
    return groups


def _closed(group: Sequence[Spell], believed: Sequence[Episode]) -> bool:
    return any(one.resolved and _overlap(one.spells, group) for one in believed)


def _overlap(one: Sequence[Spell], other: Sequence[Spell]) -> bool:
    begin = max(one[0].since, other[0].since)
    ends = [until for until in (one[-1].until, other[-1].until) if until is not None]
    return not ends or begin <= min(ends)


def _plain(episode: Episode, sentence: str) -> Breach:
    facts = dict(episode.last.breach.facts)
    return Breach(since=episode.since, sentence=sentence, facts=facts)
