# SPDX-License-Identifier: EUPL-1.2
"""What the engine writes: alerts (see episodes.py), outages of our own, and its derived state.

Raising and updating alerts and recording outages are acts and leave audit lines. `keep` writes what
is derived from the fix store and can be made again from it; it leaves none.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

import psycopg
from django.db import connection

from tarazy.core.door import LIVE_CHANNEL, Door, action
from tarazy.supervision import own_outage
from tarazy.supervision.actions.columns import array, write, write_columns
from tarazy.supervision.actions.episodes import REOPEN as REOPEN
from tarazy.supervision.actions.episodes import places as places
from tarazy.supervision.actions.episodes import raise_alert as raise_alert
from tarazy.supervision.actions.episodes import update_alert as update_alert
from tarazy.supervision.actions.episodes import version_of
from tarazy.supervision.actions.episodes import withdraw_alert as withdraw_alert
from tarazy.supervision.actions.turns import Finding as Finding
from tarazy.supervision.judging.subjects import FACET_KEYS, FACETS, Late
from tarazy.supervision.models import (
    Alert,
    AlertState,
    EngineCheckpoint,
    FacetState,
    Heartbeat,
    PermittedAbsence,
    PresenceChange,
    PresenceState,
    WearerState,
)
from tarazy.supervision.presence.interface import Change, State
from tarazy.supervision.rules.interface import Breach

HEARD_NUMBERS = (
    *("person", "court", "device", "heard", "at", "lat", "lon"),
    *("accuracy_m", "rested_s", "speed_kmh", "battery", "battery_at"),
)
HEARD = """
WITH moved AS (
    UPDATE supervision_wearerstate AS wearer
    SET device_id = nullif(one.device, 0),
        heard_at = timestamptz 'epoch' + one.heard * interval '1 microsecond',
        at = timestamptz 'epoch' + one.at * interval '1 microsecond',
        lat = one.lat, lon = one.lon, accuracy_m = nullif(one.accuracy_m, 'NaN'),
        rested_s = one.rested_s,
        speed_kmh = nullif(one.speed_kmh, 'NaN'), battery_percent = nullif(one.battery, 'NaN'),
        battery_at = timestamptz 'epoch'
            + nullif(one.battery_at, -(1::bigint << 62)) * interval '1 microsecond',
        late = one.late::jsonb, states = substring(%s::bytea, one.first, one.length),
        change = nextval('supervision_change_seq')
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[],
        %s::bigint[], %s::text[], %s::int[], %s::int[]
    ) AS one (person, court, device, heard, at, lat, lon, accuracy_m, rested_s, speed_kmh,
        battery, battery_at, late, first, length)
    WHERE wearer.person_id = one.person AND wearer.order_id = one.court
    RETURNING change
)
SELECT max(change) FROM moved
"""
SUPERSEDE = """
UPDATE supervision_presencechange AS change SET superseded_at = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
    AS one (condition, facet, state, at)
WHERE change.condition_id = one.condition AND change.facet = one.facet
    AND change.state = one.state AND change.at = one.at AND change.superseded_at IS NULL
"""

ENGINE = "engine"
"""The engine's checkpoint; those of parts of the people begin so too."""
INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class LastReports:
    """The last report of many people, in columns; times are microseconds since 1970."""

    columns: Mapping[str, Sequence[Any]]
    states: Sequence[bytes]
    """The states of their conditions, as presence/packing.py writes them."""


@dataclass(slots=True)
class Derived:
    """The engine's state after a step."""

    checkpoint: EngineCheckpoint
    wearers: dict[int, WearerState] = field(default_factory=dict)
    """By the person's key: each has one row."""
    heard: LastReports | None = None
    """Of whom else something was heard that changed nothing."""
    states: dict[int, State] = field(default_factory=dict)
    """Of facets of conditions, by the facet's key."""
    ended: Collection[int] = ()
    """Keys of orders that are no longer in force: their people's places are shown no longer."""


@action("supervision.outage.record")
def record_outage(door: Door, since: datetime, until: datetime | None, now: datetime) -> None:
    """Say that our own intake is away, or that it is back: one alert for everybody."""
    running = Alert.objects.select_for_update(of=("self",)).filter(until=None, person=None)
    alert = running.filter(rule=own_outage.CARD.code).first()
    if alert is None:
        alert = Alert.objects.create(
            rule=own_outage.CARD.code,
            rule_version=own_outage.CARD.version,
            severity=own_outage.SEVERITY,
            state=AlertState.ACTIVE,
            since=since,
            known_at=now,
            version=0,
        )
    sentence = own_outage.AWAY
    if until is not None:
        sentence, alert.until = own_outage.BACK, until
        if alert.state == AlertState.ACTIVE:
            alert.state = AlertState.CLEARED
        alert.save(update_fields=["until", "state"])
    breach = Breach(since=alert.since, sentence=sentence)
    version_of(alert, breach, now, door.actor.id).save()
    alert.save(update_fields=["version"])
    door.permit(alert, alert.public_id)
    door.keep(rule=alert.rule, version=str(alert.version), state=alert.state)
    door.announce(alert=alert.public_id, person="")


def keep_changes(
    changes: Sequence[tuple[int, Change]],
    superseded: Sequence[tuple[int, str, str, datetime]],
    until: datetime,
) -> None:
    """Write changes of presence, each with its facet's key; `superseded` are believed no longer:
    condition, facet, state and time."""
    if superseded:
        columns = [list(column) for column in zip(*superseded, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(SUPERSEDE, [until, *columns])
    found = [change for _, change in changes]
    write_columns(
        PresenceChange,
        {
            "condition_id": [key % FACET_KEYS for key, _ in changes],
            "facet": [FACETS[key // FACET_KEYS] for key, _ in changes],
            "state": [one.presence.value for one in found],
            "at": [one.at for one in found],
            "known_at": [one.known_at for one in found],
            "probability": [one.probability for one in found],
            "evidence": [places(one.evidence) for one in found],
        },
    )


def keep(derived: Derived) -> int:
    """Write the engine's state with its checkpoint; the last number of the wearers' changes, or 0.

    Called inside the transaction of the alerts: after a crash all of it is there, or nothing.
    """
    checkpoint = derived.checkpoint
    EngineCheckpoint.objects.update_or_create(
        name=checkpoint.name,
        defaults={
            "transaction": checkpoint.transaction,
            "fix_id": checkpoint.fix_id,
            "judged_at": checkpoint.judged_at,
        },
    )
    PresenceState.objects.filter(condition__order_id__in=derived.ended).delete()
    FacetState.objects.filter(condition__order_id__in=derived.ended).delete()
    gone = WearerState.objects.filter(order_id__in=derived.ended)
    people = list(gone.values_list("person__public_id", flat=True))
    gone.delete()
    _keep_states(derived.states)
    last = _keep_wearers(list(derived.wearers.values()))
    if derived.heard is not None and derived.heard.states:
        last = max(last, _keep_heard(derived.heard))
    for person in people:
        _announce(gone=person)
    if last:
        _announce(positions=str(last))
    return last


def note_absences(judged: Mapping[int, datetime]) -> None:
    """Up to when permitted absences have been judged with, by their keys.

    What is granted or withdrawn since they were read is judged by a later step.
    """
    for key, until in judged.items():
        PermittedAbsence.objects.filter(pk=key).update(judged_until=until)


def part_name(number: int, of: int) -> str:
    """The checkpoint of a part of the people."""
    return f"{ENGINE} {number} of {of}"


def divide(checkpoint: EngineCheckpoint, of: int) -> None:
    """Judge everybody in parts from here on, each with a checkpoint of its own."""
    EngineCheckpoint.objects.bulk_create(
        EngineCheckpoint(
            name=part_name(number, of),
            transaction=checkpoint.transaction,
            fix_id=checkpoint.fix_id,
            judged_at=checkpoint.judged_at,
        )
        for number in range(of)
    )


def unite(checkpoint: EngineCheckpoint) -> None:
    """Judge everybody together from here on: all parts have come to this end."""
    EngineCheckpoint.objects.filter(name__startswith=f"{ENGINE} ").delete()
    EngineCheckpoint.objects.update_or_create(
        name=ENGINE,
        defaults={
            "transaction": checkpoint.transaction,
            "fix_id": checkpoint.fix_id,
            "judged_at": checkpoint.judged_at,
        },
    )
    # Parts were committed side by side: whoever reads by the number of a change may have missed one
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_wearerstate SET change = nextval('supervision_change_seq')"
        )
        cursor.execute("SELECT max(change) FROM supervision_wearerstate")
        (last,) = cursor.fetchone() or (None,)
    if last:
        _announce(positions=str(last))


def beat(now: datetime) -> None:
    """Say that the engine lives."""
    Heartbeat.objects.update_or_create(process=ENGINE, defaults={"at": now})


def remember_intake(outage_id: int, listening_since: datetime) -> None:
    """Up to which outage of the gateway's has been recorded, and since when there is a gateway."""
    EngineCheckpoint.objects.update_or_create(
        name=INTAKE, defaults={"fix_id": outage_id, "judged_at": listening_since}
    )


def _keep_states(states: Mapping[int, State]) -> None:
    """Write states of facets over what stood there."""
    whole, others = list[int](), list[int]()
    for key in states:
        (whole if key < FACET_KEYS else others).append(key)
    write_columns(PresenceState, _state_columns(states, whole), ["condition_id"])
    facets = {"facet": [FACETS[key // FACET_KEYS] for key in others]}
    told = facets | _state_columns(states, others)
    write_columns(FacetState, told, ["condition_id", "facet"])


def _state_columns(states: Mapping[int, State], keys: Sequence[int]) -> dict[str, list[Any]]:
    found = [states[key] for key in keys]
    return {
        "condition_id": [key % FACET_KEYS for key in keys],
        "state": [one.presence.value for one in found],
        "since": [one.since for one in found],
        "at": [one.at for one in found],
        "known_at": [one.known_at for one in found],
        "confirmed_at": [one.confirmed_at for one in found],
        "log_odds": [one.log_odds for one in found],
        "evidence": [places(one.evidence) for one in found],
        "beyond_m": [one.beyond_m for one in found],
        "crept_m": [one.crept_m for one in found],
    }


def _keep_wearers(wearers: list[WearerState]) -> int:
    if not wearers:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('supervision_change_seq') FROM generate_series(1, %s)", [len(wearers)]
        )
        numbers = [number for (number,) in cursor.fetchall()]
    for wearer, number in zip(wearers, numbers, strict=True):
        wearer.change = number
    write(wearers, ["person_id"])
    return int(numbers[-1])


def _keep_heard(heard: LastReports) -> int:
    """Write what reports that changed nothing have moved; the last number of these changes.

    Numbers go as one text a column, all states as one value that is cut up there: several times
    faster than a value at a time.
    """
    told = heard.columns
    late = [None if one is None else json.dumps(late_told(one)) for one in told["late"]]
    lengths = [len(one) for one in heard.states]
    firsts = [1, *accumulate(lengths, initial=1)][1:-1]
    columns = [*(array(told[name]) for name in HEARD_NUMBERS), late]
    with psycopg.Cursor(connection.connection) as cursor:
        values = [b"".join(heard.states), *columns, array(firsts), array(lengths)]
        cursor.execute(HEARD.encode(), values)
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def late_told(late: Late) -> dict[str, str]:
    """Late places that wait, as they stand in the table."""
    return {name: at.isoformat() for name, at in late._asdict().items()}


def _announce(**payload: str) -> None:
    """Wake the open pages after the commit; `payload` holds ids only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, json.dumps(payload)])
