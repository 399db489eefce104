# SPDX-License-Identifier: EUPL-1.2
"""What is usual among comparable subjects: quartiles, and the fences beyond which is an outlier.

Comparable are subjects of the same method, main category and size (currency and power of ten of the
tender's value). A small stratum says little of itself, so its quartiles are shrunk towards those of
its parent: size towards method and category, these towards all subjects together.

    quartile = w * own + (1 - w) * parent's,   w = n * between / (n * between + within)

`within` is the pooled variance inside strata, `between` how far their means vary beyond what chance
would do (the moment estimator of one-way analysis of variance, not below zero): empirical Bayes as
in Efron and Morris (1973). Both are of values held within Tukey's fences of all subjects, so that
single absurd values do not decide. Strata that do not differ are judged as one; strata that differ
are judged each by itself as far as they are large.

Where all subjects together are fewer than PEERS_MIN, there is no measure. Quartiles are
interpolated linearly between the two nearest values (type 7 of Hyndman and Fan).
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason

PEERS_MIN = 20
REACH = 1.5  # Tukey's, in ranges between the quartiles
Q1, Q3 = 0.25, 0.75
STRATUM = ["stratum"]
CELL = ["stratum", "size"]


def usual(rows: ir.Table) -> ir.Table:
    """Adds q1, q3, lower, upper and peers to rows with `reason`, `measure` and the facts below.

    method, category, value_amount, value_currency. Only rows without a reason count. Quartiles and
    fences are null where there are too few. `peers` counts the smallest group of enough.
    """
    placed = rows.mutate(
        stratum=rows.method.fill_null("") + "/" + rows.category.fill_null(""),
        size=size(rows),
        measure=rows.measure.cast("float64"),
    )
    counted = placed.filter(placed.reason.isnull() & placed.measure.notnull())
    everything = counted.aggregate(
        q1_all=counted.measure.quantile(Q1),
        q3_all=counted.measure.quantile(Q3),
        n_all=counted.count(),
    )
    held = _held(counted.cross_join(everything))
    strata, cells = _strata(held), _cells(held)
    first = placed.left_join(strata, STRATUM).drop("stratum_right")
    second = first.left_join(cells, CELL).drop("stratum_right", "size_right")
    joined = second.cross_join(everything)
    some = joined.n_all >= PEERS_MIN
    nothing = ibis.null("float64")
    found = joined.mutate(
        q1=some.ifelse(_shrunk(joined, "q1"), nothing),
        q3=some.ifelse(_shrunk(joined, "q3"), nothing),
        peers=ibis.cases(
            (joined.n_cell.fill_null(0) >= PEERS_MIN, joined.n_cell),
            (joined.n_stratum.fill_null(0) >= PEERS_MIN, joined.n_stratum),
            else_=joined.n_all,
        ),
    )
    reach = REACH * (found.q3 - found.q1)
    return found.mutate(lower=found.q1 - reach, upper=found.q3 + reach)


def too_few(rows: ir.Table) -> Reason:
    return rows.q1.isnull(), said("there are too few comparable ones to say what is usual")


def size(rows: ir.Table) -> ir.StringValue:
    """Currency and power of ten of the value, "" where it is not known."""
    amount = rows.value_amount.cast("float64")
    positive = (amount > 0).ifelse(amount, ibis.null("float64"))
    power = positive.log10().floor().cast("int64").cast("string")
    known: ir.StringValue = (rows.value_currency + ":" + power).fill_null("")
    return known


def _held(counted: ir.Table) -> ir.Table:
    """Adds the measure held within the fences of all; as it is where these have no width."""
    width = REACH * (counted.q3_all - counted.q1_all)
    low, high = counted.q1_all - width, counted.q3_all + width
    inside = ibis.greatest(low, ibis.least(high, counted.measure))
    return counted.mutate(held=(width > 0).ifelse(inside, counted.measure))


def _strata(held: ir.Table) -> ir.Table:
    everything = held.aggregate(parent_mean=held.held.mean(), parent_n=held.count())
    groups = _groups(held, STRATUM, "stratum").cross_join(everything)
    return _weighed(groups, STRATUM, "stratum", parents=ibis.literal(1))


def _cells(held: ir.Table) -> ir.Table:
    parents = held.group_by(STRATUM).aggregate(parent_mean=held.held.mean(), parent_n=held.count())
    groups = _groups(held, CELL, "cell").inner_join(parents, STRATUM)
    return _weighed(groups, CELL, "cell", parents=groups.stratum.nunique())


def _groups(held: ir.Table, key: list[str], level: str) -> ir.Table:
    return held.group_by(key).aggregate(
        **{
            f"q1_{level}": held.measure.quantile(Q1),
            f"q3_{level}": held.measure.quantile(Q3),
            f"n_{level}": held.count(),
        },
        n=held.count().cast("float64"),
        mean=held.held.mean(),
        variance=held.held.var(how="sample").fill_null(0.0),
    )


def _weighed(groups: ir.Table, key: list[str], level: str, parents: ir.Value) -> ir.Table:
    """Each group with the weight of its own quartiles."""
    freedom = (groups.n - 1).sum()
    apart = groups.mean - groups.parent_mean
    pooled = groups.aggregate(
        within=((groups.n - 1) * groups.variance).sum() / freedom.nullif(ibis.literal(0.0)),
        between_sum=(groups.n * apart * apart).sum(),
        groups=groups.count() - parents,
        effective=groups.n.sum() - (groups.n * groups.n / groups.parent_n).sum(),
    )
    joined = groups.cross_join(pooled)
    excess = joined.between_sum - joined.groups * joined.within
    between = ibis.greatest(excess / joined.effective.nullif(ibis.literal(0.0)), ibis.literal(0.0))
    own = joined.n * between
    weight = (own / (own + joined.within).nullif(ibis.literal(0.0))).fill_null(0.0)
    columns = [*key, f"q1_{level}", f"q3_{level}", f"n_{level}"]
    return joined.select(*columns, **{f"w_{level}": weight})


def _shrunk(joined: ir.Table, quartile: str) -> ir.Value:
    found: ir.Value = joined[f"{quartile}_all"]
    for level in ("stratum", "cell"):
        weight = joined[f"w_{level}"].fill_null(0.0)
        own = joined[f"{quartile}_{level}"].fill_null(0.0)
        found = weight * own + (1 - weight) * found
    return found
