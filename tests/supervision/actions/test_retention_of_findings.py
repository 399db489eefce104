# SPDX-License-Identifier: EUPL-1.2
"""No place outlives the fixes in what was found of them: coordinates go, findings stay."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.supervision.actions.alerts import resolve
from tarazy.supervision.actions.holds import place_hold
from tarazy.supervision.actions.leaving import candidates
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    plan_retention,
)
from tarazy.supervision.engine import loading
from tarazy.supervision.looks.alerts import alert as look_at
from tarazy.supervision.models import (
    Alert,
    AlertVersion,
    EngineCheckpoint,
    Order,
    PresenceChange,
    PresenceState,
    RetentionRun,
    TraceStorage,
    WearerState,
)
from tarazy.supervision.models.storage import JUDGED_AFTER

REAL = datetime.now(UTC)  # noqa: TID251 - a test's own clock
NOW = REAL - NOTICE - timedelta(minutes=1)  # the database holds a plan's age against its own clock
OLD = NOW - JUDGED_AFTER - timedelta(days=2)
YOUNG = NOW - timedelta(hours=1)
LATER = NOW + NOTICE
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


def evidence(*times: datetime) -> list[dict[str, Any]]:
    return [{"at": at.isoformat(), "lat": 43.25, "lon": 76.9, "accuracy_m": 9.0} for at in times]


def change(one: Supervised, at: datetime) -> PresenceChange:
    facts = {"at": at, "known_at": at, "probability": 0.93, "evidence": evidence(at - HOUR, at)}
    return PresenceChange.objects.create(condition=one.curfew, state="outside", **facts)


def found_of(policy: TraceStorage, name: str = "Серікова Айгүл") -> tuple[Supervised, Alert]:
    """Somebody with an alert and a change of long ago, young ones, and the engine's state."""
    one = supervised(name)
    Order.objects.filter(pk=one.order.pk).update(trace_storage=policy)
    for at in (OLD, YOUNG):
        change(one, at)
    times = {"since": OLD, "known_at": OLD, "until": OLD + HOUR}
    old = raised(one, OLD, evidence=evidence(OLD), **times)
    raised(one, YOUNG, evidence=evidence(YOUNG))
    PresenceState.objects.create(
        condition=one.curfew,
        state="outside",
        log_odds=-3,
        evidence=evidence(OLD),
        **dict.fromkeys(("since", "at", "known_at", "confirmed_at"), OLD),
    )
    doubted = evidence(OLD)[0]
    here = list(doubted.values())
    shown = {"falls": [], "here": here, "jumps": [[here, here, doubted["at"]]]}
    throws = [0.0, None, [here]]
    seen(one, OLD, lat=43.25, lon=76.9, doubted=doubted, throws=throws, signs=shown, states=b"")
    return one, old


def has_place(kept: list[dict[str, Any]]) -> list[bool]:
    assert all((row["lat"] is None) == (row["lon"] is None) and row["at"] for row in kept)
    return [row["lat"] is not None for row in kept]


def changes(one: Supervised) -> list[list[bool]]:
    rows = PresenceChange.objects.filter(condition=one.curfew).order_by("at")
    return [has_place(row.evidence) for row in rows]


def versions(one: Supervised) -> list[list[bool]]:
    rows = AlertVersion.objects.filter(alert__person=one.person).order_by("known_at")
    return [has_place(row.evidence) for row in rows]


def ended(one: Supervised) -> None:
    over = DateTimeTZRange(OLD - timedelta(days=30), NOW - timedelta(days=6))
    Order.objects.filter(pk=one.order.pk).update(in_force=over, retain_days=1)


def test_a_court_that_lets_us_keep_no_place_has_none_kept_in_findings() -> None:
    one, alert = found_of(TraceStorage.COMPLIANCE)
    other, _ = found_of(TraceStorage.ALL, "Другая Анна")
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.order, item.reason) == (one.order.public_id, "compliance_only")
    assert (item.fixes, item.findings, item.since, item.until) == (0, 2, OLD, OLD)
    assert changes(one) == [[True] * 2] * 2, "nothing goes before it was shown for a day"
    before = log.size()
    assert apply_retention(CONSOLE, LATER) == 0
    assert log.size() == before + 2, "a line for the order, and the plan"
    assert changes(one) == [[False] * 2, [True] * 2]
    assert versions(one) == [[False], [True]]
    assert changes(other) == [[True] * 2] * 2
    assert versions(other) == [[True], [True]]
    kept = AlertVersion.objects.get(alert=alert)
    assert (kept.sentence, kept.probability) == ("Outside {zone} in curfew hours.", 0.93)
    assert kept.evidence[0]["at"] == OLD.isoformat()
    assert items_of(plan_retention(CONSOLE, LATER)) == []


def test_a_running_order_s_state_is_needed_for_judging() -> None:
    one, _ = found_of(TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    apply_retention(CONSOLE, LATER)
    assert WearerState.objects.get(person=one.person).lat == 43.25
    assert has_place(PresenceState.objects.get(condition=one.curfew).evidence) == [True]
    (subject,) = loading.subjects([one.order.pk], LATER, NOW)
    (watched,) = subject.watched
    assert len(watched.state.evidence) == 1
    assert [len(one.evidence) for one in watched.changes] == [0, 2]


def test_places_of_alerts_and_around_breaches_stay_where_the_court_wants_those() -> None:
    one, _ = found_of(TraceStorage.BREACHES)
    change(one, OLD - 5 * HOUR)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.findings, item.since) == (1, OLD - 5 * HOUR)
    apply_retention(CONSOLE, LATER)
    assert changes(one) == [[False] * 2, [True] * 2, [True] * 2]
    assert versions(one) == [[True], [True]]


def test_after_the_retention_time_no_place_is_left_anywhere() -> None:
    one, _ = found_of(TraceStorage.ALL)
    ended(one)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.reason, item.findings) == ("ended", 6)
    apply_retention(CONSOLE, LATER)
    assert changes(one) == [[False] * 2] * 2
    assert versions(one) == [[False], [False]]
    state = WearerState.objects.get(person=one.person)
    assert (state.lat, state.lon, state.doubted, state.states) == (None, None, None, None)
    assert state.throws is None
    assert state.signs == {"falls": []}
    kept = PresenceState.objects.get(condition=one.curfew)
    assert (has_place(kept.evidence), kept.state) == ([False], "outside")
    assert items_of(plan_retention(CONSOLE, LATER)) == []
    assert candidates(LATER) == []


def test_a_hold_stops_it_before_and_after_the_plan() -> None:
    one, _ = found_of(TraceStorage.COMPLIANCE)
    other, _ = found_of(TraceStorage.COMPLIANCE, "Другая Анна")
    place_hold(CONSOLE, one.person.public_id, "a complaint", now=NOW)
    held = [item.held for item in items_of(plan_retention(CONSOLE, NOW))]
    assert held == [True, False]
    place_hold(CONSOLE, other.person.public_id, "court asks", now=NOW)
    apply_retention(CONSOLE, LATER)
    for each in (one, other):
        assert changes(each) == [[True] * 2] * 2
        assert versions(each) == [[True], [True]]


def test_what_was_found_after_the_plan_waits_for_the_next_one() -> None:
    one, alert = found_of(TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    operator = actor(user("operator", Role.OPERATOR))
    resolve(operator, alert.public_id, 1, "unknown", "at home, indoors")  # takes the evidence along
    apply_retention(CONSOLE, LATER)
    assert versions(one) == [[False], [True], [True]]
    (item,) = items_of(plan_retention(CONSOLE, REAL + HOUR))
    assert item.findings == 1


def test_an_alert_says_that_its_places_were_deleted() -> None:
    _, alert = found_of(TraceStorage.COMPLIANCE)
    operator = actor(user("operator", Role.OPERATOR))
    assert not look_at(operator, alert.public_id).places_deleted
    plan_retention(CONSOLE, NOW)
    apply_retention(CONSOLE, LATER)
    page = look_at(operator, alert.public_id)
    assert (page.places_deleted, page.witnesses, page.places) == (True, [], [])


def test_the_database_itself_refuses_what_was_not_planned_or_is_held() -> None:
    one, _ = found_of(TraceStorage.COMPLIANCE)
    fixes = {"order": one.order.public_id, "reason": "compliance_only", "fixes": 1, "findings": 0}
    young = {**fixes, "fixes": 0, "findings": 1}

    def refused(function: str, planned_at: datetime, item: dict[str, Any], why: str) -> None:
        run = RetentionRun.objects.create(planned_at=planned_at, items=[item])
        query = f"SELECT supervision_{function}(%s, %s, '{{}}'::tstzmultirange)"
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            connection.cursor().execute(query, [run.public_id, one.order.pk])

    refused("blank_places", NOW, fixes, "not planned")
    refused("forget_fixes", NOW, young, "not planned")
    refused("blank_places", REAL, young, "not planned")
    place_hold(CONSOLE, one.person.public_id, "court asks", now=NOW)
    refused("blank_places", NOW, young, "held")
    for table in ("presencechange", "alertversion"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(f"UPDATE supervision_{table} SET evidence = '[]'")
