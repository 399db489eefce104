# SPDX-License-Identifier: EUPL-1.2
"""What the law sets for a process: a dated table by country, method and category (`references`).

    simplified       the value up to which a simplified competition will do
    direct           the value up to which a direct award will do; at exactly it either still does
    submission_days  the least days that bidders must have

A row is of one currency: its amount is in it, and its days are of tenders valued in it. An empty
cell stands for any. Of several rows in force the one that says more is taken, in this order: it
names the country, the words of the method (`procurementMethodDetails`), its code, the category.

Where a process does not say its country (that of its buyer), a country's rows hold if no other
country has any in that currency.
"""

import ibis
import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators import organisations
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import COMPETITIVE_METHODS, Ocds, moment_of
from tarazy.procurement.indicators.reasons import NON_COMPETITIVE_METHODS
from tarazy.procurement.indicators.shared import shared

NEAR = 0.9  # just below: from nine tenths of the threshold to the threshold itself
CODES = (*COMPETITIVE_METHODS, *NON_COMPETITIVE_METHODS)
OR = "|"  # between spellings of one country or method, in a cell
CASE = ("country", "words", "method", "category", "day")
ASKED_BY = {
    "simplified": ("R002", "R011"),
    "direct": ("R049", "R054", "R055"),
    "submission_days": ("R003",),
}
LIMITS = tuple(ASKED_BY)
# a row that says more weighs more than all that say only what comes after it
WEIGHTS = {"own_country": 8, "own_words": 4, "own_method": 2, "own_category": 1}


@shared("limits")
def of(ocds: Ocds) -> ir.Table:
    """Each process and currency of which the law says something: ocid, limit_currency, and LIMITS.

    Few cases differ, so that the law is looked up for these, and not for each process.
    """
    cases = _cases(ocds)
    laws = _laws(ocds)
    distinct = cases.select(*CASE).distinct()
    holds = distinct.inner_join(
        laws,
        [
            distinct.day >= laws.valid_from,
            laws.valid_to.isnull() | (distinct.day < laws.valid_to),
            laws.own_country.isnull()
            | (laws.own_country == distinct.country)
            | ((distinct.country == "") & laws.alone),
            laws.own_words.isnull() | (laws.own_words == distinct.words),
            laws.own_method.isnull() | (laws.own_method == distinct.method),
            laws.own_category.isnull() | (laws.own_category == distinct.category),
        ],
    )
    weight = sum(holds[name].notnull().cast("int64") * own for name, own in WEIGHTS.items())
    weighed = holds.mutate(weight=weight)
    found = weighed.group_by(*CASE, "limit_currency").aggregate(
        **{
            name: weighed.amount.argmax(weighed.weight, where=weighed.limits == name)
            for name in LIMITS
        }
    )
    return cases.inner_join(found, list(CASE)).select("ocid", "limit_currency", *LIMITS)


def beside(ocds: Ocds, rows: ir.Table, limits: str) -> ir.Table:
    """Rows with ocid and value_currency get `limit_amount`, null where there is none."""
    known = of(ocds).select("limit_currency", limit_amount=limits, limit_ocid="ocid")
    both = rows.left_join(
        known, [rows.ocid == known.limit_ocid, rows.value_currency == known.limit_currency]
    )
    return both.drop("limit_ocid", "limit_currency")


def unknown(rows: ir.Table) -> Reason:
    return (
        rows.limit_amount.isnull(),
        said("no threshold of the law is given for this currency, category and time"),
    )


def _cases(ocds: Ocds) -> ir.Table:
    """Of each process what the law may ask of it; "" for what is not published."""
    processes = ocds.processes
    # folded before they are joined: as read, each text of many rows is there once
    places = organisations.places(ocds).select("ocid", country=lambda rows: _folded(rows.country))
    named = processes.select(
        "ocid",
        words=_folded(processes.method_details),
        method=processes.method.fill_null(""),
        category=processes.category.fill_null(""),
        day=moment_of(processes).cast("date").cast("timestamp('UTC')"),
    )
    placed = named.left_join(places, "ocid").drop("ocid_right")
    return placed.mutate(country=placed.country.fill_null(""))


def _laws(ocds: Ocds) -> ir.Table:
    """The table with a row for each spelling, and `alone`: no other country has its currency."""
    table = ocds.thresholds
    spelt = table.mutate(
        first=_named(_spellings(table.country)[0]),
        spelt_country=_spellings(table.country).unnest(),
    ).mutate(spelt_method=_spellings(table.method).unnest())
    countries = spelt.group_by(limit_currency=spelt.currency).aggregate(
        countries=spelt.first.nunique()
    )
    named = spelt.mutate(named=_named(spelt.spelt_method))
    code = named.named.isin(CODES).fill_null(False)  # noqa: FBT003
    told = named.select(
        "limits",
        "amount",
        "valid_from",
        "valid_to",
        limit_currency="currency",
        own_country=_named(named.spelt_country),
        own_words=code.ifelse(ibis.null("string"), named.named),
        own_method=code.ifelse(named.named, ibis.null("string")),
        own_category="category",
    )
    both = told.inner_join(countries, "limit_currency")
    return both.mutate(alone=both.countries == 1).drop("countries")


def _folded(text: ir.Value) -> ir.StringValue:
    folded: ir.StringValue = text.lower().strip().fill_null("")  # type: ignore[attr-defined]
    return folded


def _spellings(cell: ir.Value) -> ir.ArrayValue:
    """One at least: a cell that is empty stands for any."""
    return _folded(cell).split(OR)


def _named(spelling: ir.Value) -> ir.Value:
    return _folded(spelling).nullif(ibis.literal(""))
