# SPDX-License-Identifier: EUPL-1.2
"""`tarazy notices …`: look at the routes of TARAZY_NOTICES, and send one of them a test."""

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.notices import ask_for_test
from tarazy.supervision.notices import channel
from tarazy.supervision.notices.post import Post
from tarazy.supervision.notices.routes import Route

app = typer.Typer(no_args_is_help=True, help="Routes of notices beyond the screen.")
EXIT_NOT_SENT = 1


@app.command()
def check() -> None:
    """Show the routes, without their addresses, and whether Apprise knows each address."""
    shown = Table("route", "role", "user", "hears of", "severities", "language", "address")
    bad = False
    for route in _routes():
        known = channel.usable(route)
        bad = bad or not known
        shown.add_row(
            route.name,
            route.role.value,
            route.user,
            ", ".join(sorted(route.occasions)),
            ", ".join(sorted(route.severities)),
            route.language,
            "known" if known else "NOT KNOWN",
        )
    Console().print(shown)
    raise typer.Exit(1 if bad else 0)


@app.command()
def test(route: str) -> None:
    """Send a test to a route now; it stands in the log of notices like everything else."""
    found = next((one for one in _routes() if one.name == route), None)
    if found is None:
        raise Misconfigured("TARAZY_NOTICES", f"has no route of the name {route!r}")
    ask_for_test(Actor.console(), found.name, clock.now())
    carrier = Post(Actor.console(), (found,), settings.TARAZY.pages_url)
    sent = carrier.deliver(found)
    if sent is None:
        typer.echo("The route sent something a moment ago; the worker sends the test with the next")
        return
    typer.echo(f"{sent.public_id}: {sent.error or 'taken by the gateway'}")
    raise typer.Exit(EXIT_NOT_SENT if sent.error else 0)


def _routes() -> tuple[Route, ...]:
    routes: tuple[Route, ...] = settings.TARAZY.notices
    if not routes:
        raise Misconfigured("TARAZY_NOTICES", "is not set; docs/operations.md says how")
    return routes
