# SPDX-License-Identifier: EUPL-1.2
"""When somebody could not be monitored, for a look that was permitted: see `judging/unseen.py`."""

from datetime import timedelta

from tarazy.supervision.judging.unseen import Unseen, unseen
from tarazy.supervision.looks.history import heard_of
from tarazy.supervision.models import Order, Outage
from tarazy.supervision.presence.kernel import stale_after_s
from tarazy.supervision.presence.timetable import Interval

REPORTS_MAX = 600_000
"""A quarter of a year each fifteen seconds."""


def unseen_of(order: Order, span: Interval) -> list[Unseen]:
    """Stretches without a usable place, while a device was fitted and a condition applied."""
    worn = order.person.fittings.filter(
        period__overlap=(span.since, span.until), period__isempty=False
    )
    fittings = list(worn.select_related("device").order_by("period"))
    if not fittings:
        return []
    begin = max(span.since, min(one.period.lower for one in fittings))
    interval_s = max(one.device.report_interval_s for one in fittings)
    arrivals = heard_of(order.person_id, order.pk, begin, span.until, limit=REPORTS_MAX)
    away = Outage.objects.filter(since__lt=span.until, until__gt=begin)
    outages = [Interval(one.since, one.until) for one in away]
    longest = timedelta(seconds=stale_after_s(interval_s))
    return unseen(arrivals, Interval(begin, span.until), longest, outages)
