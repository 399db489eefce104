# SPDX-License-Identifier: EUPL-1.2
"""A supplier was registered only months before its award.

A red flag, never a verdict: new firms are welcome. The month of registration is that of the
register, where the user gave one, else the first four digits of the BIN (year and month; the fifth
digit is 4, 5 or 6). The value is the age of the youngest supplier in months.

Not assessed, and the reason is published, where:
1. no award is active
2. an award has no date with a time zone
3. no supplier has a BIN or an entry in the register
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    parameters,
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
    whole,
)

CARD = Card(
    code="K006",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Newly registered supplier"),
    basis=said("Kazakhstan: Law of 1 July 2024 No. 106-VIII, and the practice of its portal"),
    description=said(
        "The supplier was registered only months before it won. It may have been founded for"
        " this contract. It proves nothing by itself: new firms are welcome."
    ),
)
UNIT = said("months")

BIN = r"^\d\d(0[1-9]|1[0-2])[456]\d{7}$"
NEW, OLD = 2000, 1900


def assess(ocds: Ocds) -> ir.Table:
    awards = deals.awarded(ocds)
    counted = awards.group_by("ocid").aggregate(
        awarded=awards.count(), undated=awards.awarded_at.isnull().sum(),
        last_at=awards.awarded_at.max(),
    )  # fmt: skip
    joined = beside(whole(ocds.processes), counted)
    processes = beside(joined, _youngest(ocds)).mutate(
        months_min=parameters.in_force(CARD.code, "months_min", joined.when)
    )
    reason = ibis.cases(
        reasons.no_award(processes),  # (1)
        reasons.no_moment(processes.undated > 0),  # (2)
        (
            processes.months.isnull(),
            said("the time of registration of the supplier is not known"),
        ),  # (3)
    )
    judged = processes.mutate(reason=reason)
    months = ibis.greatest(judged.months, ibis.literal(0))
    threshold = ibis.array([fact("threshold.months_min", judged.months_min)])
    evidence = deals.evidence(judged).concat(threshold)
    return answers(CARD, judged, months < judged.months_min, months, evidence)


def _youngest(ocds: Ocds) -> ir.Table:
    """Of each process: the least months from the registration of a supplier to its award."""
    active = ocds.awards.filter(ocds.awards.status == "active")
    suppliers = active.select("ocid", "awarded_at", who=active.supplier_ids.unnest())
    known = suppliers.inner_join(people.identified(ocds), ["ocid", "who"])
    listed = ocds.registered.select("since", number="identifier")
    placed = known.left_join(listed.filter(listed.since.notnull()), "number")
    number = placed.number
    is_bin = number.re_search(BIN)
    year, month = number.substr(0, 2).try_cast("int64"), number.substr(2, 2).try_cast("int64")
    # two digits of a year: of this century, unless the award came before that
    century = (placed.awarded_at.year() >= NEW + year).ifelse(NEW, OLD)
    born = is_bin.ifelse((century + year) * 12 + month, ibis.null("int64"))
    since = placed.since.year() * 12 + placed.since.month()
    months = placed.awarded_at.year() * 12 + placed.awarded_at.month() - since.fill_null(born)
    aged = placed.mutate(months=months).filter(lambda rows: rows.months.notnull())
    return aged.group_by("ocid").aggregate(
        months=aged.months.min(),
        evidence=fact("parties.identifier", aged.identifier, aged.who).collect(
            order_by=[aged.who.asc()]
        ),
    )
