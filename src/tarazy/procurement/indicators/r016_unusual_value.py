# SPDX-License-Identifier: EUPL-1.2
"""The tender's value is far from what is usual for this kind of purchase.

A red flag, never a verdict: large orders are large. The measure is the distance of the logarithm of
the value from the median of the same kind, method and currency, in robust standard deviations
(1.4826 times the median absolute deviation). The value is the tender's in percent of the median.

Not assessed, and the reason is published, where:
1. the tender's value or its currency is not published, or the value is zero or negative
2. what is bought is not classified
3. things of several kinds are bought
4. fewer than twenty tenders of the same kind, method and currency are known
5. at least half of the values of the same kind are equal
6. an inflation table was given for the currency, and lacks the month of the tender (`levels`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, kinds, levels
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    plain,
    whole,
)

CARD = Card(
    code="R016",
    version=2,
    subjects=(Subject.PROCESS,),
    title=said("Tender value is higher or lower than average for this item category"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R016"),
    description=said(
        "The value of the tender is far from what tenders of the same kind, method and"
        " currency are usually worth. It may have been set for one bidder. It proves"
        " nothing by itself: large orders are large."
    ),
)
UNIT = said("percent of the median")

DEVIATIONS_MIN = 3
NORMAL_OF_MAD = 1.4826  # makes the median deviation a standard deviation of normal values
STRATUM = ("kind", "method_known", "value_currency")


def assess(ocds: Ocds) -> ir.Table:
    processes = beside(whole(ocds.processes), kinds.of(ocds))
    priced = levels.beside(ocds, processes, "value_currency")
    tenders = priced.mutate(method_known=priced.method.fill_null(""))
    reason = ibis.cases(
        (
            tenders.value_amount.isnull()
            | tenders.value_currency.isnull()
            | (tenders.value_amount <= 0),
            said("the estimated value is not published, or is no positive amount"),
        ),  # (1)
        kinds.unknown(tenders),  # (2)
        kinds.several(tenders),  # (3)
        levels.unknown(tenders),  # (6)
    )
    found = _measured(tenders.mutate(reason=reason))
    few = found.peers.fill_null(0) < fences.PEERS_MIN
    judged = found.mutate(
        reason=ibis.coalesce(
            found.reason,
            ibis.cases(
                (few, said("there are too few comparable ones to say what is usual")),  # (4)
                (
                    found.deviation == 0,
                    said("at least half of the comparable ones are equal"),
                ),  # (5)
            ),
        )
    )
    evidence = ibis.array(
        [
            fact("tender.value", plain(judged.value_amount) + " " + judged.value_currency),
            fact("tender.items.classification", judged.kind),
            fact("peers.median", (judged.middle.exp() * judged.level).round(2)),
            fact("fence.peers", judged.peers),
        ]
    )
    far = (
        judged.magnitude - judged.middle
    ).abs() > DEVIATIONS_MIN * NORMAL_OF_MAD * judged.deviation
    share = (judged.magnitude - judged.middle).exp() * 100
    return answers(CARD, judged, far, share, evidence)


def _measured(tenders: ir.Table) -> ir.Table:
    """Adds magnitude, and middle, deviation and peers of the stratum."""
    sized = tenders.mutate(
        magnitude=(tenders.value_amount > 0)
        .ifelse(tenders.value_amount.cast("float64") / tenders.level, ibis.null("float64"))
        .ln()
    )
    counted = sized.filter(sized.reason.isnull())
    middles = counted.group_by(*STRATUM).aggregate(
        middle=counted.magnitude.median(), peers=counted.count()
    )
    placed = counted.inner_join(middles, STRATUM)
    away = placed.mutate(away=(placed.magnitude - placed.middle).abs())
    spread = away.group_by(*STRATUM).aggregate(deviation=away.away.median())
    joined = sized.left_join(middles, STRATUM).drop(*(f"{name}_right" for name in STRATUM))
    return joined.left_join(spread, STRATUM).drop(*(f"{name}_right" for name in STRATUM))
