# SPDX-License-Identifier: EUPL-1.2
"""What is usual among comparable subjects: quartiles, and the fences beyond which is an outlier.

Comparable are subjects of the same method and main category. Where they are fewer than PEERS_MIN,
all subjects together are the measure; where those are fewer too, there is none. Quartiles are
interpolated linearly between the two nearest values (type 7 of Hyndman and Fan).
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason

PEERS_MIN = 20
REACH = 1.5  # Tukey's, in ranges between the quartiles
Q1, Q3 = 0.25, 0.75


def usual(rows: ir.Table) -> ir.Table:
    """Adds q1, q3, lower, upper and peers to rows with method, category, `reason`, `measure`.

    Only rows without a reason count. Quartiles and fences are null where there are too few.
    """
    stratum = rows.method.fill_null("") + "/" + rows.category.fill_null("")
    placed = rows.mutate(stratum=stratum, measure=rows.measure.cast("float64"))
    counted = placed.filter(placed.reason.isnull() & placed.measure.notnull())
    strata = counted.group_by("stratum").aggregate(
        q1_own=counted.measure.quantile(Q1),
        q3_own=counted.measure.quantile(Q3),
        peers_own=counted.count(),
    )
    everything = counted.aggregate(
        q1_all=counted.measure.quantile(Q1),
        q3_all=counted.measure.quantile(Q3),
        peers_all=counted.count(),
    )
    joined = placed.left_join(strata, "stratum").drop("stratum_right").cross_join(everything)
    own = joined.peers_own.fill_null(0) >= PEERS_MIN
    some = own | (joined.peers_all >= PEERS_MIN)
    nothing = ibis.null("float64")
    found = joined.mutate(
        q1=some.ifelse(own.ifelse(joined.q1_own, joined.q1_all), nothing),
        q3=some.ifelse(own.ifelse(joined.q3_own, joined.q3_all), nothing),
        peers=own.ifelse(joined.peers_own, joined.peers_all),
    )
    reach = REACH * (found.q3 - found.q1)
    return found.mutate(lower=found.q1 - reach, upper=found.q3 + reach)


def too_few(rows: ir.Table) -> Reason:
    return rows.q1.isnull(), said("there are too few comparable ones to say what is usual")
