# SPDX-License-Identifier: EUPL-1.2
"""Pairs for tests of the engine: protected people with consent and fixes, demands of orders."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.pairing import at_m

from tarazy.supervision.models import Consent, NoContact, ProtectedPerson

FAR = timedelta(days=20)


def protected(since: datetime, until: datetime | None = None, label: str = "PP-1") -> Any:
    """Somebody who has agreed."""
    found = ProtectedPerson.objects.create(label=label, recorded_at=since)
    Consent.objects.create(
        protected=found,
        document_number="C-1",
        given_at=since,
        period=DateTimeTZRange(since, until or since + FAR),
        recorded_by="usr_1",
    )
    return found


def bind(ward: Any, guarded: Any, *, outer_m: int = 300, inner_m: int = 100) -> NoContact:
    """The ward's order protects somebody."""
    return NoContact.objects.create(
        order=ward.order,
        protected=guarded,
        radius_m=outer_m,
        inner_m=inner_m,
        period=ward.order.in_force,
    )


def forbid(ward: Any, other: Any, *, radius_m: int = 100) -> NoContact:
    """The ward's order forbids contact with another ward."""
    return NoContact.objects.create(
        order=ward.order, other_order=other.order, radius_m=radius_m, period=ward.order.in_force
    )


def report_of(world: Any, guarded: Any, when: datetime, away_m: float, **told: Any) -> None:
    """A report of a protected person, so many metres east of the home, past the gate already."""
    lat, lon = at_m(away_m)
    world.transaction += 1
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supervision_protectedfix (transaction, device_id, protected_id,"
            " consent_id, at, known_at, lat, lon, accuracy_m, digest)"
            " VALUES (%s, 0, %s, %s, %s, %s, %s, %s, 10, %s)",
            [
                *(world.transaction, guarded.pk, guarded.consents.get().pk, when),
                *(told.get("known_at", when), lat, lon, world.transaction.to_bytes(16, "big")),
            ],
        )
