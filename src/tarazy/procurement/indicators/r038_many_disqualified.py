# SPDX-License-Identifier: EUPL-1.2
"""A far larger share of bids is disqualified than elsewhere: by a buyer, or of a bidder.

A red flag, never a verdict: who asks for much gets many unfit bids, and a newcomer makes mistakes.
The subject is the buyer, the procuring entity, or the supplier whose bids they are (a bid of
several counts for each), each among its own kind. The value is the share of submitted bids that
were disqualified.

Not assessed, and the reason is published, where:
1. it has fewer than ten processes with submitted bids
2. the status of one of these bids is not known, or not one of the OCDS codelist
3. fewer than twenty such organisations are known (`fences`)
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import contests as contest
from tarazy.procurement.indicators import fences, organisations
from tarazy.procurement.indicators.interface import (
    Card,
    Ocds,
    Subject,
    fact,
)

CARD = Card(
    code="R038",
    version=2,
    subjects=(Subject.BUYER, Subject.PROCURING_ENTITY, Subject.SUPPLIER),
    title=said("Excessive disqualified bids"),
    basis=said("Open Contracting Partnership, Red Flags in Public Procurement (2024), R038"),
    description=said(
        "Of the bids that this buyer or procuring entity got, or that this supplier handed in, a"
        " far larger share was disqualified than elsewhere. Competitors may be removed for a"
        " pretext, or bid for show. It proves nothing by itself: who asks for much gets many unfit"
        " bids."
    ),
)
UNIT = said("percent disqualified")


def assess(ocds: Ocds) -> ir.Table:
    status = ocds.bids.status.fill_null("")
    bids = ocds.bids.select(
        "ocid",
        "tenderer_ids",
        "tenderer_names",
        submitted=status.isin(contest.SUBMITTED).cast("int64"),
        out=(status == "disqualified").cast("int64"),
        unknown=status.notin(contest.KNOWN_STATUSES).cast("int64"),
    )
    received = bids.group_by("ocid").aggregate(**_sums(bids))
    kinds = {
        Subject.BUYER: organisations.buyers(ocds).inner_join(received, "ocid"),
        Subject.PROCURING_ENTITY: _entities(ocds).inner_join(received, "ocid"),
        Subject.SUPPLIER: _bidders(ocds, bids),
    }
    return ibis.union(*(_answers(kind, rows) for kind, rows in kinds.items()))


def _sums(bids: ir.Table) -> dict[str, ir.Value]:
    return {name: bids[name].sum() for name in ("submitted", "out", "unknown")}


def _entities(ocds: Ocds) -> ir.Table:
    processes = ocds.processes
    return processes.select(
        "ocid",
        "category",
        party_id=ibis.coalesce(processes.procuring_entity_id, processes.procuring_entity_name),
        party_name=ibis.coalesce(processes.procuring_entity_name, processes.procuring_entity_id),
    )


def _bidders(ocds: Ocds, bids: ir.Table) -> ir.Table:
    """Each bidder of each process with the numbers of its bids there; named by a bid of its own."""
    alone = bids.tenderer_ids.length() == 1
    named = bids.mutate(
        party_id=bids.tenderer_ids.unnest(),
        party_name=alone.ifelse(bids.tenderer_names[0], ibis.null("string")),
    )
    handed_in = named.group_by("ocid", "party_id").aggregate(
        party_name=named.party_name.max(), **_sums(named)
    )
    return handed_in.inner_join(ocds.processes.select("ocid", "category"), "ocid")


def _answers(kind: Subject, rows: ir.Table) -> ir.Table:
    """Of organisations of one kind, by their processes with the numbers of bids in each."""
    known = rows.filter(rows.party_id.notnull())
    counted = known.group_by("party_id").aggregate(
        party_name=ibis.coalesce(known.party_name.max(), known.party_id.max()),
        category=organisations.main_category(known),
        processes=(known.submitted > 0).sum(),
        **_sums(known),
    )
    shares = organisations.peers(counted).mutate(
        subject=ibis.literal(kind.value),
        measure=counted.out / counted.submitted.nullif(ibis.literal(0)),
    )
    reason = ibis.cases(
        organisations.too_small(shares),  # (1)
        (shares.unknown > 0, said("the status of a bid is not known")),  # (2)
    )
    found = fences.usual(shares.mutate(reason=reason))
    judged = found.mutate(
        reason=ibis.coalesce(found.reason, ibis.cases(fences.too_few(found)))  # (3)
    )
    evidence = ibis.array(
        [
            fact("party.bids", judged.submitted),
            fact("party.disqualified", judged.out),
            fact("fence.percent", (judged.upper * 100).round(1)),
            fact("fence.peers", judged.peers),
        ]
    )
    raised = (judged.measure >= judged.upper) & (judged.measure > judged.q3)
    return organisations.answers(CARD, judged, raised, judged.measure * 100, evidence)
