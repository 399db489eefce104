# SPDX-License-Identifier: EUPL-1.2
"""Fewer bidders came than usually come for this kind of purchase.

A red flag, never a verdict: markets differ by place and season. The value is the number of bidders
in percent of the mean of tenders of the same kind in the region of the buyer; where they are fewer
than twenty, or its address names no region, of the same kind anywhere. Raised where this is at most
the threshold, and no more than a tenth of these tenders had as few bidders: numbers of bidders are
small and spread widely, so that in most markets a third of all tenders lies below seven tenths of
the mean.

Not assessed, and the reason is published, where:
1. the tender is not complete, or its status is not known: bids may still come
2. the method promises no competition, or is not known
3. the number of bidders is not published
4. what is bought is not classified
5. things of several kinds are bought
6. fewer than twenty such tenders of the same kind are known
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import fences, kinds, organisations, parameters
from tarazy.procurement.indicators.interface import (
    COMPETITIVE_METHODS,
    Card,
    Ocds,
    Subject,
    answers,
    beside,
    fact,
    whole,
)

CARD = Card(
    code="R019",
    version=3,
    subjects=(Subject.PROCESS,),
    title=said("Low number of bidders for this kind of purchase"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R019"),
    description=said(
        "Fewer bidders came than usually come for the same kind of purchase. The"
        " conditions may have been made for few. It proves nothing by itself: markets"
        " differ by place and season."
    ),
)
UNIT = said("percent of the mean")


def assess(ocds: Ocds) -> ir.Table:
    places = organisations.places(ocds).select("ocid", "region")
    processes = beside(beside(whole(ocds.processes), kinds.of(ocds)), places)
    reason = ibis.cases(
        (
            processes.status.fill_null("") != "complete",
            said("the tender is not complete, or its status is not known"),
        ),  # (1)
        (
            processes.method.fill_null("").notin(COMPETITIVE_METHODS),
            said("the method promises no competition, or is not known"),
        ),  # (2)
        (processes.bidders.isnull(), said("the number of bidders is not published")),  # (3)
        kinds.unknown(processes),  # (4)
        kinds.several(processes),  # (5)
    )
    tenders = processes.mutate(reason=reason)
    joined = _among_peers(tenders)
    few = joined.peers.isnull()
    judged = joined.mutate(
        reason=ibis.coalesce(
            joined.reason,
            ibis.cases((few, said("there are too few comparable ones to say what is usual"))),
        ),  # (6)
        percent_max=parameters.in_force(CARD.code, "percent_of_mean_max", joined.when),
        as_few_max=parameters.in_force(CARD.code, "as_few_percent_max", joined.when),
    )
    evidence = ibis.array(
        [
            fact("tender.numberOfTenderers", judged.bidders),
            fact("tender.items.classification", judged.kind),
            fact("peers.mean", judged.usually.round(2)),
            fact("fence.peers", judged.peers),
            fact("peers.as_few_percent", (judged.as_few / judged.peers * 100).round(1)),
            fact("threshold.percent_of_mean_max", judged.percent_max),
            fact("threshold.as_few_percent_max", judged.as_few_max),
        ]
    )
    share = judged.bidders / judged.usually.nullif(ibis.literal(0.0)) * 100
    rare = judged.as_few * 100 <= judged.as_few_max * judged.peers
    low = ((share <= judged.percent_max) & rare).fill_null(False)  # noqa: FBT003
    return answers(CARD, judged, low, share, evidence)


def _among_peers(tenders: ir.Table) -> ir.Table:
    """Adds peers, usually and as_few: of those of its kind and region if enough, else of its kind.

    Null where there are too few of either.
    """
    counted = tenders.filter(tenders.reason.isnull())
    near = _compared(counted.filter(counted.region.notnull()), ["kind", "region"], "near")
    far = _compared(counted, ["kind"], "far")
    first = tenders.left_join(near, ["kind", "region", "bidders"]).drop(
        "kind_right", "region_right", "bidders_right"
    )
    both = first.left_join(far, ["kind", "bidders"]).drop("kind_right", "bidders_right")
    return both.mutate(
        **{
            name: ibis.coalesce(both[f"{name}_near"], both[f"{name}_far"])
            for name in ("peers", "usually", "as_few")
        }
    )


def _compared(counted: ir.Table, group: list[str], how: str) -> ir.Table:
    """Of each group of enough tenders, and number of bidders in it: peers, usually, as_few.

    `as_few` is how many tenders of the group had as few bidders, or fewer.
    """
    numbers = counted.group_by(*group, "bidders").aggregate(times=counted.count())
    up_to = ibis.cumulative_window(  # type: ignore[no-untyped-call]
        group_by=group, order_by=numbers.bidders
    )
    own = ibis.window(group_by=group)  # type: ignore[no-untyped-call]
    found = numbers.select(
        *group,
        "bidders",
        **{
            f"peers_{how}": numbers.times.sum().over(own),
            f"usually_{how}": (numbers.times * numbers.bidders).sum().over(own)
            / numbers.times.sum().over(own),
            f"as_few_{how}": numbers.times.sum().over(up_to),
        },
    )
    return found.filter(found[f"peers_{how}"] >= fences.PEERS_MIN)
