# SPDX-License-Identifier: EUPL-1.2
"""`tarazy zones …`: shared zones (schools, airports, borders) out of a file, and what there is."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tarazy.core.access import Actor
from tarazy.core.door import together
from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.demands import Shape
from tarazy.supervision.actions.shared_zones import remove_class, remove_zone, share_zone
from tarazy.supervision.looks.map_zones import shared
from tarazy.supervision.models import ZoneKind
from tarazy.supervision.zone_files import BYTES_MAX, zones_of

ZONE_PREFIX = "zon_"

app = typer.Typer(no_args_is_help=True, help="Shared zones, from files of yours.")


@app.command()
def share(
    place_class: Annotated[str, typer.Argument(metavar="CLASS", help="Such as `school`.")],
    file: Annotated[Path, typer.Argument(help="Polygons as GeoJSON or KML.")],
    title: Annotated[str, typer.Option(help="What the class is called on pages.")] = "",
) -> None:
    """Share every polygon of a file, by its name; all of them, or none where one is refused."""
    try:
        with file.open("rb") as source:
            content = source.read(BYTES_MAX + 1)
    except OSError as error:
        raise Misconfigured("FILE", f"{file} cannot be read: {error.strerror}") from None
    found = zones_of(content)
    with together():
        for number, one in enumerate(found, 1):
            name = one.name or f"{title or place_class} {number}"
            shape = Shape(kind=ZoneKind.POLYGON, rings=one.rings)
            share_zone(Actor.console(), place_class, name, shape, title=title)
    typer.echo(f"{place_class}: {len(found)} zones shared")


@app.command()
def remove(
    what: Annotated[str, typer.Argument(help="A zone's id, as `list CLASS` shows it; or a class.")],
    *,
    sure: Annotated[
        bool, typer.Option("--sure", help="Also where orders in force name the zone's class.")
    ] = False,
) -> None:
    """Remove one shared zone, or a whole class; what orders in force name is refused, or asked."""
    console = Actor.console()
    if what.startswith(ZONE_PREFIX):
        zone = remove_zone(console, what, sure=sure)
        typer.echo(f"{zone.place_class}: {zone.name} removed")
        return
    typer.echo(f"{what}: {remove_class(console, what)} zones removed, and the class")


@app.command("list")
def show(
    place_class: Annotated[str, typer.Argument(metavar="[CLASS]", help="Its zones, by id.")] = "",
) -> None:
    """How many zones each class has; of one class, each zone with its id."""
    seen = shared(Actor.console())
    if place_class:
        table = Table("id", "name")
        for one in seen.zones:
            if one["place_class"] == place_class:
                table.add_row(one["id"], one["name"])
    else:
        table = Table("class", "called", "zones")
        counts = Counter((one["place_class"], one["of_class"]) for one in seen.zones)
        for (name, title), count in sorted(counts.items()):
            table.add_row(name, title, str(count))
    Console().print(table)
    if seen.more:
        typer.echo(f"and {seen.more} more")
