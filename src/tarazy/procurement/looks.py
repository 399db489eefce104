# SPDX-License-Identifier: EUPL-1.2
"""Reads of flags and processes. Published contracts are no personal data: a purpose is enough."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.core.sheets import Sheet
from tarazy.procurement import (
    deciding,
    exporting,
    process_queries,
    quality_queries,
    queries,
    reported,
)
from tarazy.procurement.store import MARKET


@look("procurement.flags.view", personal=False)
def flags(door: Door, wanted: queries.Wanted) -> queries.Flags:
    """See what the indicators found, by filters."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    return queries.flags(folder, wanted)


@look("procurement.ranking.view", personal=False)
def first(door: Door, wanted: queries.Wanted) -> queries.Flags:
    """See which processes to open first, by filters."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    return queries.first(folder, wanted)


@look("procurement.flags.export", personal=False)
def flags_export(door: Door, wanted: queries.Wanted) -> list[Sheet]:
    """Take away a table of what the indicators found, by filters."""
    found = _taken(door, queries.flags, wanted)
    return exporting.findings_of(found, wanted)


@look("procurement.ranking.export", personal=False)
def first_export(door: Door, wanted: queries.Wanted) -> list[Sheet]:
    """Take away a table of which processes to open first, by filters."""
    found = _taken(door, queries.first, wanted)
    return exporting.processes_of(found, wanted)


def _taken(
    door: Door, query: Callable[[Path, queries.Wanted], queries.Flags], wanted: queries.Wanted
) -> queries.Flags:
    """The first rows of a list, and in the log how many they are, and of which indicator."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    found = query(folder, replace(wanted, page=1, size=exporting.ROWS_MAX))
    door.keep(rows=str(len(found.rows)), indicator=wanted.code or "all", answer=wanted.answer)
    return found


@look("procurement.process.view", personal=False)
def process(door: Door, ocid: str) -> process_queries.Process:
    """See one contracting process, with the evidence behind each flag.

    Raises Refused where no process has this ocid.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, ocid)
    found = process_queries.process(folder, ocid)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@look("procurement.quality.view", personal=False)
def quality(
    door: Door, buyer: str, month: str, order: quality_queries.Order
) -> quality_queries.Quality:
    """See how much of each field is published, of all, of a buyer or of a month.

    Raises Refused where no process is of this buyer and month.
    """
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, buyer or MARKET)
    found = quality_queries.quality(folder, buyer, month, order)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@look("procurement.buyers.view", personal=False)
def buyers(
    door: Door, key: str, text: str, order: quality_queries.BuyerOrder, page: int
) -> quality_queries.Buyers:
    """See how much of a field each buyer publishes."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    return quality_queries.buyers(folder, key, text, order, page)


@look("procurement.imports.view", personal=False)
def imports(door: Door, text: str, page: int, *, troubled: bool) -> reported.Reports:
    """See which files came in, when, and what was read, refused and lost of each."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    return reported.reports(folder, text, page, troubled=troubled)


@look("procurement.parties.view", personal=False)
def parties(door: Door, state: deciding.State, page: int) -> deciding.Pairs:
    """See pairs of parties that may be one, with the evidence for each, and what was decided."""
    folder: Path = settings.TARAZY.procurement_folder
    door.permit(folder, MARKET)
    return deciding.pairs(folder, state, page)
