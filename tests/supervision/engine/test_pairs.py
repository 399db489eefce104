# SPDX-License-Identifier: EUPL-1.2
"""Pairs in the engine: the same as a replay, through restarts, late uploads and withdrawals."""

import random
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from supervision.engine.paired import bind, forbid, protected, report_of
from supervision.engine.test_parts import HELPLESS
from supervision.pairing import at_m

from tarazy.supervision.actions import judgement
from tarazy.supervision.actions.judgement import raise_alert
from tarazy.supervision.engine import Engine, pair_loading, parts
from tarazy.supervision.judging.pairs import PairJudged, judge_pair, unheard
from tarazy.supervision.models import (
    Alert,
    Consent,
    DeviceCommand,
    PairChange,
    PairSnapshot,
    PairState,
    WearerState,
)
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.pairs import OTHER, OWN, Placed

CLOSE, NEAR, CONTACT = "S-VICTIM-PROXIMITY", "S-VICTIM-APPROACH", "S-CONTACT"
UNJUDGED = "S-PAIR-UNJUDGED"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_a_protected_person_is_approached(world: Any, at: Any) -> None:
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(30):
        world.report(ward, at("10:00") + n * MINUTE, 3_000 if n < 15 else 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:16"))
    assert ward.alerts(CLOSE, NEAR) == []
    world.step(at("10:17:20"))
    assert ward.alerts(CLOSE) == [(CLOSE, "active", at("10:16"), None)]
    world.step(at("10:19"))
    assert ward.alerts(NEAR) == [(NEAR, "active", at("10:16"), None)]
    assert WearerState.objects.get().urgency == "alert"
    alert = Alert.objects.get(rule=CLOSE)
    version = alert.versions.get()
    assert {(one["lat"], one["lon"]) for one in version.evidence} == {at_m(60)}
    assert version.facts == {"metres": 100}
    assert DeviceCommand.objects.count() == 0


def test_two_orders_have_an_alert_each_and_both_must_forbid_it(world: Any, at: Any) -> None:
    one, other = world.ward(), world.ward()
    forbid(one, other)
    for n in range(30):
        world.report(one, at("10:00") + n * MINUTE, 10)
        world.report(other, at("10:00") + n * MINUTE + 30 * SECOND, 0)
    world.step(at("10:15"))
    assert one.alerts(CONTACT) == other.alerts(CONTACT) == []
    forbid(other, one)
    world.step(at("10:31"))
    assert [state for _, state, _, _ in one.alerts(CONTACT)] == ["active"]
    assert [state for _, state, _, _ in other.alerts(CONTACT)] == ["active"]
    assert Alert.objects.get(person=one.person, rule=CONTACT).order == one.order


def test_nobody_reports_and_time_alone_makes_it_unknown(world: Any, at: Any) -> None:
    ward, guarded = world.ward(report_interval_s=3600), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(10):
        world.report(ward, at("10:00") + n * MINUTE, 3_000)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:11"))
    assert [one.state for one in PairChange.objects.filter(radius_m=300)] == ["outside"]
    world.step(at("11:30"))
    last = PairChange.objects.filter(radius_m=300).order_by("at").last()
    assert last is not None
    assert last.state == "unknown"
    # Nothing was known before ten either, and breaks of up to half an hour are one alert.
    assert ward.alerts(UNJUDGED) == [(UNJUDGED, "active", at("06:00"), None)]
    assert [state for _, state, _ in ward.versions(UNJUDGED)] == ["active", "cleared", "active"]


def test_a_withdrawn_consent_ends_it_and_what_was_known_goes(world: Any, at: Any) -> None:
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(20):
        world.report(ward, at("10:00") + n * MINUTE, 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:10"))
    assert [state for _, state, _, _ in ward.alerts(CLOSE)] == ["active"]
    consent = Consent.objects.get()
    consent.period = type(consent.period)(consent.period.lower, at("10:10"))
    consent.withdrawn_at = at("10:10")
    consent.save()
    world.step(at("10:10:30"))
    assert ward.alerts(CLOSE) == [(CLOSE, "cleared", ward.alerts(CLOSE)[0][2], at("10:10"))]
    world.step(at("10:20"))
    assert len(ward.alerts(CLOSE)) == 1
    state = PairState.objects.get()
    assert (state.due, PairSnapshot.objects.count()) == (None, 0)
    assert str(at_m(0)[0]) not in str(state.head)


def test_the_end_of_an_order_ends_its_alert_once(world: Any, at: Any) -> None:
    ward, guarded = world.ward(until=at("10:10")), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(10):
        world.report(ward, at("10:00") + n * MINUTE, 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:08"))
    for second in (15, 25, 40):
        world.step(at("10:10") + second * SECOND)
    ((_, state, _, until),) = ward.alerts(CLOSE)
    assert (state, until) == ("cleared", at("10:10"))
    assert len(ward.versions(CLOSE)) == 2


@pytest.mark.parametrize("opened_again", [False, True])
def test_a_resolved_alert_takes_in_nothing_new_unless_opened_again(
    world: Any, at: Any, *, opened_again: bool
) -> None:
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(45):
        world.report(ward, at("10:00") + n * MINUTE, 3_000 if 20 <= n < 30 else 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:10"))
    Alert.objects.filter(rule=CLOSE).update(state="resolved")
    world.step(at("10:15"))
    if opened_again:
        Alert.objects.filter(rule=CLOSE).update(state="active")
    world.step(at("10:26"))
    world.step(at("10:46"))
    assert len(ward.alerts(CLOSE)) == (1 if opened_again else 2)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_an_alert_that_is_resolved_while_they_meet_again_stays_so(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch, *, meanwhile: bool
) -> None:
    """What a person does between the engine's reading and its writing is as if done before."""
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(70):
        world.report(ward, at("10:00") + n * MINUTE, 60 if n < 20 or 30 <= n < 45 else 3_000)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:10"))
    world.step(at("10:29"))
    ((_, state, since, until),) = ward.alerts(CLOSE)
    assert state == "cleared"

    def resolve() -> None:
        Alert.objects.filter(rule=CLOSE, state="cleared").update(state="resolved")

    def resolve_first(actor: Any, finding: Any, *times: Any) -> Alert:
        if finding.rule == CLOSE:
            resolve()
        return raise_alert(actor, finding, *times)

    if meanwhile:
        monkeypatch.setattr(judgement, "raise_alert", resolve_first)
    else:
        resolve()
    world.step(at("10:40"))
    monkeypatch.undo()
    world.step(at("10:44"))
    assert ward.alerts(CLOSE)[1:] == [(CLOSE, "active", at("10:31"), None)]
    world.restart()
    world.step(at("11:10"))
    first, second = ward.alerts(CLOSE)
    assert first == (CLOSE, "resolved", since, until)
    assert second == (CLOSE, "cleared", at("10:31"), at("10:46:20"))
    kept = [each for rule, each in PairState.objects.get().episodes if rule == CLOSE]
    assert [one["key"] for one in kept[0]] == list(
        Alert.objects.filter(rule=CLOSE).order_by("pk").values_list("pk", flat=True)
    )


def reports(at: Any, seed: int, side: int) -> list[tuple[datetime, datetime, float]]:
    """Known at, at, metres away: somebody who comes and goes, through a network that fails."""
    chance, waits, away, found = random.Random(seed * 10 + side), 0, 0.0, []
    for n in range(150):
        when = at("09:00") + n * MINUTE + side * 17 * SECOND
        if chance.random() < 0.08:
            away = chance.choice([0.0, 0.0, 60.0, 250.0, 4_000.0])
        if chance.random() < 0.03:
            waits = n + chance.randint(5, 70)
        if chance.random() < 0.03:
            continue
        known = (at("09:00") + waits * MINUTE if waits > n else when) + (3 + side) * SECOND
        found.append((known, when, away))
    return sorted(found)


def told(found: PairJudged) -> list[Any]:
    """Each alert's last turn: rule, state and times."""
    last = {(turn.cause[0], turn.number): turn for turn in found.turns}
    state = {"withdrawn": "withdrawn"}
    return sorted(
        (
            turn.cause[0],
            state.get(turn.kind, "active" if turn.until is None else "cleared"),
            turn.breach.since,
            turn.until,
        )
        for turn in last.values()
        if turn.kind != "withdrawn"
    )


@pytest.mark.parametrize(("seed", "in_parts"), [(1, False), (2, False), (1, True)])
def test_the_engine_and_a_replay_believe_the_same(
    world: Any, at: Any, seed: int, in_parts: bool, monkeypatch: Any
) -> None:
    monkeypatch.setattr(parts, "WAITING_MIN", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    ward, guarded = world.ward(), protected(at("06:00"))
    demand = bind(ward, guarded)
    coming = sorted(
        (known, when, away, side)
        for side in (OWN, OTHER)
        for known, when, away in reports(at, seed, side)
    )
    bond = pair_loading.demands(at("09:00"))[demand.pk].bond
    trail = [
        Placed(side, Sighting(when, *at_m(away), 10.0), known) for known, when, away, side in coming
    ]
    now, step = at("09:00"), random.Random(seed)
    while now <= at("12:40"):
        while coming and coming[0][0] <= now:
            known, when, away, side = coming.pop(0)
            if side == OWN:
                world.report(ward, when, away, known_at=known)
            else:
                report_of(world, guarded, when, away, known_at=known)
        world.step(now)
        if step.random() < 0.3:
            world.restart()
            if in_parts:
                world.engine = parts.caught_up(HELPLESS, now, Event(), Engine.step)
        now += step.choice([3, 11, 150, 400]) * SECOND
    until = PairState.objects.get().judged_to
    replayed = judge_pair(bond, unheard(bond), trail, until)
    for n, metres in enumerate((300, 100)):
        rows = PairChange.objects.filter(radius_m=metres, superseded_at=None).order_by("at", "pk")
        assert [
            (one.state, one.at, one.known_at, one.probability, len(one.evidence)) for one in rows
        ] == [
            (one.presence.value, one.at, one.known_at, one.probability, len(one.evidence))
            for one in replayed.after.changes[n]
        ]
    live = [one for one in ward.alerts(CLOSE, NEAR, UNJUDGED) if one[1] != "withdrawn"]
    assert sorted(live) == told(replayed)
    assert len({turn.kind for turn in replayed.turns}) > 2


def test_a_late_place_of_a_time_whose_consent_is_gone_denies_nothing(world: Any, at: Any) -> None:
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(10):
        world.report(ward, at("10:00") + n * MINUTE, 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:09"))
    consent = Consent.objects.get()
    consent.period = type(consent.period)(consent.period.lower, at("10:09"))
    consent.withdrawn_at = at("10:09")
    consent.save()
    world.step(at("10:09:30"))
    before = ward.alerts(CLOSE)
    world.report(ward, at("10:04:30"), 3_000, known_at=at("10:12"))
    world.step(at("10:13"))
    world.restart()
    world.step(at("10:14"))
    assert ward.alerts(CLOSE) == before
    assert [state for _, state, _, _ in before] == ["cleared"]


def test_what_is_too_old_is_not_judged_and_takes_nothing_back(world: Any, at: Any) -> None:
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(6):
        world.report(ward, at("10:00") + n * MINUTE, 60)
        report_of(world, guarded, at("10:00") + n * MINUTE + 20 * SECOND, 0)
    world.step(at("10:07"))
    believed = [(one.state, one.at) for one in PairChange.objects.filter(radius_m=100)]
    world.report(ward, at("10:02:30"), 3_000, known_at=at("10:00", day=2))
    world.step(at("10:01", day=2))
    after = PairChange.objects.filter(radius_m=100, superseded_at=None).order_by("at")
    assert [(one.state, one.at) for one in after][: len(believed)] == believed
    assert [state for _, state, _, _ in ward.alerts(CLOSE)] == ["active"]


def test_what_one_step_has_raised_and_cleared_a_late_report_withdraws(world: Any, at: Any) -> None:
    """Such as after a restart of the engine: everything since then is judged in one step."""
    ward, guarded = world.ward(), protected(at("06:00"))
    bind(ward, guarded)
    for n in range(24):
        world.report(ward, at("10:00") + n * MINUTE, 0)
        if not 15 <= n < 20:
            report_of(world, guarded, at("10:00:30") + n * MINUTE, 4_000)
    for second in (10, 30, 50):  # stray, and sure of themselves
        report_of(world, guarded, at("10:15") + second * SECOND, 20)
    world.step(at("10:24"))
    assert [one[1] for one in ward.alerts(CLOSE)] == ["cleared"]
    for n in range(16):
        when = at("10:15:05") + n * 20 * SECOND
        report_of(world, guarded, when, 4_000, known_at=at("10:24:10"))
    world.step(at("10:25"))
    assert [one[1] for one in ward.alerts(CLOSE)] == ["withdrawn"]
