# SPDX-License-Identifier: EUPL-1.2
"""Read the next batch while this one is judged: an engine that is far behind waits for neither.

The reader is a thread with a connection of its own, and reads what the next step would read first.
That step uses it only where the checkpoint stands where this reading began. What was committed
since then is read by the step after it.
"""

import threading
from dataclasses import dataclass, field, replace

import psycopg
import structlog
from django.db import DatabaseError, connection, transaction

from tarazy.supervision.engine import batch as batches
from tarazy.supervision.engine.batch import FixBatch
from tarazy.supervision.engine.part import Part
from tarazy.supervision.models import EngineCheckpoint

ROWS_MIN = 50_000
"""Fewer are read at once, in the step itself."""

log = structlog.get_logger()


@dataclass(slots=True)
class Ahead:
    """A batch that is being read."""

    after: tuple[int, int]
    """Where it begins: transaction and key of the last row before it."""
    limit: int
    part: Part
    thread: threading.Thread | None = None
    found: list[FixBatch] = field(default_factory=list)

    def batch(self, checkpoint: EngineCheckpoint) -> FixBatch | None:
        """Once it is read; None where it is not what comes after the checkpoint, or is empty."""
        if self.thread is not None:
            self.thread.join()
        if not self.found or self.after != (checkpoint.transaction, checkpoint.fix_id):
            return None
        (batch,) = self.found
        # More may have been committed since: nothing is due yet at which that was not heard.
        return replace(batch, full=True) if batch.count else None

    def read(self) -> None:
        """In the thread."""
        transaction_id, fix_id = self.after
        start = EngineCheckpoint(name="ahead", transaction=transaction_id, fix_id=fix_id)
        try:
            with transaction.atomic():
                self.found.append(batches.read(start, self.limit, self.part))
        except (DatabaseError, psycopg.Error) as error:  # the step will try it again
            log.warning("not_read_ahead", error=str(error))
        finally:
            connection.close()


def read_after(batch: FixBatch, limit: int, part: Part) -> Ahead | None:
    """Begin to read what comes after a batch, if that is much."""
    if not batch.full or limit < ROWS_MIN:
        return None
    ahead = Ahead((batch.transaction, batch.fix_id), limit, part)
    ahead.thread = threading.Thread(target=ahead.read, name="read-ahead", daemon=True)
    ahead.thread.start()
    return ahead
