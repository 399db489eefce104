# SPDX-License-Identifier: EUPL-1.2
"""The audit log in PostgreSQL: append lines, read entries, and read proofs out of the tree."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tarazy.core.audit.entry import Line, seal


def append(lines: Sequence[Line], now: datetime) -> int:
    """Append the lines in order; the number of the first one.

    One round trip, in the caller's transaction, as its last statement: the log is locked for
    everybody else until that transaction ends.
    """
    sealed = [seal(line, now) for line in lines]
    details = [
        [index, name, detail.salt.hex(), detail.value]
        for index, one in enumerate(sealed)
        for name, detail in one.details.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select core_audit_append(%s::bytea[], %s::jsonb)",
            [[one.leaf for one in sealed], json.dumps(details)],
        )
        (first,) = cursor.fetchone()
    return int(first)
