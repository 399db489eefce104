# SPDX-License-Identifier: EUPL-1.2
"""Eleven risks of a process in one figure, each part and its weight shown.

A red flag, never a verdict: the index says where risks meet, not what happened. Each part is 0, 0.5
or 1 (the winner's share of the buyer's spending is any number between), as in the Corruption Risk
Index of Fazekas and Kocsis (2020). A part that is not known counts neither way; the value is the
weighted mean of the known ones, in percent. All weights are one, as published.

1 single bid (R018) · 2 not advertised (R004) · 3 procedure: open 0, selective 0.5, others 1 ·
4 short submission period (R003) · 5 short or long decision (R061, R062) · 6 long requirements
(R006) · 7 high fees (R008) · 8 tender changed after its publication · 9 all but the winner
disqualified (R035) · 10 contract changed 0.5, and made dearer 1 (R064, R069) · 11 the winner's
share of what its buyer awarded in that year, of buyers with at least ten awards in it.

Not assessed, and the reason is published, where:
1. the tender was not held, or its status is not known
2. fewer than four parts are known
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import (
    deals,
    organisations,
    parameters,
    r003_short_submission_period,
    r004_not_advertised,
    r006_long_requirements,
    r008_high_fees,
    r018_single_bid,
    r035_all_but_winner_disqualified,
    r061_short_decision,
    r062_long_decision,
    r064_modified_contract,
    r069_price_raised,
    reasons,
)
from tarazy.procurement.indicators.interface import (
    Card,
    Indicator,
    Ocds,
    Records,
    Subject,
    answers,
    beside,
    fact,
    moment_of,
    whole,
)
from tarazy.procurement.indicators.shared import answers_of, shared

CARD = Card(
    code="CRI",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Corruption Risk Index"),
    basis=said("Fazekas and Kocsis, British Journal of Political Science 50 (2020)"),
    description=said(
        "Several risks meet in one purchase: the index is the mean of eleven parts, and each"
        " part is shown with its weight. It proves nothing by itself: it says where to look"
        " first."
    ),
)
UNIT = said("percent of the highest risk")

PARTS_MIN = 4
PROCEDURES = {"open": 0.0, "selective": 0.5, "limited": 1.0, "direct": 1.0}
Part = Callable[[Ocds], ir.Table]
"""Gives `ocid` and `risk`, a row a process at the most."""


def _raised(indicator: Indicator, at: float = 1.0) -> Part:
    def part(ocds: Ocds) -> ir.Table:
        found = answers_of(indicator, ocds).select("ocid", "raised")
        return found.group_by("ocid").aggregate(risk=found.raised.cast("float64").max() * at)

    return part


def _either(*parts: Part) -> Part:
    """The higher risk of several; of those that are known."""

    def part(ocds: Ocds) -> ir.Table:
        found = ibis.union(*(one(ocds) for one in parts))
        return found.group_by("ocid").aggregate(risk=found.risk.max())

    return part


def _procedure(ocds: Ocds) -> ir.Table:
    method = ocds.processes.method
    risk = ibis.cases(*((method == name, risk) for name, risk in PROCEDURES.items()))
    return ocds.processes.select("ocid", risk=risk)


def _changed(ocds: Ocds) -> ir.Table:
    changes = ocds.amendments.filter(ocds.amendments.part == "tender")
    counted = changes.group_by("ocid").aggregate(changes=changes.count())
    processes = beside(ocds.processes.select("ocid"), counted)
    known = reasons.with_published(ocds, processes, changes)
    risk = (known.changes.fill_null(0) > 0).cast("float64")
    published = known.published.fill_null(0) > 0
    return known.select("ocid", risk=published.ifelse(risk, ibis.null("float64")))


@shared("winner_shares")
def _share(ocds: Ocds) -> ir.Table:
    """Looks at all that a buyer awarded, as no other part does: so the rest looks at a process."""
    awards = deals.awarded(ocds)
    known = awards.filter(awards.buyer.notnull() & ~deals.unclear(awards))
    dated = known.mutate(year=known.when.year().fill_null(0))
    year = ["buyer", "year", "value_currency"]
    own = dated.group_by(*year, "supplier").aggregate(
        part=dated.value_amount.sum(), awards=dated.count()
    )
    of_year = own.group_by(year).aggregate(total=own.part.sum(), times=own.awards.sum())
    large = own.inner_join(of_year.filter(of_year.times >= organisations.PROCESSES_MIN), year)
    risk = large.part.cast("float64") / large.total.cast("float64")
    shares = large.select(*year, "supplier", risk=risk)
    each = dated.inner_join(shares, [*year, "supplier"])
    return each.group_by("ocid").aggregate(risk=each.risk.max())


PARTS: dict[str, tuple[float, Part]] = {
    "cri.single_bid": (1.0, _raised(r018_single_bid)),
    "cri.not_advertised": (1.0, _raised(r004_not_advertised)),
    "cri.procedure": (1.0, _procedure),
    "cri.submission_period": (1.0, _raised(r003_short_submission_period)),
    "cri.decision_period": (
        1.0,
        _either(_raised(r061_short_decision), _raised(r062_long_decision)),
    ),
    "cri.requirements": (1.0, _raised(r006_long_requirements)),
    "cri.fees": (1.0, _raised(r008_high_fees)),
    "cri.tender_changed": (1.0, _changed),
    "cri.others_disqualified": (1.0, _raised(r035_all_but_winner_disqualified)),
    "cri.contract_changed": (
        1.0,
        _either(_raised(r064_modified_contract, at=0.5), _raised(r069_price_raised)),
    ),
    "cri.winner_share": (1.0, _share),
}


def _fact_of_part(one: ir.StructValue) -> list[ir.Value]:
    risk: ir.FloatingValue = one.risk  # type: ignore[assignment]
    shown = risk.round(2).cast("string") + " × " + one.weight.cast("string")
    return [ibis.struct({"field": one["name"], "id": ibis.null("string"), "value": shown})]


def assess(ocds: Ocds) -> ir.Table:
    parts = ibis.union(
        *(
            part(ocds).select(
                "ocid",
                name=ibis.literal(name),
                weight=ibis.literal(weight),
                risk="risk",
            )
            for name, (weight, part) in PARTS.items()
        )
    )
    known = parts.filter(parts.risk.notnull())
    means = known.group_by("ocid").aggregate(
        parts=known.count(),
        index=(known.risk * known.weight).sum() / known.weight.sum(),
    )
    processes = beside(whole(ocds.processes), means).mutate(
        percent_min=parameters.in_force(CARD.code, "percent_min", moment_of(ocds.processes))
    )
    reason = ibis.cases(
        reasons.not_held(processes),  # (1)
        (
            processes.parts.fill_null(0) < PARTS_MIN,
            said("too few parts of the index are known"),
        ),  # (2)
    )
    judged = processes.mutate(reason=reason)
    threshold = ibis.array(
        [fact("cri.parts", judged.parts), fact("threshold.percent_min", judged.percent_min)]
    )
    # rounded, since the sum of fractions depends on their order in its last digits
    index = (judged["index"] * 100).round(6)
    # the heaviest first, so that a reader sees at once what makes the figure
    records = Records(
        rows=known.mutate(lightest=-(known.risk * known.weight)),
        raw=("lightest", "name", "risk", "weight"),
        facts=_fact_of_part,
    )
    return answers(CARD, judged, index >= judged.percent_min, index, threshold, records)
