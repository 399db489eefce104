# SPDX-License-Identifier: EUPL-1.2
"""Hands events of the outbox to their listeners, once each.

A listener's work and its receipt are one transaction: a crash between them cannot happen. A
listener that fails is tried again later; it never undoes what happened, nor holds up the others.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q

from tarazy.core.door import together
from tarazy.core.models import OutboxDelivery, OutboxEvent

Listener = Callable[[Mapping[str, str]], object]
Listeners = Mapping[str, Mapping[str, Listener]]

BATCH = 100
ATTEMPTS_MAX = 12
RETRY_BASE_S = 2
RETRY_MAX_S = 3600
ERROR_LENGTH_MAX = 200
KEEP = timedelta(days=30)

log = structlog.get_logger()


def put(name: str, now: datetime, **payload: str) -> None:
    """An event of the transaction under way, for steps that no door belongs to; public ids only."""
    OutboxEvent.objects.create(name=name, payload=payload, at=now)


def deliver(listeners: Listeners, now: datetime) -> int:
    """One round over what is due; returns how many deliveries were made."""
    _open_receipts(listeners, now)
    # Receipts of a listener that an earlier version had would fill each round for ever.
    known = Q(pk__in=[])
    for name, each in listeners.items():
        known |= Q(event__name=name, listener__in=list(each))
    due = OutboxDelivery.objects.filter(known, done=False, attempts__lt=ATTEMPTS_MAX, at__lte=now)
    made = 0
    for receipt in due.select_related("event").order_by("pk")[:BATCH]:
        listener = listeners[receipt.event.name][receipt.listener]
        made += _deliver_one(receipt.pk, listener, now)
    return made


def clean(now: datetime) -> int:
    """Drop events whose deliveries were all made and that are a month old."""
    old = OutboxEvent.objects.filter(at__lt=now - KEEP).exclude(deliveries__done=False)
    return old.delete()[0]


def _open_receipts(listeners: Listeners, now: datetime) -> None:
    """A receipt for each listener of what is new; of a month of events only that is looked at."""
    with transaction.atomic():
        fresh = OutboxEvent.objects.filter(opened=False).select_for_update(skip_locked=True)
        events = list(fresh.order_by("pk")[:BATCH])
        OutboxDelivery.objects.bulk_create(
            [
                OutboxDelivery(event=event, listener=one, at=now)
                for event in events
                for one in listeners.get(event.name, ())
            ],
            ignore_conflicts=True,
        )
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(opened=True)


def _deliver_one(pk: int, listener: Listener, now: datetime) -> bool:
    try:
        with together():
            receipts = OutboxDelivery.objects.select_for_update(of=("self",), skip_locked=True)
            receipt = receipts.select_related("event").filter(pk=pk, done=False).first()
            if receipt is None:
                return False
            listener(receipt.event.payload)
            receipt.done = True
            receipt.at = now
            receipt.save(update_fields=["done", "at"])
    except Exception as error:  # noqa: BLE001 - any fault of a listener is its own, and is kept
        _note_failure(pk, error, now)
        return False
    return True


def _note_failure(pk: int, error: Exception, now: datetime) -> None:
    log.warning("outbox.delivery_failed", delivery=pk, error=type(error).__name__)
    OutboxDelivery.objects.filter(pk=pk).update(
        attempts=F("attempts") + 1, error=str(error)[:ERROR_LENGTH_MAX]
    )
    attempts = OutboxDelivery.objects.get(pk=pk).attempts
    wait_s = min(RETRY_BASE_S**attempts, RETRY_MAX_S)
    OutboxDelivery.objects.filter(pk=pk).update(at=now + timedelta(seconds=wait_s))
