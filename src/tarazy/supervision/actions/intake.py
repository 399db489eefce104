# SPDX-License-Identifier: EUPL-1.2
"""Keep the reports of devices: the legal gate and the fix store, in one statement.

This is the one verb without a door of its own: no person asks for it, each fix carries what allowed
it (device, person, order, both clocks), and a line in the audit log for each would only bury the
lines about people. What the gate refuses is counted by day, device and reason, without its place.

It runs as `tarazy_app` on a connection of its own, beside Django's, so that one process can wait
for many devices at once.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import structlog

from tarazy.core.errors import Temporary
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.interface import (
    DIGEST_BYTES,
    Fate,
    Mark,
    Outcome,
    Report,
    Verdict,
)
from tarazy.supervision.gateway.times import Moment
from tarazy.supervision.refusals import Refusal

log = structlog.get_logger()

CONNECT_S_MAX = 5


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One report at the gate, or the refusal of one, which is to be counted.

    `credential` is the digest of the token that came with it; `at` is the moment to go by.
    """

    credential: bytes
    arrived: datetime
    at: datetime
    report: Report | None = None
    marks: tuple[Mark, ...] = ()
    refused: Refusal | None = None
    card: bytes | None = None
    """The keyed digest of the SIM card that is in the device now, where it says so."""


def entry_of(
    report: Report,
    moment: Moment,
    credential: bytes,
    arrived: datetime,
    card: bytes | None = None,
) -> Entry:
    """A report at its settled moment. From one with a faulty clock everything of its place goes.

    So does the digest: whoever tries all places of a city would find the one that it was made of.
    """
    if moment.faulty:
        report = Report(
            at=report.at,
            content=b"",
            digest=os.urandom(DIGEST_BYTES),
            battery_percent=report.battery_percent,
            charging=report.charging,
            alarms=report.alarms,
            marks=report.marks,
        )
    invalid = (Mark.INVALID_FIX,) if reading.nowhere(report.lat, report.lon) else ()
    marks = tuple(dict.fromkeys((*report.marks, *moment.marks, *invalid)))
    known = None if moment.faulty or report.stored else card
    return Entry(
        credential=credential,
        arrived=arrived,
        at=moment.at,
        report=report,
        marks=marks,
        card=known,
    )


def refused_entry(refusal: Refusal, credential: bytes, arrived: datetime) -> Entry:
    """A report that could not be read: only counted."""
    return Entry(credential=credential, arrived=arrived, at=arrived, refused=refusal)


# Each lookup is a lateral one, so that it goes by index whatever the planner thinks of the arrays.
# A revocation counts from its own moment, also for what arrived before it and waited. A protected
# person's device has another ground: a consent in force, at the time of the fix and now, and an
# order in force that protects this person. Where one of them is missing nothing is kept.
JUDGED = """
WITH entry AS (
    SELECT * FROM unnest(
        %(n)b::int[], %(credential)b::bytea[], %(arrived)b::timestamptz[], %(at)b::timestamptz[],
        %(refused)b::text[], %(lat)b::float8[], %(lon)b::float8[], %(accuracy_m)b::float4[],
        %(speed_kmh)b::float4[], %(course_deg)b::float4[], %(altitude_m)b::float4[],
        %(battery_percent)b::float4[], %(satellites)b::int2[], %(hdop)b::float4[],
        %(charging)b::bool[], %(moving)b::bool[], %(stored)b::bool[], %(alarms)b::text[],
        %(marks)b::text[], %(content)b::bytea[], %(digest)b::bytea[], %(card)b::bytea[]
    ) AS entry (
        n, credential, arrived, at, refused, lat, lon, accuracy_m, speed_kmh, course_deg,
        altitude_m, battery_percent, satellites, hdop, charging, moving, stored, alarms, marks,
        content, digest, card
    )
), judged AS MATERIALIZED (
    SELECT entry.*, device.id AS device_id, fitting.person_id, court.id AS order_id,
        guarded.protected_id, consent.id AS consent_id,
        CASE
            WHEN device.id IS NULL THEN 'unknown_device'
            WHEN entry.refused IS NOT NULL THEN entry.refused
            WHEN guarded.protected_id IS NOT NULL THEN CASE
                WHEN consent.id IS NULL
                    OR upper(consent.period) <= greatest(entry.arrived, statement_timestamp())
                    THEN 'no_consent'
                WHEN NOT EXISTS (
                    SELECT FROM supervision_nocontact AS demand
                    JOIN supervision_order AS court ON court.id = demand.order_id
                    WHERE demand.protected_id = guarded.protected_id
                        AND demand.period @> entry.at AND court.in_force @> entry.at
                ) THEN 'no_order'
                ELSE 'kept'
            END
            WHEN fitting.person_id IS NULL THEN 'not_fitted'
            WHEN court.id IS NULL THEN 'no_order'
            WHEN entry.arrived > upper(court.in_force) + court.late_upload_h * interval '1 hour'
                OR court.revoked_at <= greatest(entry.arrived, statement_timestamp())
                THEN 'too_late'
            ELSE 'kept'
        END AS fate
    FROM entry
    LEFT JOIN LATERAL (
        SELECT device_id AS id FROM supervision_deviceaddress WHERE digest = entry.credential
    ) AS device ON true
    LEFT JOIN LATERAL (
        SELECT person_id FROM supervision_fitting
        WHERE device_id = device.id AND period @> entry.at LIMIT 1
    ) AS fitting ON true
    LEFT JOIN LATERAL (
        SELECT id, in_force, late_upload_h, revoked_at FROM supervision_order
        WHERE person_id = fitting.person_id AND in_force @> entry.at LIMIT 1
    ) AS court ON true
    LEFT JOIN LATERAL (
        SELECT protected_id FROM supervision_protectedfitting
        WHERE fitting.person_id IS NULL AND device_id = device.id AND period @> entry.at LIMIT 1
    ) AS guarded ON true
    LEFT JOIN LATERAL (
        SELECT id, period FROM supervision_consent
        WHERE protected_id = guarded.protected_id AND period @> entry.at LIMIT 1
    ) AS consent ON true
)
"""

# Another SIM card than the device told of before, to the same wearer, is an alarm of its report, by
# the device's clock. Few batches tell of a card: the others go without.
CARDS = """
, carded AS (
    SELECT n, device_id, at, card,
        lag(card) OVER told AS card_before, lag(at) OVER told AS at_before
    FROM judged WHERE fate = 'kept' AND consent_id IS NULL AND card IS NOT NULL
    WINDOW told AS (PARTITION BY device_id ORDER BY arrived, at, n)
), changed AS (
    SELECT carded.n
    FROM carded LEFT JOIN supervision_devicecard AS known USING (device_id)
    WHERE coalesce(card_before, known.digest) <> card
        AND carded.at >= coalesce(at_before, known.at)
        AND EXISTS (
            SELECT FROM supervision_fitting AS fitting
            WHERE fitting.device_id = carded.device_id AND fitting.period @> carded.at
                AND fitting.period @> coalesce(at_before, known.at)
        )
), cards AS (
    INSERT INTO supervision_devicecard AS known (device_id, digest, at)
    SELECT DISTINCT ON (device_id) device_id, card, at FROM carded
    ORDER BY device_id, at DESC, n DESC
    ON CONFLICT (device_id) DO UPDATE SET digest = excluded.digest, at = excluded.at
    WHERE known.at <= excluded.at
)
"""
NO_CARDS = ", changed AS (SELECT 0 AS n WHERE false)"

# What is kept is its own record; only the other fates need counting. Rows are written in the order
# of their keys, so that two writers wait for each other and never for ever.
KEPT = """
, worn AS (
    INSERT INTO supervision_fix (
        device_id, person_id, order_id, at, known_at, lat, lon, accuracy_m, speed_kmh,
        course_deg, altitude_m, battery_percent, satellites, hdop, charging, moving, stored,
        alarms, marks, content, digest
    )
    SELECT device_id, person_id, order_id, at, arrived, lat, lon, accuracy_m, speed_kmh,
        course_deg, altitude_m, battery_percent, satellites, hdop, charging, moving,
        coalesce(stored, false),
        string_to_array(alarms, ',') || CASE
            WHEN n IN (SELECT n FROM changed) THEN ARRAY['sim_changed'] ELSE '{}'::text[] END,
        string_to_array(marks, ','), content, digest
    FROM judged WHERE fate = 'kept' AND consent_id IS NULL ORDER BY device_id, at, digest
    ON CONFLICT (device_id, at, digest) DO NOTHING
    RETURNING device_id, at, digest
), guarded AS (
    INSERT INTO supervision_protectedfix (
        device_id, protected_id, consent_id, at, known_at, lat, lon, accuracy_m, marks, digest
    )
    SELECT device_id, protected_id, consent_id, at, arrived, lat, lon, accuracy_m,
        string_to_array(marks, ','), digest
    FROM judged WHERE fate = 'kept' AND consent_id IS NOT NULL ORDER BY device_id, at, digest
    ON CONFLICT (device_id, at, digest) DO NOTHING
    RETURNING device_id, at, digest
), kept AS (
    SELECT * FROM worn UNION ALL SELECT * FROM guarded
), answered AS (
    SELECT n, arrived, coalesce(judged.device_id, 0) AS device_id,
        CASE
            WHEN fate = 'kept' AND (kept.device_id IS NULL OR row_number() OVER (
                PARTITION BY judged.device_id, judged.at, judged.digest ORDER BY n
            ) > 1) THEN 'duplicate'
            ELSE fate
        END AS fate
    FROM judged LEFT JOIN kept USING (device_id, at, digest)
), counted AS (
    INSERT INTO supervision_intakecount AS total (day, device_id, outcome, count)
    SELECT (arrived AT TIME ZONE 'UTC')::date AS day, device_id, fate, count(*)
    FROM answered WHERE fate <> 'kept' GROUP BY day, device_id, fate ORDER BY day, device_id, fate
    ON CONFLICT (day, device_id, outcome) DO UPDATE SET count = total.count + excluded.count
), woken AS (
    SELECT pg_notify('tarazy_fixes', '') FROM kept LIMIT 1
)
SELECT answered.n, answered.fate, answered.device_id
FROM answered LEFT JOIN woken ON true ORDER BY n
"""

KEPT_DAYS = """
SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM judged
WHERE fate = 'kept' AND consent_id IS NULL
"""
KEEP, KEEP_CARDS = JUDGED + NO_CARDS + KEPT, JUDGED + CARDS + KEPT
DAYS = JUDGED + KEPT_DAYS
ENSURE = "SELECT supervision_ensure_fix_day(day) FROM unnest(%s::date[]) AS day ORDER BY day"
BEAT = """
INSERT INTO supervision_heartbeat (process, at) VALUES (%s, %s)
ON CONFLICT (process) DO UPDATE SET at = excluded.at
"""
LAST_BEAT = "SELECT at FROM supervision_heartbeat WHERE process = %s"


class FixStore:
    """A connection to the fix store, opened when it is needed and again after it broke."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._days: set[date] = set()

    async def keep(self, entries: Sequence[Entry]) -> list[Verdict]:
        """Commit a batch; the verdict on each entry, in their order. Raises Temporary.

        Either all that is kept of a batch is committed or nothing of it. The same batch again,
        after an answer that was lost, keeps nothing twice.
        """
        try:
            return await self._commit(entries)
        except (psycopg.DataError, psycopg.IntegrityError):
            # A day's partition is gone, or one entry cannot be stored: it must not hold up others.
            self._days.clear()
        if len(entries) > 1:
            half = len(entries) // 2
            return await self.keep(entries[:half]) + await self.keep(entries[half:])
        try:
            return await self._commit(entries)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            log.warning("entry_not_storable", code=error.sqlstate)
            entry = entries[0]
            return await self._commit(
                [refused_entry(Refusal.BAD_FIELD, entry.credential, entry.arrived)]
            )

    async def beat(self, process: str, now: datetime) -> None:
        """Say that a process lives, and have the partitions of today and tomorrow ready.

        Raises Temporary.
        """
        connection = await self._connected()
        try:
            await connection.execute(BEAT, [process, now])
            await connection.execute(ENSURE, [[now.date(), (now + timedelta(days=1)).date()]])
        except psycopg.Error as error:
            raise await self._broken(error) from error

    async def last_beat(self, process: str) -> datetime | None:
        """When a process last said that it lives. Raises Temporary."""
        connection = await self._connected()
        try:
            found = await (await connection.execute(LAST_BEAT, [process])).fetchone()
        except psycopg.Error as error:
            raise await self._broken(error) from error
        return found[0] if found else None

    async def close(self) -> None:
        """Give the connection back; the next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _commit(self, entries: Sequence[Entry]) -> list[Verdict]:
        connection = await self._connected()
        columns = _columns(entries)
        try:
            if not {entry.at.date() for entry in entries} <= self._days:
                await self._ensure_days(connection, columns)
            keep = KEEP_CARDS if any(columns["card"]) else KEEP
            rows = await (await connection.execute(keep, columns)).fetchall()
        except (psycopg.DataError, psycopg.IntegrityError):
            raise
        except psycopg.Error as error:
            raise await self._broken(error) from error
        return [
            Verdict(_fate(fate, entry.marks), device_id)
            for (_, fate, device_id), entry in zip(rows, entries, strict=True)
        ]

    async def _ensure_days(
        self, connection: psycopg.AsyncConnection[Any], columns: dict[str, list[Any]]
    ) -> None:
        """Partitions only for what passes the gate: nobody else's clock makes tables."""
        rows = await (await connection.execute(DAYS, columns)).fetchall()
        missing = {day for (day,) in rows} - self._days
        if missing:
            await connection.execute(ENSURE, [sorted(missing)])
            self._days |= missing

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,  # each statement is a transaction of its own
                connect_timeout=CONNECT_S_MAX,
                application_name="tarazy gateway",
                prepare_threshold=1,
            )
            await connection.execute("SET TIME ZONE 'UTC'")
            # The lookups go by index in any case; a plan a batch would cost a third of its time.
            await connection.execute("SET plan_cache_mode = force_generic_plan")
        except psycopg.Error as error:
            raise Temporary("the database is away") from error
        self._days.clear()
        self._connection = connection
        return connection

    async def _broken(self, error: psycopg.Error) -> Temporary:
        log.warning("statement_failed", code=error.sqlstate, kind=type(error).__name__)
        await self.close()
        return Temporary("the database is away")


def _fate(name: str, marks: tuple[Mark, ...]) -> Fate:
    if name == Outcome.KEPT:
        return Outcome.CLOCK_FAULT if Mark.CLOCK_FAULT in marks else Outcome.KEPT
    return Outcome.DUPLICATE if name == Outcome.DUPLICATE else Refusal(name)


MEASURES = (
    "lat",
    "lon",
    "accuracy_m",
    "speed_kmh",
    "course_deg",
    "altitude_m",
    "battery_percent",
    "satellites",
    "hdop",
    "charging",
    "moving",
    "stored",
    "content",
    "digest",
)


def _columns(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    """The batch turned on its side: one array a column."""
    reports = [entry.report for entry in entries]
    return {
        "n": list(range(len(entries))),
        "credential": [entry.credential for entry in entries],
        "arrived": [entry.arrived for entry in entries],
        "at": [entry.at for entry in entries],
        "refused": [entry.refused and entry.refused.value for entry in entries],
        "alarms": [",".join(report.alarms) if report else "" for report in reports],
        "marks": [",".join(entry.marks) for entry in entries],
        "card": [entry.card for entry in entries],
        **{name: [getattr(report, name, None) for report in reports] for name in MEASURES},
    }
