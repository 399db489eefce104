# SPDX-License-Identifier: EUPL-1.2
"""Pairs through time: beats, late places, and periods; always the same, however it is cut."""

import random

import pytest
from supervision.pairing import (
    MINUTE,
    OTHER,
    OWN,
    SECOND,
    contact,
    judged,
    minutes,
    moment,
    placed,
    states,
    stay,
    told,
    victim,
)

from tarazy.supervision.judging.bonds import BEAT
from tarazy.supervision.judging.pairs import PairJudged, judge_pair, unheard
from tarazy.supervision.presence.pairs import LATE_MAX, Placed

CLOSE, NEAR = "S-VICTIM-PROXIMITY", "S-VICTIM-APPROACH"
AT_HOME = stay(OTHER, 0.5, 90, 0)


def wandering(seed: int) -> list[Placed]:
    """Two people who come and go, and upload when they can."""
    chance, found = random.Random(seed), list[Placed]()
    for side in (OWN, OTHER):
        away, waits = 0.0, 0
        for n in range(200):
            if chance.random() < 0.08:
                away = chance.choice([0.0, 70.0, 220.0, 2_000.0])
            if chance.random() < 0.03:
                waits = n + chance.randint(3, 60)
            if chance.random() < 0.05:
                continue
            when = moment(n) + side * chance.randint(1, 50) * SECOND
            known = max(moment(waits), when) + chance.randint(0, 9) * SECOND
            found.append(placed(side, when, away + chance.gauss(0, 8), known_at=known))
    return found


def in_steps(places: list[Placed], until: float, seed: int) -> PairJudged:
    """As an engine does: at odd moments, each time with what is known by then."""
    chance, bond = random.Random(seed), victim()
    found = judge_pair(bond, unheard(bond), [], moment(0))
    turns, now, left = list(found.turns), moment(0), list(places)
    while now < moment(until):
        now = min(now + chance.randint(1, 300) * SECOND, moment(until))
        fresh = [one for one in left if one.known_at <= found.after.judged_to + 40 * BEAT]
        found = judge_pair(bond, found.after, fresh, now)
        left = [one for one in left if one.known_at > found.after.judged_to]
        turns += found.turns
    return PairJudged(found.after, found.added, found.superseded, tuple(turns), found.due)


@pytest.mark.parametrize("seed", range(6))
def test_however_it_is_cut_the_same_is_believed_and_told(seed: int) -> None:
    places = wandering(seed)
    whole, cut = judged(victim(), places, 280), in_steps(places, 280, seed)
    assert cut.after.changes == whole.after.changes
    assert cut.after.episodes == whole.after.episodes
    assert list(cut.turns) == list(whole.turns)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_believed_in_the_end_does_not_depend_on_the_order_of_arrival(seed: int) -> None:
    places = wandering(seed)
    in_time = [one._replace(known_at=one.sighting.at) for one in places]
    late, prompt = judged(victim(), places, 280), judged(victim(), in_time, 280)
    assert [states(late, n) for n in (0, 1)] == [states(prompt, n) for n in (0, 1)]


def test_an_upload_finds_a_meeting_and_says_when_it_was_known() -> None:
    stored = [
        placed(OWN, moment(n), 40, known_at=moment(60) + 0.3 * SECOND * (30 - n))
        for n in range(20, 30)
    ]
    moves = [*stay(OWN, 0, 20, 3_000), *stored, *stay(OWN, 30, 50, 3_000)]
    found = judged(victim(), [*moves, *AT_HOME], 80)
    (turn,) = [turn for turn in found.turns if turn.cause[0] == CLOSE]
    assert (turn.kind, minutes(turn.breach.since)) == ("raised", 21)
    assert turn.until is not None
    assert moment(60) < turn.known_at <= moment(60) + 2 * BEAT


def test_an_upload_denies_a_meeting_and_the_alert_is_withdrawn() -> None:
    gone = [
        placed(OTHER, moment(n + 0.5), 4_000, known_at=moment(25) + SECOND) for n in range(15, 24)
    ]
    seen = stay(OTHER, 0.5, 15, 4_000)
    # Two stray places of the other one, sure of themselves, beside the own home.
    stray = [placed(OTHER, moment(15) + 10 * SECOND * n, 20) for n in (1, 3, 5)]
    found = judged(victim(), [*stay(OWN, 0, 60, 0), *seen, *stray, *gone], 26)
    kinds = [turn.kind for turn in found.turns if turn.cause[0] == CLOSE]
    assert kinds[:1] == ["raised"]
    assert kinds[-1] in {"withdrawn", "cleared"}


def test_a_place_that_comes_too_late_is_not_judged() -> None:
    stored = [
        placed(OWN, moment(n), 40, known_at=moment(n) + LATE_MAX + SECOND) for n in range(20, 30)
    ]
    found = judged(victim((0, 5_000)), [*stored, *AT_HOME], 4_000)
    assert states(found, 1) == []


def test_nothing_counts_outside_of_the_periods() -> None:
    bond = victim((0, 10), (30, 60))
    found = judged(bond, [*stay(OWN, 0, 90, 20), *AT_HOME], 90)
    assert states(found)[1:] == [("unknown", 10), states(found)[2], ("unknown", 60)]
    assert states(found)[2][0] == "near"
    assert 30 < states(found)[2][1] <= 32
    close = [one for one in told(found) if one[1] == CLOSE]
    assert [(kind, until) for kind, _, _, until in close] == [
        ("raised", None),
        ("cleared", 10),
        ("reopened", None),
        ("cleared", 60),
    ]
    assert found.due is None


def test_two_tiers_and_a_dwell_for_the_outer_one() -> None:
    found = judged(victim(), [*stay(OWN, 0, 30, 220), *AT_HOME], 30)
    assert {rule for _, rule, *_ in told(found)} == {NEAR}
    (turn,) = found.turns
    assert (turn.severity, turn.known_at - turn.breach.since) == ("high", 2 * MINUTE)


def test_a_contact_needs_some_minutes_together() -> None:
    short = [*stay(OWN, 0, 9, 2_000), *stay(OWN, 9, 2, 20), *stay(OWN, 11, 9, 2_000)]
    assert judged(contact(), [*short, *AT_HOME], 20).turns == ()
    long = [*stay(OWN, 0, 9, 2_000), *stay(OWN, 9, 8, 20)]
    assert [kind for kind, *_ in told(judged(contact(), [*long, *AT_HOME], 17))] == ["raised"]


def test_nobody_reports_at_all() -> None:
    found = judged(contact(), [], 40)
    assert told(found) == [("raised", "S-PAIR-UNJUDGED", 0, None)]
    assert found.turns[0].known_at == moment(30)
