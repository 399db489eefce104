# SPDX-License-Identifier: EUPL-1.2
"""Take in an extract of addresses: whole, in one transaction, in place of the one before it.

The file is read as a stream and copied into the table in pieces, so its size is bounded by the disk
alone. Where anything fails, or the process is killed, the extract that was there before stays.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.extracts.interface import (
    Found,
    Kind,
    Told,
    grams_of,
    pieces,
    search_key,
)
from tarazy.supervision.models import Place, PlaceExtract
from tarazy.supervision.naming import FOLD_LENGTH_MAX
from tarazy.supervision.refusals import Refusal

NAME_LENGTH_MAX = 40
TELL_EVERY = 100_000
COPY = """COPY supervision_place
    (extract_id, kind, title, within, lat, lon, lat_to, lon_to, search_key, grams) FROM STDIN"""
Row = tuple[int, str, str, str, float, float, float, float, str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What is taken in: under which name, of which format, how old; the rows as they are read."""

    name: str
    format: str
    dated_on: date
    rows: Iterable[Told]
    tell: Callable[[int], None] = lambda _: None
    """Told how many rows were read, now and then."""


@dataclass(slots=True)
class _Read:
    """How many rows were read, taken and refused."""

    rows: int = 0
    places: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@action("supervision.places.replace")
def replace_places(door: Door, extract: Extract) -> PlaceExtract:
    """Take in an extract of addresses in place of the one of that name."""
    name = extract.name.strip()
    if not 0 < len(name) <= NAME_LENGTH_MAX or not name.isprintable():
        raise Refused(Refusal.BAD_FIELD, field="name")
    before = PlaceExtract.objects.select_for_update().filter(name=name).first()
    if before is not None:
        _delete(before)
    found = PlaceExtract.objects.create(
        name=name,
        format=extract.format,
        dated_on=extract.dated_on,
        taken_at=clock.now(),
        places=0,
    )
    read = _Read()
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in _rows(extract, found.pk, read):
            copy.write_row(row)
    if not read.places:
        raise Refused(Refusal.EXTRACT_EMPTY)
    found.places, found.refused = read.places, dict(read.refused)
    found.save(update_fields=["places", "refused"])
    door.permit(found, found.public_id)
    door.keep(name=name, places=str(read.places), dated_on=extract.dated_on.isoformat())
    return found


@action("supervision.places.drop")
def drop_places(door: Door, name: str) -> PlaceExtract:
    """Forget an extract of addresses."""
    found = PlaceExtract.objects.select_for_update().filter(name=name).first()
    if found is None:
        raise Refused(Refusal.EXTRACT_UNKNOWN)
    door.permit(found, found.public_id)
    door.keep(name=name)
    _delete(found)
    return found


def _delete(extract: PlaceExtract) -> None:
    Place.objects.filter(extract=extract)._raw_delete("default")
    PlaceExtract.objects.filter(pk=extract.pk).delete()


def _rows(extract: Extract, key: int, read: _Read) -> Iterator[Row]:
    for told in extract.rows:
        read.rows += 1
        if read.rows % TELL_EVERY == 0:
            extract.tell(read.rows)
        if not isinstance(told, Found):
            read.refused[str(told)] += 1
            continue
        read.places += 1
        yield from _pieces(told, key)


def _pieces(found: Found, key: int) -> Iterator[Row]:
    """The pieces of a place; the one in the middle is what a search finds."""
    told = [piece for line in found.lines for piece in pieces(line)]
    words = search_key(found)[:FOLD_LENGTH_MAX]
    grams = grams_of(words.split()) if words else []
    # A street's grams count once; a house has its street's words, and is found with its number.
    for number, ((lon, lat), (lon_to, lat_to)) in enumerate(told):
        searched = number == len(told) // 2
        yield (
            key,
            str(found.kind),
            found.title,
            found.within,
            lat,
            lon,
            lat_to,
            lon_to,
            words if searched else "",
            grams if searched and found.kind is not Kind.HOUSE else [],
        )
