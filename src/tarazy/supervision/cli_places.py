# SPDX-License-Identifier: EUPL-1.2
"""`tarazy places …`: take in an extract of addresses, see what there is, forget one."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer
from rich.console import Console
from rich.table import Table

from tarazy.core.access import Actor
from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.places import Extract, drop_places, replace_places
from tarazy.supervision.extracts import geojson, geonames
from tarazy.supervision.extracts.interface import PASSED_OVER
from tarazy.supervision.extracts.interface import Extract as Decoder
from tarazy.supervision.looks.places import extracts

DECODERS: dict[str, Decoder] = {one.NAME: one for one in (geonames, geojson)}
ENDINGS = {".json": "geojson", ".jsonl": "geojson", ".txt": "geonames", ".tsv": "geonames"}
ENDINGS |= {".geojson": "geojson", ".geojsonl": "geojson", ".geojsonseq": "geojson"}

app = typer.Typer(no_args_is_help=True, help="Addresses, from an extract of yours.")


@app.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(help="GeoNames (.txt) or OpenStreetMap as GeoJSON; .gz.")],
    form: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(DECODERS)}; else by the ending.")
    ] = "",
    name: Annotated[str, typer.Option(help="A later file of this name takes its place.")] = "",
    dated: Annotated[str, typer.Option(help="Date of the extract; else the file's.")] = "",
) -> None:
    """Take in an extract, whole: until it is, and where it fails, the one before it stays.

    Rows that cannot be read are refused and counted. An .osm.pbf becomes GeoJSON lines by
    `osmium export -f geojsonseq`.
    """
    chosen = form or ENDINGS.get(Path(file.name.removesuffix(".gz")).suffix.lower(), "")
    decoder = DECODERS.get(chosen)
    if decoder is None:
        raise Misconfigured("--format", f"give one of {', '.join(DECODERS)}")
    with _opened(file) as source:
        found = replace_places(
            Actor.console(),
            Extract(
                name=name or decoder.NAME,
                format=decoder.NAME,
                dated_on=_date(dated) if dated else _date_of(file),
                rows=decoder.read(source),
                tell=lambda rows: typer.echo(f"{rows} rows read", err=True),
            ),
        )
    refused = {why: rows for why, rows in found.refused.items() if why != PASSED_OVER}
    typer.echo(
        f"{found.name}: {found.places} places taken in; {found.refused.get(PASSED_OVER, 0)} rows"
        f" are no addresses; {sum(refused.values())} refused"
        + "".join(f", {why}: {rows}" for why, rows in sorted(refused.items()))
    )


@app.command("list")
def show() -> None:
    """What was taken in, and how old it is."""
    shown = Table("name", "format", "dated", "places", "taken in (UTC)")
    for one in extracts():
        taken = f"{one.taken_at:%Y-%m-%d %H:%M}"
        shown.add_row(one.name, one.format, one.dated_on.isoformat(), str(one.places), taken)
    Console().print(shown)


@app.command()
def drop(name: str) -> None:
    """Forget an extract."""
    typer.echo(f"{drop_places(Actor.console(), name).places} places forgotten")


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file as bytes, unpacked on the way where it is packed."""
    try:
        if file.suffix == ".gz":
            with gzip.open(file) as source:
                yield cast("BinaryIO", source)
        else:
            with file.open("rb") as plain:
                yield plain
    except (OSError, EOFError, zlib.error) as error:
        raise Misconfigured("FILE", f"{file} cannot be read: {error}") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misconfigured("--dated", f"{text!r} is no date such as 2026-11-01") from None


def _date_of(file: Path) -> date:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    except OSError as error:
        raise Misconfigured("FILE", f"{file} cannot be read: {error.strerror}") from None
