# SPDX-License-Identifier: EUPL-1.2
"""A bidder was on a list of unfair suppliers, or of sanctions, when it bid.

A red flag, never a verdict: lists name others of the same number by mistake. The list is a table
that the user gives (`references`), such as Kazakhstan's register of unfair suppliers: without it
nothing is assessed. The moment is the start of the tender, else the date of the release.

Not assessed, and the reason is published, where:
1. no list of unfair suppliers was given
2. no bidder or supplier is named with an identifier
3. neither of the two moments has a time zone and can be read
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    people,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    moment_of,
    whole,
)

CARD = Card(
    code="R046",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Bidder is debarred or on a sanctions list"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R046"),
    description=said(
        "A bidder was on a list of unfair suppliers at that time. The law may forbid to deal"
        " with it. It proves nothing by itself: entries of such lists are appealed and"
        " corrected."
    ),
)
UNIT = said("bidders")


def assess(ocds: Ocds) -> ir.Table:
    took_part = beside(
        people.identified(ocds), ocds.processes.select("ocid", when=moment_of(ocds.processes))
    )
    listed = ocds.debarred.select("valid_from", "valid_to", "source", number="identifier")
    joined = took_part.inner_join(listed, "number")
    in_force = joined.filter(
        (joined.when >= joined.valid_from)
        & (joined.valid_to.isnull() | (joined.when < joined.valid_to))
    )
    named = took_part.group_by("ocid").aggregate(named=took_part.count())
    found = in_force.group_by("ocid").aggregate(
        listed=in_force.who.nunique(),
        evidence=fact("debarred.source", in_force.source, in_force.who).collect(
            order_by=[in_force.who.asc()]
        ),
    )
    given = ocds.debarred.aggregate(given=ocds.debarred.count())
    processes = beside(beside(whole(ocds.processes), named), found).cross_join(given)
    reason = ibis.cases(
        (processes.given == 0, said("no list of unfair suppliers was given")),  # (1)
        (
            processes.named.fill_null(0) == 0,
            said("no bidder or supplier is named with an identifier"),
        ),  # (2)
        reasons.no_moment(
            processes.tender_start_at.isnull() & processes.released_at.isnull()
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    count = judged.listed.fill_null(0)
    return answers(CARD, judged, count > 0, count, deals.evidence(judged))
