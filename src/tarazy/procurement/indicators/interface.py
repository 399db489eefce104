# SPDX-License-Identifier: EUPL-1.2
"""What an indicator is given and what it answers: raised, clear, or not assessed with the reason.

An indicator is a module with a docstring that numbers its exclusions, a `CARD`, the `UNIT` of its
value and one pure function `assess`. It works on sets of rows, written in Ibis, so that the same
expression runs on DuckDB and on larger engines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import ibis
import ibis.expr.types as ir

from tarazy.core import catalogue
from tarazy.core.catalogue import said

EVIDENCE = "array<struct<field: string, id: string, value: string>>"
COLUMNS = ("subject", "ocid", "lot_id", "raised", "reason", "value", "evidence")
DAY_S = 24 * 60 * 60
HELD_STATUSES = ("active", "complete", "unsuccessful")  # of a tender that was not only planned
COMPETITIVE_METHODS = ("open", "selective")  # of the OCDS codelist `method`


class Subject(StrEnum):
    """What an answer is about. The bids, awards and so on behind it are its evidence."""

    PROCESS = "process"
    LOT = "lot"
    BUYER = "buyer"
    PROCURING_ENTITY = "procuring_entity"
    SUPPLIER = "supplier"
    PAIR = "pair"
    MARKET = "market"


SUBJECT_TITLES = {
    Subject.PROCESS: said("a process"),
    Subject.LOT: said("a lot"),
    Subject.BUYER: said("a buyer"),
    Subject.PROCURING_ENTITY: said("a procuring entity"),
    Subject.SUPPLIER: said("a supplier"),
    Subject.PAIR: said("a buyer with a supplier"),
    Subject.MARKET: said("a market"),
}
OF_PROCESSES = (Subject.PROCESS, Subject.LOT)
"""The others are of organisations: their answers have party_id and party_name, and no ocid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(catalogue.Card):
    """The public face of an indicator."""

    subjects: tuple[Subject, ...]
    """Of several, each answer says of which it is, in its column `subject`: for LOT and PROCESS the
    lot where the bids name theirs, else the whole process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ocds:
    """The tables of `numbered`, the user's own, and what was computed already.

    `ocid` is the key of a process, and nothing else is to be read from it: in a run it is a number.
    The text as published is `published_ocid` of the processes.
    """

    processes: ir.Table
    lots: ir.Table
    items: ir.Table
    bids: ir.Table
    awards: ir.Table
    contracts: ir.Table
    parties: ir.Table
    documents: ir.Table
    amendments: ir.Table
    milestones: ir.Table
    transactions: ir.Table
    enquiries: ir.Table
    complaints: ir.Table
    fees: ir.Table
    criteria: ir.Table
    beneficial_owners: ir.Table
    shareholders: ir.Table
    related: ir.Table
    thresholds: ir.Table
    inflation: ir.Table
    debarred: ir.Table
    registered: ir.Table
    prices: ir.Table
    prepared: Mapping[str, ir.Table] = field(default_factory=dict)
    """By name, the tables of `shared` that are computed already."""


class Indicator(Protocol):
    """A module of this folder."""

    CARD: Card
    UNIT: str
    """Of the value: days, bidders, percent."""

    def assess(self, ocds: Ocds) -> ir.Table:
        """One row for each subject of the card, with COLUMNS.

        Where it is an organisation, two more: party_id and party_name (`organisations`), and no
        ocid. `raised` null means not assessed, and then
        `reason` says why; `evidence` lists the published values that made the answer: OCDS field,
        id of the bid or award where there are several, the value as published. It stands beside
        what is raised, and is null elsewhere: most answers are not, and text is dear to write.
        """


def fact(field: str, value: ir.Value, of: ir.Value | None = None) -> ir.Value:
    """One row of evidence."""
    where = ibis.null("string") if of is None else of
    return ibis.struct({"field": ibis.literal(field), "id": where, "value": value.cast("string")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The bids, contracts and so on behind an answer, of which only those of flags are gathered.

    They stand in the order of their raw values, the first counts first, before the other facts
    unless they come last. The facts are written out of the sorted values: engines sort few plain
    values much faster than they collect many structs of text in an order.
    """

    rows: ir.Table
    raw: tuple[str, ...]
    facts: Callable[[ir.StructValue], list[ir.Value]]
    key: tuple[str, ...] = ("ocid",)
    last: bool = False


def plain(amount: ir.Value) -> ir.StringValue:
    """An amount as text, without the zeros that only fill the column."""
    text: ir.StringValue = amount.cast("string").re_replace(r"\.?0+$", "")
    return text


def money(amount: ir.Value, currency: ir.Value) -> ir.Value:
    """An amount with its currency as text."""
    text: ir.Value = plain(amount) + " " + currency.cast("string")
    return text


def whole(processes: ir.Table) -> ir.Table:
    """Each process as a subject; `when` is the moment by which its thresholds are chosen."""
    return processes.mutate(
        lot_id=ibis.null("string"),
        when=moment_of(processes),
    )


def moment_of(processes: ir.Table) -> ir.Value:
    """Never null, and not before 1970: publishers write 0001-01-01 where they know no date."""
    first = ibis.literal(datetime(1970, 1, 1, tzinfo=UTC))
    known = ibis.coalesce(processes.tender_start_at, processes.released_at, first)
    return ibis.greatest(known, first)


def beside(left: ir.Table, right: ir.Table) -> ir.Table:
    """`left` with the columns of `right`, which has one row a process at the most."""
    return left.left_join(right, "ocid").drop("ocid_right")


def where_most(of: ir.Column, by: ir.Column) -> ir.Value:
    """What it is where `by` is greatest; of several the greatest, so each run names the same."""
    found: ir.Value = of.argmax(ibis.struct({"by": by, "of": of}))
    return found


def days_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.Value:
    """With their fraction; null where one of the two is."""
    days: ir.Value = (end.epoch_seconds() - start.epoch_seconds()) / DAY_S
    return days


def subject(card: Card, judged: ir.Table) -> ir.Value:
    """What each answer is about: the one subject of the card, or of several what the row says."""
    one, *others = card.subjects
    return judged.subject if others else ibis.literal(one.value)


def answers(  # noqa: PLR0913, PLR0917 - what an answer is made of
    card: Card,
    judged: ir.Table,
    raised: ir.Value,
    value: ir.Value,
    evidence: ir.Value | None = None,
    records: Records | None = None,
) -> ir.Table:
    """COLUMNS out of a table that has ocid, lot_id and reason, and the key of `records`.

    Where there is a reason not to assess, there is no answer. Where there is none, an answer that
    the data leave open is a mistake in the indicator, and shows as null without a reason.
    """
    free = judged.reason.isnull()
    nothing = ibis.literal([], type=EVIDENCE)
    seen = nothing if evidence is None else evidence.cast(EVIDENCE)
    key = [name for name in (records.key if records else ()) if name != "ocid"]
    answered = judged.select(
        *key,
        subject=subject(card, judged),
        ocid=judged.ocid,
        lot_id=judged.lot_id,
        raised=free.ifelse(raised, ibis.null("boolean")),
        reason=judged.reason,
        value=free.ifelse(value.cast("float64"), ibis.null("float64")),
        evidence=(free & raised).ifelse(seen, ibis.null(EVIDENCE)),
    )
    return _with_records(answered, records) if records else answered


def _with_records(answered: ir.Table, of: Records) -> ir.Table:
    flags = answered.filter(answered.raised).select(*of.key)
    rows = of.rows.semi_join(flags, of.key)
    listed = rows.group_by(*of.key).aggregate(
        records=ibis.struct({name: rows[name] for name in of.raw}).collect().sort()
    )
    both = answered.left_join(listed, of.key)
    told = both.records.map(lambda one: ibis.array(of.facts(one))).flatten().cast(EVIDENCE)
    known = told.fill_null(ibis.literal([], type=EVIDENCE))
    whole = both.evidence.concat(known) if of.last else known.concat(both.evidence)
    # not of each row: the facts of nothing are written much more slowly than nothing
    return both.mutate(evidence=both.raised.ifelse(whole, ibis.null(EVIDENCE))).select(*COLUMNS)
